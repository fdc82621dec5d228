"""Profiles from made-up legs, on both databases: what is offered counts once, under the present id of its queue."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from schemas.millis import DAY, MINUTE, SECOND
from schemas.opening import Opening, parse_weekly
from schemas.profiles import calls_a_week
from streams.history.arrivals import arrivals
from streams.history.profiling import made_profiles, published_book
from streams.sinks.clickhouse.database import Database
from streams.sinks.clickhouse.purge import purge_table
from tests.integration.archive.databases import KINDS, keep_legs, keep_targets, opened
from tests.support.builders import MONDAY, clock, published, targets
from tests.support.recount import Recorded
from tests.support.services import ClickHouse

WEEKS = 5
END = MONDAY + WEEKS * 7 * DAY + 9 * 60 * MINUTE
OFFICE = Opening(weekly=parse_weekly("Mon-Fri 08:00-17:00"))


def leg(name: str, queue: str, at: int, **more: object) -> Recorded:
    fields = {"outcome": "answered", "left_at": at + 5 * SECOND, **more}
    return Recorded(leg_id=name, queue=queue, arrived_at=at, **fields)  # type: ignore[arg-type]


@pytest.fixture(params=KINDS)
def archive(
    request: pytest.FixtureRequest, tmp_path: Path, clickhouse_server: ClickHouse
) -> Iterator[Database]:
    """Two calls each day at 09:00 and one at 09:15; the other legs count for nobody."""
    legs = []
    for day in range(WEEKS * 7):
        nine = clock("09:00") + day * DAY
        legs += [
            leg(f"a{day}", "old", nine), leg(f"b{day}", "new", nine + 4 * MINUTE, outcome="abandoned"),
            leg(f"c{day}", "new", nine + 15 * MINUTE), leg(f"r{day}", "new", nine, outcome="rejected"),
            leg(f"o{day}", "new", nine, direction="outbound"),
            leg(f"n{day}", "new", clock("22:00") + day * DAY, out_of_hours=True),
        ]  # fmt: skip
    with opened(request.param, tmp_path, clickhouse_server) as database:
        keep_targets(
            database,
            published(targets("new", opening=OFFICE, formerly=("old",)), targets("empty")),
        )
        keep_legs(database, legs)
        keep_legs(database, legs, version=2)  # judged again: each counts once
        yield database


def test_what_was_offered_is_counted_once_under_the_present_id(archive: Database) -> None:
    book = published_book(archive, END)
    found = arrivals(archive, book, MONDAY, END)
    assert found.first == {"new": clock("09:00")}
    assert found.last == clock("22:00") + (WEEKS * 7 - 1) * DAY
    assert set(found.bins) == {"new"}
    tuesday = {at - DAY: n for at, n in found.bins["new"].items() if DAY <= at - MONDAY < 2 * DAY}
    assert tuesday == {clock("09:00"): 2, clock("09:15"): 1}
    assert arrivals(archive, book, END, END).bins == {}


def test_days_whose_calls_are_deleted_are_no_quiet_days(archive: Database) -> None:
    """One call that came later was taken for the first one of the queue, and all days after it for days without calls."""
    book = published_book(archive, END)
    cut = MONDAY + 7 * DAY + 12 * 60 * MINUTE
    purge_table(archive, "legs", "key_at", cut, END)
    (without,) = made_profiles(archive, book, END, WEEKS, "new")
    keep_legs(archive, [leg("late", "new", clock("09:00"))])
    (made,) = made_profiles(archive, book, END, WEEKS, "new")
    assert made.days == without.days == {"Mon": 3, "Tue": 4, "Wed": 4, "Thu": 4, "Fri": 4}
    assert made.profile is not None
    assert without.profile is not None
    assert made.profile.days == without.profile.days


def test_profiles_of_all_queues_or_of_one(archive: Database) -> None:
    book = published_book(archive, END)
    empty, made = made_profiles(archive, book, END, WEEKS)
    assert (empty.queue, empty.profile) == ("empty", None)
    assert made.profile is not None
    assert made.profile.days[1][36:38] == (2, 1)
    # The first Monday and the day of the last call are not whole: four of each weekday are left, or five.
    assert made.days == {"Mon": 4, "Tue": 5, "Wed": 5, "Thu": 5, "Fri": 5}
    assert calls_a_week(made.profile) == 15
    assert [each.queue for each in made_profiles(archive, book, END, WEEKS, "new")] == ["new"]
