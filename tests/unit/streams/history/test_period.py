"""Months, weeks and days on the clock of a zone."""

import pytest

from schemas.millis import HOUR, from_iso
from streams.history.period import finished, last_finished, period_of
from streams.history.question import HistoryError
from streams.history.sentences import Length

BERLIN = "Europe/Berlin"


@pytest.mark.parametrize(
    ("length", "text", "start", "hours", "before"),
    [
        ("month", "2026-10", "2026-10-01T00:00:00+02:00", 31 * 24 + 1, "2026-09"),
        ("month", "2026-01", "2026-01-01T00:00:00+01:00", 31 * 24, "2025-12"),
        ("month", "2028-02", "2028-02-01T00:00:00+01:00", 29 * 24, "2028-01"),
        ("week", "2026-W53", "2026-12-28T00:00:00+01:00", 7 * 24, "2026-W52"),
        ("week", "2026-W13", "2026-03-23T00:00:00+01:00", 7 * 24 - 1, "2026-W12"),
        ("day", "2026-10-25", "2026-10-25T00:00:00+02:00", 25, "2026-10-18"),
        ("day", "2028-03-07", "2028-03-07T00:00:00+01:00", 24, "2028-02-29"),
    ],
)
def test_bounds_and_the_one_before(
    length: Length, text: str, start: str, hours: int, before: str
) -> None:
    period = period_of(length, text, BERLIN)
    assert (period.text, period.start) == (text, from_iso(start))
    assert period.end - period.start == hours * HOUR
    assert period.before().text == before


def test_many_periods_before() -> None:
    assert period_of("month", "2026-03", "UTC").before(5).text == "2025-10"
    assert period_of("week", "2026-W02", "UTC").before(3).text == "2025-W51"


@pytest.mark.parametrize(
    ("length", "text"),
    [
        ("month", "2026-13"), ("month", "2026-W10"), ("week", "2026-10"), ("week", "2026-W54"), ("week", "2025-W53"),
        ("day", "2026-02-29"), ("day", "20261005"), ("day", "1492-10-12"), ("day", ""),
    ],
)  # fmt: skip
def test_anything_else_is_refused(length: Length, text: str) -> None:
    with pytest.raises(ValueError, match=f"expected a {length} such as"):
        period_of(length, text, "UTC")


def test_the_last_that_is_over() -> None:
    now = from_iso("2026-11-02T00:30:00+01:00")  # a Monday in Berlin, still Sunday in UTC
    assert [last_finished(length, now, BERLIN).text for length in ("month", "week", "day")] == [
        "2026-10", "2026-W44", "2026-11-01",
    ]  # fmt: skip
    assert [last_finished(length, now, "UTC").text for length in ("month", "week", "day")] == [
        "2026-10", "2026-W43", "2026-10-31",
    ]  # fmt: skip


def test_a_period_that_is_not_over_or_none_is_refused() -> None:
    end = period_of("week", "2026-W10", "UTC").end
    assert finished("week", "2026-W10", "UTC", end).end == end
    with pytest.raises(HistoryError, match="2026-W10 is not over"):
        finished("week", "2026-W10", "UTC", end - 1)
    with pytest.raises(HistoryError, match="expected a day such as"):
        finished("day", "2026-W10", "UTC", end)
