"""Whether the calls of a file lie beside the opening hours of their queues, as if shifted."""

import pytest

from producers.calls_out_of_hours import FEWEST_CALLS, Hours, OutOfHours, calls_out_of_hours
from schemas.millis import DAY, HOUR, MINUTE, from_iso
from schemas.opening import Opening, parse_weekly

MONDAY = from_iso("2026-03-02T00:00:00Z")
OFFICE = Hours(Opening(parse_weekly("Mon-Fri 08:00-17:00")), "UTC")
ALWAYS = Hours(Opening(), "UTC")


def day(shift_h: int, early: int = 0, n: int = 2) -> dict[int, int]:
    """`n` calls each quarter of a working week from 08:00 to 17:00, and `early` ones in the quarter before."""
    found: dict[int, int] = {}
    for weekday in range(5):
        begin = MONDAY + weekday * DAY + (8 + shift_h) * HOUR
        found |= {begin + each * 15 * MINUTE: n for each in range(36)}
        if early:
            found[begin - 15 * MINUTE] = early
    return found


@pytest.mark.parametrize("hours", [-9, -6, -2, 2, 5, 11])
def test_a_file_in_another_zone_is_asked_about(hours: int) -> None:
    found = calls_out_of_hours({"billing": day(hours)}, {"billing": OFFICE})
    assert found is not None
    assert (found.calls, found.shift_h, found.outside_if_shifted) == (360, -hours, 0)
    assert found.outside >= min(9, abs(hours)) * 40


def test_it_says_what_it_saw() -> None:
    assert str(OutOfHours(480, 212, 2, 9)) == (
        "212 of 480 calls lie outside of the opening hours of their queues, 2 hours later it would be 9;"
        " is the zone right?"
    )
    assert ", 1 hour earlier it" in str(OutOfHours(480, 212, -1, 9))


def test_early_callers_are_no_shift() -> None:
    assert calls_out_of_hours({"billing": day(0)}, {"billing": OFFICE}) is None
    assert calls_out_of_hours({"billing": day(0, early=20)}, {"billing": OFFICE}) is None


def test_queues_that_never_close_or_are_unknown_say_nothing() -> None:
    assert calls_out_of_hours({"billing": day(6)}, {}) is None
    assert calls_out_of_hours({"billing": day(6)}, {"billing": ALWAYS}) is None
    both = {"billing": day(6), "hotline": day(0)}
    found = calls_out_of_hours(both, {"billing": OFFICE, "hotline": ALWAYS})
    assert found is not None
    assert found.calls == 360


def test_a_few_calls_say_nothing() -> None:
    few = dict(list(day(6).items())[: FEWEST_CALLS // 2 - 1])
    assert calls_out_of_hours({"billing": few}, {"billing": OFFICE}) is None


def test_the_figures_are_of_all_calls_also_of_a_year() -> None:
    """Not of the busiest quarters alone, with which the shift is looked for."""
    year = {at + week * 7 * DAY: n for week in range(52) for at, n in day(-6).items()}
    found = calls_out_of_hours({"billing": year}, {"billing": OFFICE})
    assert found is not None
    assert (found.calls, found.shift_h, found.outside_if_shifted) == (52 * 360, 6, 0)
