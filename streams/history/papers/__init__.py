"""The paper of a month, week or day, and its files"""
