"""The reports of `queuewatch history`, one module each; other code only uses its object REPORT."""
