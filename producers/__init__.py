"""Adapters from other systems, call records and the simulator."""
