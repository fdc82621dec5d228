"""Topics, targets, quarantine, drain, status, reconciliation: what operators ask for."""
