"""What several processes need for Kafka, Prometheus and HTTP"""
