"""Asterisk: the queue log."""
