"""What `queuewatch doctor` examines: each check asks within a bounded time, and judges apart from asking."""
