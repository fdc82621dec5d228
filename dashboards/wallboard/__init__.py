"""The wallboard: Kafka -> latest state -> pages -> every screen."""
