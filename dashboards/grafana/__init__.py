"""Grafana boards as code: classic JSON (schemaVersion 42) that every Grafana from 10 on loads."""
