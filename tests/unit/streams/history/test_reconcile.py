"""Which day of which queue is compared, and what a comparison comes to."""

import re

import pytest

from schemas.counters import COUNTERS, Counts
from schemas.millis import DAY, HOUR, MINUTE, from_iso
from schemas.topics import version_of
from streams.core.live_days import LiveQueue, PartitionDays
from streams.core.queue_days import Day
from streams.history.catalogue import Catalogue
from streams.history.leg_recount import Disagreement
from streams.history.question import HistoryError
from streams.history.reconcile import (
    Compared,
    QueueDay,
    Reconciled,
    bounds_of,
    check_over,
    compare,
    conclusion,
    differing_lines,
    lines,
    queue_days,
    settled_day,
)
from streams.sinks.clickhouse.database import Answer
from tests.support.builders import MONDAY, targets

CATALOGUE = Catalogue(
    "Africa/Johannesburg",
    {
        "billing": targets(time_zone="Africa/Johannesburg"),
        "night": targets("night", time_zone="America/New_York", day_start_minute=18 * 60),
    },
)
BELOW = version_of(1, 42)


def partition(**queues: LiveQueue) -> PartitionDays:
    found = PartitionDays()
    found.queues, found.below_version = queues, BELOW
    return found


def day_of(start: int, **counted: int) -> Day:
    return Day(start, start + DAY, [counted.get(name, 0) for name in COUNTERS])


class Archive:
    """Answers with one row a question, by the text that names it."""

    def execute(self, sql: str) -> Answer:
        if "report_group" in sql:
            names = re.findall(r" AS ([a-z]+_\w+)", sql)
            return Answer(names, [tuple("billing" if n == "report_group" else 1 for n in names)])
        return Answer([], [])

    def close(self) -> None: ...


def test_every_counter_of_the_stream_is_compared() -> None:
    day = QueueDay("billing", MONDAY, MONDAY + DAY, BELOW, Counts())
    found = compare("2026-03-02", [day], Archive())
    differing = {each.figure: each.difference for each in found.differing()["billing"]}
    assert differing == dict.fromkeys(set(COUNTERS) - {"missed_offers"}, 1)
    assert [each.figure for each in found.figures] == list(COUNTERS)


@pytest.mark.parametrize(
    ("now", "day"),
    [
        ("2026-03-03T06:14:00+02:00", "2026-03-01"),
        ("2026-03-03T06:15:00+02:00", "2026-03-02"),
        ("2026-03-03T23:00:00+02:00", "2026-03-02"),
    ],
)
def test_a_day_is_settled_when_late_facts_change_it_no_more(now: str, day: str) -> None:
    assert settled_day(from_iso(now), "Africa/Johannesburg") == day


def test_a_day_has_the_bounds_of_its_queue() -> None:
    def bounds(queue: str) -> tuple[int, int]:
        return bounds_of(queue, "2026-03-02", CATALOGUE)

    assert bounds("billing") == (MONDAY - 2 * HOUR, MONDAY + 22 * HOUR)
    start = from_iso("2026-03-02T18:00:00-05:00")  # the business day begins in the evening
    assert bounds("night") == (start, start + DAY)
    assert bounds("not configured") == (MONDAY, MONDAY + DAY)  # as the stream counts it


def test_days_are_those_of_the_state_or_empty_or_no_longer_kept() -> None:
    start = MONDAY - 2 * HOUR
    found = queue_days(
        "2026-03-02",
        [
            PartitionDays(),
            partition(
                billing=LiveQueue([day_of(start - DAY), day_of(start, offered=7)], start + DAY),
                idle=LiveQueue([], MONDAY + DAY + HOUR),
                gone=LiveQueue([day_of(MONDAY + 3 * DAY)], MONDAY + 3 * DAY),
            ),
        ],
        CATALOGUE,
        ["billing", "lost"],
    )
    by_queue = {each.queue: each for each in found}
    assert by_queue["billing"] == QueueDay("billing", start, start + DAY, BELOW, Counts(offered=7))
    assert by_queue["idle"].live == Counts()
    assert by_queue["gone"].live is None
    assert by_queue["lost"] == QueueDay("lost", MONDAY, MONDAY + DAY, BELOW, Counts())
    assert by_queue["night"].live == Counts()  # configured, never called


def test_a_day_that_goes_on_somewhere_is_not_over() -> None:
    days = queue_days("2026-03-02", [], CATALOGUE, [])
    with pytest.raises(HistoryError, match="2026-03-02 is not over: queue night counts it until"):
        check_over(days, "2026-03-02", MONDAY + 24 * HOUR, CATALOGUE)
    check_over(days, "2026-03-02", MONDAY + 47 * HOUR + MINUTE, CATALOGUE)


def reconciled(*figures: Compared, not_kept: tuple[str, ...] = ()) -> Reconciled:
    return Reconciled("2026-03-02", list(figures), [], list(not_kept))


def test_what_agrees_is_one_line() -> None:
    assert conclusion(reconciled(), []) == "2026-03-02: no live calls, nothing to compare"
    same = reconciled(Compared("billing", "offered", 8_214, 8_214), not_kept=("old",))
    assert conclusion(same, []) == (
        "2026-03-02: 1 queue agrees, 8,214 legs offered; no longer kept: old"
    )
    assert differing_lines(lines(same, [])) == []
    assert same.differing() == {}


def test_a_difference_names_queue_figure_and_legs() -> None:
    odd = reconciled(
        Compared("billing", "offered", 7, 6),
        Compared("billing", "answered", 5, 5),
        Compared("repairs", "offered", 1, 1),
    )
    leg = Disagreement("billing", "ada", "leg", "answered", None)
    assert conclusion(odd, [leg]) == (
        "2026-03-02: 1 figure of billing differs; 1 leg of the archive is told otherwise by events"
    )
    assert "look at the live counters" in conclusion(odd, [])
    figure, of_leg = differing_lines(lines(odd, [leg]))
    assert (figure["figure"], figure["live"], figure["archive"], figure["difference"]) == (
        "offered", 7, 6, -1,
    )  # fmt: skip
    assert (of_leg["leg_id"], of_leg["live"], of_leg["archive"]) == ("ada", "answered", None)
    assert len(lines(odd, [leg])) == 4
