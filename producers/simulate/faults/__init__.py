"""What can go wrong between a platform and Kafka."""
