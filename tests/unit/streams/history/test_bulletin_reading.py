"""Of which periods the archive has too little for a bulletin. With an archive: tests/integration/archive/test_bulletin.py."""

import pytest
from msgspec.structs import replace

from schemas.millis import DAY, HOUR, MINUTE, from_iso
from schemas.opening import Opening, parse_weekly
from schemas.targets import Targets
from streams.history.bulletin_reading import not_archived
from streams.history.catalogue import Catalogue
from streams.history.months import Range
from tests.support.builders import targets

START = from_iso("2026-10-05T00:00:00Z")  # a Monday
END = START + DAY
ALWAYS = targets("always")
BY_DAY = replace(targets("day"), opening=Opening(parse_weekly("Mon-Fri 07:00-19:00")))


@pytest.mark.parametrize(
    ("queue", "first", "last", "said"),
    [
        (ALWAYS, START - DAY, END, ""),
        (ALWAYS, START + HOUR, END, ""),  # an hour without a call is no hole
        (ALWAYS, START + HOUR + MINUTE, END, "nothing before 2026-10-05T01:01"),
        (BY_DAY, START + 8 * HOUR, END, ""),  # nobody was to be served earlier
        (BY_DAY, START + 8 * HOUR + MINUTE, END, "although line day was open"),
        (ALWAYS, END, END + DAY, "the archive has nothing of it"),
        (ALWAYS, START - DAY, START, "the archive has nothing of it"),
        (ALWAYS, START - DAY, END - 1, "does not reach to the end"),
    ],
)
def test_a_period_is_archived_from_its_first_open_hour_to_its_end(
    queue: Targets, first: int, last: int, said: str
) -> None:
    known = Catalogue("UTC", {queue.queue: queue})
    found = not_archived((first, last), known, Range(START, END))
    assert found == said if not said else said in found


def test_an_empty_archive_has_nothing_of_a_period() -> None:
    known = Catalogue("UTC", {"always": ALWAYS})
    assert not_archived(None, known, Range(START, END)) == "the archive has nothing of it"
