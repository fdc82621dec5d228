"""Figures of the past: SQL over closed legs, and reports made of them."""
