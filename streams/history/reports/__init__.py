"""The reports of `queuewatch history`, one module each: its object REPORT is all that others know of it."""
