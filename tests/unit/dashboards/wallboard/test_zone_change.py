"""The next change of a zone's clock, to the second."""

import pytest

from dashboards.wallboard.zone_change import AHEAD_MS, Change, next_change
from schemas.millis import HOUR, from_iso

SPRING = from_iso("2026-03-29T01:00:00Z")  # London, 01:00 becomes 02:00
AUTUMN = from_iso("2026-10-25T01:00:00Z")


@pytest.mark.parametrize("before_ms", [1, 1_000, HOUR, 6 * 24 * HOUR, AHEAD_MS - HOUR])
def test_both_nights_of_a_year(before_ms: int) -> None:
    assert next_change("Europe/London", SPRING - before_ms) == Change(SPRING, HOUR)
    assert next_change("Europe/London", AUTUMN - before_ms) == Change(AUTUMN, 0)


def test_none_where_the_clock_stays_and_none_that_is_far() -> None:
    assert next_change("Africa/Johannesburg", SPRING - HOUR) is None
    assert next_change("Europe/London", SPRING) is None
    assert next_change("Europe/London", SPRING - AHEAD_MS - 8 * 24 * HOUR) is None


def test_a_fast_that_changes_the_clock_twice_in_a_month() -> None:
    """Morocco is an hour back during Ramadan."""
    begins, ends = from_iso("2026-02-15T02:00:00Z"), from_iso("2026-03-22T02:00:00Z")
    assert next_change("Africa/Casablanca", begins - HOUR) == Change(begins, 0)
    assert next_change("Africa/Casablanca", ends - HOUR) == Change(ends, HOUR)
