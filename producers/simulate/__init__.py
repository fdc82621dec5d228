"""A contact centre, event by event: traffic for demonstration, tests and benchmark."""
