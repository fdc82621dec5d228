"""The Grafana boards, one module each"""
