"""The reports of `queuewatch history`, one module each, by its object REPORT."""
