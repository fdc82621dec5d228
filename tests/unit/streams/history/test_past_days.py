"""Half hours of three days: that the counts are right is tried on both databases in tests/integration."""

from typing import Any

import msgspec

from schemas.counters import COUNTER, column_of
from schemas.half_hours import PastDays
from schemas.millis import DAY, HOUR, MINUTE, from_iso
from schemas.opening import Opening, parse_weekly
from streams.history.catalogue import Catalogue
from streams.history.past_days import Clock, clock_of, clock_text, half_hour, past_days
from streams.history.reach import Reach
from streams.sinks.clickhouse.database import Answer
from tests.support.builders import targets

NOON = from_iso("2026-05-06T12:00:00Z")  # a Wednesday
UTC = Clock("UTC", 0)
ALWAYS = Opening()


def sums(good: int = 0, due: int = 0, untargeted: int = 0, **counts: int) -> dict[str, Any]:
    named = {f"sum_{column_of(name)}": counts.get(name, 0) for name in COUNTER}
    return {"sum_n_good": good, "sum_n_due": due, "sum_n_untargeted": untargeted, **named}


def told(
    record: dict[str, Any] | None = None,
    *,
    is_open: bool = True,
    to: int = NOON + HOUR,
    now: int = NOON + HOUR,
) -> Any:
    reach = Reach([(NOON - DAY, to)])
    return half_hour(NOON, NOON + 30 * MINUTE, record, UTC, is_open=is_open, reach=reach, now=now)


def test_what_was_counted_and_what_was_served_as_promised() -> None:
    made = told(sums(7, 11, offered=15, answered=10, abandoned=5))
    assert (made.offered, made.abandoned) == (15, 5)
    assert (made.in_time, made.n) == (7, 11)
    assert made.is_whole


def test_calls_without_a_promise_leave_no_service_level_but_are_counted() -> None:
    made = told(sums(1, 1, untargeted=2, offered=3, answered=3))
    assert (made.offered, made.in_time, made.n) == (3, None, None)


def test_an_open_half_hour_without_calls_is_zero_and_a_closed_one_is_nothing() -> None:
    assert (told().offered, told().n) == (0, 0)
    assert told(is_open=False).offered is None


def test_where_the_archive_does_not_reach_nothing_is_zero() -> None:
    unknown = told(to=NOON - HOUR)
    assert (unknown.offered, unknown.is_whole) == (None, False)
    partly = told(sums(0, 1, offered=1), to=NOON + 10 * MINUTE)
    assert (partly.offered, partly.is_whole) == (1, False)


def test_the_half_hour_of_now_is_not_whole() -> None:
    assert not told(sums(0, 1, offered=1), now=NOON + 10 * MINUTE).is_whole


def test_queues_of_different_clocks_have_the_clock_of_groups() -> None:
    muscat, riga = targets("a", time_zone="Asia/Muscat"), targets("b", time_zone="Europe/Riga")
    catalogue = Catalogue("UTC", {"a": muscat, "b": riga})
    assert clock_of([muscat], catalogue) == Clock("Asia/Muscat", muscat.day_start_minute)
    assert clock_of([muscat, riga], catalogue) == UTC


def test_the_hour_that_a_night_has_twice_has_two_names() -> None:
    first = from_iso("2026-10-25T00:30:00Z")
    assert clock_text(first, "Europe/Berlin") == "02:30"
    assert clock_text(first + HOUR, "Europe/Berlin") == "02:30+01:00"


class Archive:
    """Answers questions about targets with one queue of Berlin, and about legs with nothing."""

    def __init__(self, opening: Opening = ALWAYS) -> None:
        self.asked: list[str] = []
        self._body = msgspec.json.encode(targets("a", time_zone="Europe/Berlin", opening=opening))

    def execute(self, sql: str) -> Answer:
        self.asked.append(sql)
        if "body" in sql:
            return Answer(["queue", "body"], [("a", self._body)])
        if "FROM events" in sql:
            return Answer([], [(0, 2**42)])
        return Answer([], [])

    def close(self) -> None: ...


def days(now: str, opening: Opening = ALWAYS) -> PastDays:
    return past_days(Archive(opening), ["a"], from_iso(now))


def test_three_days_on_the_clock_of_the_queue() -> None:
    found = days("2026-05-06T10:10:00Z")
    assert [day.date for day in (found.today, found.yesterday, found.last_week)] == [
        "2026-05-06", "2026-05-05", "2026-04-29",
    ]  # fmt: skip
    assert found.zone == "Europe/Berlin"
    assert [found.today.halves[0].clock, found.today.halves[-1].clock] == ["00:00", "12:00"]
    assert len(found.yesterday.halves) == len(found.last_week.halves) == 48
    assert found.reaches_to == from_iso("2026-05-06T10:10:00Z")


def test_a_day_on_which_clocks_change_has_46_or_50_half_hours() -> None:
    autumn = days("2026-10-25T22:40:00Z").today.halves
    assert [len(autumn), len({each.clock for each in autumn})] == [50, 50]
    assert len(days("2026-03-30T10:00:00Z").yesterday.halves) == 46
    week = days("2026-11-01T10:00:00Z")
    assert (len(week.last_week.halves), week.last_week.date) == (50, "2026-10-25")


def test_half_hours_out_of_the_opening_hours_are_told_as_nothing() -> None:
    found = days("2026-05-06T10:10:00Z", Opening(weekly=parse_weekly("Mon-Sun 08:00-09:00")))
    assert [each.clock for each in found.yesterday.halves if each.offered is not None] == [
        "08:00", "08:30",
    ]  # fmt: skip
