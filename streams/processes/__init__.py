"""Puts processes together from the packages below."""
