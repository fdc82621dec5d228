"""Whole milliseconds, and the durations that people write."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from schemas.millis import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    format_duration,
    from_datetime,
    from_iso,
    iso,
    parse_duration,
    to_datetime,
)


@pytest.mark.parametrize(
    ("text", "ms"),
    [("20s", 20 * SECOND), ("5.001s", 5_001), ("1h30m", 90 * MINUTE), ("90m", 90 * MINUTE),
     ("250ms", 250), ("0s", 0), ("2d", 2 * DAY)],
)  # fmt: skip
def test_a_duration_is_read(text: str, ms: int) -> None:
    assert parse_duration(text) == ms


@pytest.mark.parametrize(
    "text", ["", "20", "fast", "20 s", "-5s", "1h 30m", "5x", "s", "1e3s", "366d"]
)
def test_anything_else_is_refused_with_what_was_written(text: str) -> None:
    with pytest.raises(ValueError, match=f'got "{text}"'):
        parse_duration(text)


@pytest.mark.parametrize(
    ("ms", "text"),
    [(0, "0s"), (90 * SECOND, "1m30s"), (5_001, "5.001s"), (DAY + HOUR, "1d1h"), (100, "0.1s")],
)
def test_a_duration_is_written_short(ms: int, text: str) -> None:
    assert format_duration(ms) == text


def test_times_are_iso_with_the_offset_of_their_zone() -> None:
    at = from_iso("2026-03-02T09:00:05Z")
    assert iso(at) == "2026-03-02T09:00:05Z"
    assert iso(at + 7, ZoneInfo("Africa/Johannesburg")) == "2026-03-02T11:00:05.007+02:00"
    assert from_iso("2026-03-02T11:00:05", ZoneInfo("Africa/Johannesburg")) == at
    assert from_datetime(datetime(2026, 3, 2, 9, 0, 5, 999, tzinfo=UTC)) == at
    assert to_datetime(at).hour == 9
