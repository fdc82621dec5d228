"""Call records: one row a leg, as CSV or JSON lines, in any order."""
