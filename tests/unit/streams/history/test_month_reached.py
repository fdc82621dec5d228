"""A month that has not begun, one that runs, and one that the archive has in part."""

import pytest

from schemas.millis import DAY, from_iso
from streams.history.month_reached import reached
from streams.history.months import month_of
from streams.history.reach import Reach

ZONE = "Europe/Berlin"
MONTH = month_of("2026-11", ZONE)
BEFORE, MIDDLE, AFTER = (
    MONTH.start - 40 * DAY,
    from_iso("2026-11-16T09:30:00+01:00"),
    MONTH.end + 40 * DAY,
)


@pytest.mark.parametrize(
    ("ends", "now", "as_of", "is_any", "names"),
    [
        ((BEFORE, AFTER), AFTER, None, True, []),
        ((BEFORE, MONTH.end), None, None, True, []),
        (None, BEFORE, None, False, ["not_begun"]),
        (None, AFTER, None, False, ["no_data"]),
        ((BEFORE, BEFORE + DAY), BEFORE + DAY, None, False, ["not_begun"]),
        ((BEFORE, AFTER), AFTER, BEFORE, False, ["not_begun"]),
        ((MIDDLE, AFTER), AFTER, MIDDLE - DAY, False, ["no_data_before"]),
        ((BEFORE, BEFORE + DAY), MIDDLE, None, False, ["no_data_after"]),
        ((AFTER, AFTER + DAY), AFTER + DAY, None, False, ["no_data_before"]),
        ((BEFORE, MIDDLE), MIDDLE, None, True, ["runs"]),
        ((BEFORE, AFTER), AFTER, MIDDLE, True, ["runs"]),
        ((BEFORE, MIDDLE), AFTER, None, True, ["no_data_after"]),
        ((MIDDLE, AFTER), AFTER, None, True, ["no_data_before"]),
        ((MIDDLE, MIDDLE + DAY), MIDDLE + DAY, None, True, ["runs", "no_data_before"]),
        ((BEFORE, MONTH.end), MONTH.end - 1, None, True, ["runs"]),  # a file reaches past its end
        ((BEFORE, MIDDLE), BEFORE, None, True, ["runs"]),  # data of a clock that is ahead
    ],
)
def test_what_is_said(
    ends: tuple[int, int] | None, now: int | None, as_of: int | None, is_any: bool, names: list[str]
) -> None:
    found = reached(MONTH, ends, ZONE, now, as_of)
    assert (found.any, [each.name for each in found.sentences]) == (is_any, names)


def test_on_the_clock_of_the_zone_with_the_year() -> None:
    found = reached(MONTH, (MIDDLE, MIDDLE + DAY), ZONE, MIDDLE + DAY, None)
    assert [each.text for each in found.sentences] == [
        "The month runs until Tue 1 Dec 2026 00:00: figures to Tue 17 Nov 2026 09:30.",
        "The archive has no data before Mon 16 Nov 2026 09:30: of what was before, nothing is in this report.",
    ]
    (text,) = reached(MONTH, None, ZONE, BEFORE, None).sentences
    assert text.text == "The month has not begun: it begins Sun 1 Nov 2026 00:00."


def test_the_ends_of_a_reach() -> None:
    assert Reach([]).ends is None
    assert Reach([(MIDDLE, MIDDLE - DAY)]).ends is None  # a live source of less than a minute
    assert Reach([(MIDDLE, AFTER), (BEFORE, MIDDLE)]).ends == (BEFORE, AFTER)
