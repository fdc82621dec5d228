"""Call records: one row a leg, as CSV, JSON lines or a workbook, in any order."""
