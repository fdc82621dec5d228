"""The alert rules, one module each, by its object RULE."""
