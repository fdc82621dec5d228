"""Where the stream's outputs land: ClickHouse, Alertmanager."""
