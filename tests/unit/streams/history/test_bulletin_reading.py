"""Of which periods the archive has too little for a bulletin. With an archive: tests/integration/archive/test_bulletin.py."""

import pytest
from msgspec.structs import replace

from schemas.millis import DAY, HOUR, MINUTE, from_iso
from schemas.opening import Opening, parse_weekly
from schemas.targets import Targets
from streams.history.bulletin_reading import open_before
from streams.history.catalogue import Catalogue
from streams.history.months import Range
from tests.support.builders import targets

START = from_iso("2026-10-05T00:00:00Z")  # a Monday
END = START + DAY
ALWAYS = targets("always")
BY_DAY = replace(targets("day"), opening=Opening(parse_weekly("Mon-Fri 07:00-19:00")))


@pytest.mark.parametrize(
    ("queue", "first", "found"),
    [
        (ALWAYS, START - DAY, ""),
        (ALWAYS, START + HOUR, ""),  # an hour without a call is no hole
        (ALWAYS, START + HOUR + MINUTE, "always"),
        (BY_DAY, START + 8 * HOUR, ""),  # nobody was to be served earlier
        (BY_DAY, START + 8 * HOUR + MINUTE, "day"),
    ],
)
def test_a_period_is_archived_from_its_first_open_hour(
    queue: Targets, first: int, found: str
) -> None:
    known = Catalogue("UTC", {queue.queue: queue})
    assert open_before(first, known, Range(START, END)) == found
