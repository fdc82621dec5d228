"""Epochs of topics that are made anew."""

from schemas.millis import from_iso
from streams.admin.topics import next_epoch


def test_the_epoch_counts_minutes_and_rises_even_when_the_clock_went_back() -> None:
    now = from_iso("2026-01-02T00:01:59Z")
    assert next_epoch(now, None) == 24 * 60 + 1
    assert next_epoch(now, 5_000) == 5_001
    assert next_epoch(from_iso("2025-06-01T00:00:00Z"), None) == 1
