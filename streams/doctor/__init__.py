"""What `queuewatch doctor` finds wrong: asking and judging apart."""
