"""Process `deliver`: the last mile to people, by apprise"""
