"""Stories of single callers, by tokens"""
