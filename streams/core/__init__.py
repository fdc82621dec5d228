"""What is true about queues: pure functions of events and a time."""
