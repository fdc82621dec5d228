"""The composition root: every command, the environment, the clock."""
