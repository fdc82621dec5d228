"""Grafana boards as code: classic JSON for Grafana 10 and later"""
