"""Every command: its options from command line and environment, one call, its exit code."""
