"""What processes agree on: events, rows, topics, tables, series, formulas."""
