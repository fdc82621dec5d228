"""Callers out of hours: the answer that is kept is the one of the calendar."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.millis import DAY, MINUTE
from schemas.opening import Opening, is_open, parse_dated, parse_weekly
from streams.core.open_hours import OpenHours
from tests.support.builders import MONDAY, targets

WEEK = Opening(
    parse_weekly("Mon-Fri 08:00-17:00") + parse_weekly("Sat,Sun 22:00-02:00"),
    exceptions=(parse_dated("2026-03-29 01:30-04:00"),),
)
RULED = [
    targets(),
    *(
        replace(targets(), opening=WEEK, time_zone=zone)
        for zone in ("UTC", "Europe/Berlin", "Africa/Johannesburg")
    ),
]


@given(
    asked=st.lists(
        st.tuples(st.sampled_from(RULED), st.integers(0, 60 * 24 * 30)), min_size=1, max_size=30
    )
)
def test_it_says_what_the_calendar_says(asked: list[tuple[object, int]]) -> None:
    hours = OpenHours()
    for each, minute in asked:
        found = next(one for one in RULED if one is each)
        at = MONDAY + minute * MINUTE
        is_closed = not is_open(found.opening, found.time_zone, at)
        assert hours.is_closed(found, at) is is_closed
        assert hours.is_closed(found, at + 1) is not is_open(found.opening, found.time_zone, at + 1)


def test_without_targets_it_is_never_closed_also_after_a_closed_day() -> None:
    hours = OpenHours()
    closed = replace(targets(), opening=Opening(()))
    assert hours.is_closed(closed, MONDAY + DAY)
    assert not hours.is_closed(None, MONDAY + DAY)
