"""What can go wrong between a platform and Kafka, and what can still be known then."""
