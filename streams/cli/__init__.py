"""Every command: its options, one call, its exit code."""
