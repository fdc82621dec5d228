"""Months, weeks and days of an address: what is one, its neighbours, its bounds on a clock."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.millis import DAY, HOUR, from_iso
from schemas.periods import EXAMPLES, KINDS, Kind, containing, of_kind, period_of

DATES = st.dates(date(1972, 1, 1), date(2104, 12, 31))


@given(st.sampled_from(KINDS), DATES)
def test_what_is_written_is_read_again(kind: Kind, day: date) -> None:
    period = containing(kind, day)
    assert period_of(period.text) == period
    assert period.first <= day < period.end


@given(st.sampled_from(KINDS), DATES)
def test_neighbours_leave_no_gap(kind: Kind, day: date) -> None:
    period = containing(kind, day)
    assert period.following().first == period.end
    assert period.previous().end == period.first
    assert period.following().previous() == period


@given(st.sampled_from(KINDS), DATES)
def test_a_year_ago_has_the_same_weekdays(kind: Kind, day: date) -> None:
    period = containing(kind, day)
    then = period.year_ago()
    assert then.first.weekday() == period.first.weekday()
    assert then.end - then.first == period.end - period.first


def test_with_what_each_is_compared() -> None:
    assert period_of("2026-03").before().text == "2026-02"
    assert period_of("2026-01").before().text == "2025-12"
    assert period_of("2027-W01").before().text == "2026-W53"
    assert period_of("2026-11-30").before().text == "2026-11-23"
    assert period_of("2026-11-30").previous().text == "2026-11-29"


def test_weeks_and_leap_days() -> None:
    assert period_of("2026-W53").first == date(2026, 12, 28)
    assert period_of("2024-02").end - period_of("2024-02").first == timedelta(days=29)
    assert period_of("2024-02-29").following().text == "2024-03-01"


def test_bounds_are_those_of_the_clock() -> None:
    start, end = period_of("2026-10-25").bounds("Europe/Berlin")
    assert end - start == DAY + HOUR
    assert start == from_iso("2026-10-25T00:00:00+02:00")
    assert period_of("2026-10-14").bounds("UTC", 240)[0] == from_iso("2026-10-14T04:00:00Z")


@pytest.mark.parametrize(
    "text",
    [
        "", "2026", "2026-13", "2026-00", "2026-1", "2025-W53", "2026-W00", "2026-02-29", "2026-10-5", "0001-01", "9999-12",
        "2026-10-14T00", "१२३४-10", "<b>", "2026-10 ", "20261014",
    ],
)  # fmt: skip
def test_nothing_else_is_one(text: str) -> None:
    with pytest.raises(ValueError, match="expected 2026-10, 2026-W44 or 2026-10-14"):
        period_of(text)


def test_another_kind_of_period_is_refused_by_name() -> None:
    assert of_kind("week", "2026-W44") == period_of("2026-W44")
    for kind in KINDS:
        assert of_kind(kind, EXAMPLES[kind]).kind == kind
        for text in ("2026-10-0", *(EXAMPLES[each] for each in KINDS if each != kind)):
            with pytest.raises(ValueError, match=f"expected a {kind} such as"):
                of_kind(kind, text)
