"""The alert rules, one module each: its object RULE is all that the rest of the system knows of it."""
