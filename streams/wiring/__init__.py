"""Carries bytes from Kafka to the core and outputs to topics."""
