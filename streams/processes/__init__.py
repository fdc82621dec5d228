"""Puts processes together from the packages below; `streams/cli` starts them."""
