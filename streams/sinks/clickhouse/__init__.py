"""The archive: Kafka's records as rows of ClickHouse, on a server or embedded."""
