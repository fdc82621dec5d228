"""The alert rules, one module each; other code only uses its object RULE."""
