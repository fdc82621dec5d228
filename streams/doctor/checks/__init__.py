"""The checks of `queuewatch doctor`, one module each; other code only uses its object CHECK."""
