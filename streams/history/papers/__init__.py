"""A paper of a period, and its files"""
