"""The wallboard of our own: Kafka -> latest state -> what the page shows -> every screen."""
