"""Topics, targets, quarantine, drain, status and reconciliation, as operators ask for them."""
