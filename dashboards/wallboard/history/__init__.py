"""The page of the past, down to the calls behind a figure"""
