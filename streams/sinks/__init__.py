"""Carries the stream's outputs to ClickHouse and Alertmanager."""
