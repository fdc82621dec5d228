"""Figures of the past: SQL over closed legs, and pure code that makes reports of them."""
