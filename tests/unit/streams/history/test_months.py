"""Months on a clock, and what they are compared with."""

from datetime import date

import pytest

from schemas.millis import DAY, HOUR, from_iso
from streams.history.months import compared_with, days_of, month_of


def test_a_month_begins_and_ends_at_local_midnight() -> None:
    found = month_of("2026-10", "Europe/Berlin")
    assert found.start == from_iso("2026-10-01T00:00:00+02:00")
    assert found.end == from_iso("2026-11-01T00:00:00+01:00")
    assert found.end - found.start == 31 * DAY + HOUR
    assert len(days_of(found, "Europe/Berlin")) == 31


@pytest.mark.parametrize("text", ["2026-13", "2026-1", "october", "2026-10-01", "", "1066-10"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected a month"):
        month_of(text, "UTC")


def test_what_a_month_is_compared_with() -> None:
    ranges = compared_with(month_of("2026-03", "UTC"), "UTC")
    assert days_of(ranges["month before"], "UTC")[0] == date(2026, 2, 1)
    assert len(days_of(ranges["month before"], "UTC")) == 28
    assert days_of(ranges["same month last year"], "UTC")[0] == date(2025, 3, 1)
    shifted = days_of(ranges["same weekdays last year"], "UTC")
    assert (shifted[0], len(shifted)) == (date(2025, 3, 2), 31)
    assert shifted[0].weekday() == date(2026, 3, 1).weekday()


def test_29_february_and_january() -> None:
    leap = compared_with(month_of("2028-02", "UTC"), "UTC")
    assert len(days_of(leap["same month last year"], "UTC")) == 28
    assert len(days_of(leap["same weekdays last year"], "UTC")) == 29
    january = compared_with(month_of("2026-01", "UTC"), "UTC")
    assert days_of(january["month before"], "UTC")[0] == date(2025, 12, 1)
