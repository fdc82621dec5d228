"""Hours in which a line was open, over midnight, weekends and zones."""

import pytest
from msgspec.structs import replace

from schemas.millis import DAY, HOUR, MINUTE, from_iso
from schemas.opening import Opening, parse_weekly
from schemas.targets import Targets
from streams.history.open_lines import open_before, open_meanwhile
from tests.support.builders import targets

BY_DAY = replace(
    targets("day"),
    opening=Opening(parse_weekly("Mon-Fri 07:00-19:00")),
    time_zone="Africa/Johannesburg",
)
BY_NIGHT = replace(
    targets("night"),
    opening=Opening(parse_weekly("Mon-Sun 22:00-06:00")),
    time_zone="Africa/Johannesburg",
)
ALWAYS = targets("always")


def at(text: str) -> int:
    return from_iso(f"2026-10-{text}:00+02:00")


@pytest.mark.parametrize(
    ("queues", "start", "end", "found"),
    [
        ([BY_DAY], "05T19:00", "06T00:00", ""),
        ([BY_DAY], "05T18:59", "06T00:00", "day"),
        ([BY_DAY], "09T20:00", "12T00:00", ""),  # the week ends on a Friday
        ([BY_DAY], "09T20:00", "12T07:00", ""),
        ([BY_DAY], "09T20:00", "12T07:01", "day"),
        ([BY_DAY, BY_NIGHT], "05T19:00", "06T00:00", "night"),
        ([BY_NIGHT], "06T01:00", "06T02:00", "night"),  # it opened the evening before
        ([BY_DAY, ALWAYS], "05T23:00", "06T00:00", "always"),
        ([ALWAYS], "06T00:00", "06T00:00", ""),
        ([ALWAYS], "06T05:00", "06T00:00", ""),
        ([], "05T00:00", "06T00:00", ""),
    ],
)
def test_what_is_not_known_of_hours_in_which_a_line_was_open_is_missing(
    queues: list[object], start: str, end: str, found: str
) -> None:
    assert open_meanwhile(queues, at(start), at(end)) == found  # type: ignore[arg-type]


START = from_iso("2026-10-05T00:00:00Z")  # a Monday
END = START + DAY
ALWAYS_UTC = targets("always")
WEEKDAYS = replace(targets("day"), opening=Opening(parse_weekly("Mon-Fri 07:00-19:00")))


@pytest.mark.parametrize(
    ("queue", "first", "found"),
    [
        (ALWAYS_UTC, START - DAY, ""),
        (ALWAYS_UTC, START + HOUR, ""),  # an hour without a call is no hole
        (ALWAYS_UTC, START + HOUR + MINUTE, "always"),
        (WEEKDAYS, START + 8 * HOUR, ""),  # nobody was to be served earlier
        (WEEKDAYS, START + 8 * HOUR + MINUTE, "day"),
    ],
)
def test_a_period_is_archived_from_its_first_open_hour(
    queue: Targets, first: int, found: str
) -> None:
    assert open_before([queue], START, first) == found
