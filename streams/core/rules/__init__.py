"""The alert rules, one module each; the rest of the system only uses its object RULE."""
