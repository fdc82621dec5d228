"""Runs servers and processes on this machine, for `queuewatch up`."""
