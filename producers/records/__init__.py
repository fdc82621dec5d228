"""Call records: one row a leg, CSV, in any order."""
