"""Topics, configuration versions, drain and status."""
