"""The page of the past, from a year down to the calls behind a figure"""
