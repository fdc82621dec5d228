"""What Prometheus reads, made from live state at scrape time."""
