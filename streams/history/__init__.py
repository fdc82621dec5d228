"""Figures of the past: SQL over closed legs, made into reports by pure code."""
