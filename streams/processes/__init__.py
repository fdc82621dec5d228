"""Processes put together from the packages below: what they are made of, not how they are started."""
