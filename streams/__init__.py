"""Everything between the input topics and what people read."""
