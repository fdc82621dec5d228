"""The series that Prometheus reads, made from live state at each scrape."""
