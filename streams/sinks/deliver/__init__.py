"""Process `deliver`: the last mile to people by apprise, behind Alertmanager's webhook or in its place"""
