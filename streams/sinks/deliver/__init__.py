"""Process `deliver`: the last mile to people by apprise, behind Alertmanager or in its place"""
