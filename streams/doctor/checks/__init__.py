"""Its checks, one module each, by its object CHECK."""
