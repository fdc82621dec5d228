"""The wallboard: Kafka -> latest state -> what the page shows -> every screen."""
