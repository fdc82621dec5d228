"""What every process needs on its way to Kafka, Prometheus and a port, written once; knows only `schemas`."""
