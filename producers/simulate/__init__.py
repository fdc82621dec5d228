"""An event-driven contact centre: the traffic of the demonstration, the tests and the benchmark."""
