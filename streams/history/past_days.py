"""Today, yesterday and the same weekday last week by half hour, over one queue or several: what /trends of the board shows.

Legs are counted as `history intervals` counts them. The service level is served as each queue promised (schemas/promised.py),
of one queue as of several. The SQL adds no ratios.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from schemas.counters import COUNTER, column_of
from schemas.formulas import formula, numerator
from schemas.half_hours import HalfHour, PastDay, PastDays
from schemas.millis import DAY, MINUTE, to_datetime
from schemas.opening import business_day
from schemas.targets import Targets
from streams.history.catalogue import Catalogue, read_catalogue
from streams.history.counting_sql import counting_sql, counts_of
from streams.history.intervals import EVERY, bounds, open_starts, runs
from streams.history.months import Range
from streams.history.notes import notes_in
from streams.history.quarter_hours import ALL
from streams.history.question import Question
from streams.history.reach import Reach, of_legs
from streams.history.rolled_sql import fits, rolled_sql
from streams.history.rolled_up import RolledUp, read_rolled_up
from streams.sinks.clickhouse.database import Reader

LENGTH_MS = EVERY["30m"]
_WEEK = 7
_ABANDONED = formula("abandonment_ab1")
_FIGURES = (*map(column_of, COUNTER), "n_good", "n_due", "n_untargeted")
_SUM = "sum_"  # before the name of what is summed: ClickHouse takes no sum under the name of its column


class Clock(Struct, frozen=True):
    """By what a day of these queues is cut: their own clock if they share one, else that of groups in `history`."""

    zone: str
    day_start_minute: int


def past_days(reader: Reader, queues: Sequence[str], now: int) -> PastDays:
    """Of present ids of queues; UnavailableError or RefusedError if the archive cannot say it."""
    catalogue = read_catalogue(reader, now)
    promised = [catalogue.queues[queue] for queue in queues if queue in catalogue.queues]
    clock = clock_of(promised, catalogue)
    ids = [*queues, *(id_ for id_, present in catalogue.former.items() if present in queues)]
    reach = of_legs(reader, ids)
    asked = _Asked(queues, promised, catalogue, clock, reach, now)
    today, yesterday, last_week = [_day(reader, asked, points) for points in _days(clock, now)]
    seen = [
        minute for minute in range(now // MINUTE * MINUTE, now - DAY, -MINUTE) if minute in reach
    ]
    first, end = business_day(now, clock.zone, clock.day_start_minute)
    notes = tuple(notes_in(reader, catalogue, Range(first, end), queues))
    return PastDays(now, clock.zone, today, yesterday, last_week, seen[0] if seen else None, notes)


def clock_of(promised: Iterable[Targets], catalogue: Catalogue) -> Clock:
    clocks = {(each.time_zone, each.day_start_minute) for each in promised}
    return Clock(*clocks.pop()) if len(clocks) == 1 else Clock(catalogue.default_zone, 0)


def _days(clock: Clock, now: int) -> Iterable[list[int]]:
    """The bounds of the half hours of today up to now, of yesterday, and of the day a week ago."""
    first, end = business_day(now, clock.zone, clock.day_start_minute)
    points = bounds(first, end, LENGTH_MS, clock.zone, clock.day_start_minute)
    yield points[: _until(points, now)]
    before = first
    for back in range(1, _WEEK + 1):
        before, end = business_day(before - 1, clock.zone, clock.day_start_minute)
        if back in {1, _WEEK}:
            yield bounds(before, end, LENGTH_MS, clock.zone, clock.day_start_minute)


def _until(points: Sequence[int], now: int) -> int:
    """How many bounds cover the day up to the end of the half hour of now."""
    return next((place + 1 for place, at in enumerate(points) if at > now), len(points))


def counted_sql(
    question: Question,
    points: Sequence[int],
    queues: Sequence[str],
    catalogue: Catalogue,
    rolled: RolledUp,
) -> str:
    """One row a half hour: sums of counts, and of what was served as each leg's own queue promised."""
    slots, former = runs(list(points)), catalogue.former
    if fits(question, slots):
        by_queue = rolled_sql(question, slots, None, rolled, _FIGURES, only=queues, former=former)
        of_queue = ALL
    else:
        by_queue = counting_sql(question, slots, None, queues, former=former)
        of_queue = ""
    sums = ", ".join(f"sum({of_queue}{name}) AS {_SUM}{name}" for name in _FIGURES)
    return f"SELECT slot, {sums}\nFROM ({by_queue})\nGROUP BY slot"


class _Asked(Struct, frozen=True):
    """What all three days have in common; `promised` are the targets of those of `queues` that are configured."""

    queues: Sequence[str]
    promised: Sequence[Targets]
    catalogue: Catalogue
    clock: Clock
    reach: Reach
    now: int


def _day(reader: Reader, asked: _Asked, points: Sequence[int]) -> PastDay:
    question = Question(points[0], points[-1], every_ms=LENGTH_MS)
    rolled = read_rolled_up(reader, question.start, question.end)
    sql = counted_sql(question, points, asked.queues, asked.catalogue, rolled)
    found = reader.execute(sql).named()
    records = {int(record["slot"]): record for record in found}
    opened = {
        start
        for each in asked.promised
        for start in open_starts(list(points), each.opening, each.time_zone)
    }
    if len(asked.promised) < len(
        asked.queues
    ):  # of a queue that nobody configured no hours are known
        opened |= set(points[:-1])
    halves = [
        half_hour(
            start,
            end,
            records.get(start),
            asked.clock,
            is_open=start in opened,
            reach=asked.reach,
            now=asked.now,
        )
        for start, end in pairwise(points)
    ]
    return PastDay(f"{to_datetime(points[0], ZoneInfo(asked.clock.zone)):%Y-%m-%d}", tuple(halves))


def half_hour(
    start: int, end: int, record: dict[str, Any] | None, clock: Clock, *, is_open: bool, reach: Reach, now: int
) -> HalfHour:  # fmt: skip
    """`record` has its sums. Nothing is told of a half hour that was closed, or where the archive does not reach."""
    # A minute is told of when both its ends lie in the reach of a source.
    told = [minute in reach and minute + MINUTE in reach for minute in range(start, end, MINUTE)]
    made = HalfHour(start, end, clock_text(start, clock.zone), is_whole=end <= now and all(told))
    if record is None:
        return (
            replace(made, offered=0, abandoned=0, in_time=0, n=0) if is_open and any(told) else made
        )
    sums = {name.removeprefix(_SUM): value for name, value in record.items()}
    counts = counts_of(sums)
    is_judged = not int(sums["n_untargeted"])
    return replace(
        made,
        offered=counts.offered,
        abandoned=numerator(_ABANDONED, counts),
        in_time=int(sums["n_good"]) if is_judged else None,
        n=int(sums["n_due"]) if is_judged else None,
    )


def clock_text(at: int, zone: str) -> str:
    """`08:30`; in the hour that a night has twice, the second time with its offset, so that each is itself on every day."""
    local = to_datetime(at, ZoneInfo(zone))
    if not local.fold:
        return f"{local:%H:%M}"
    offset = local.utcoffset() or timedelta()
    minutes = int(offset.total_seconds()) // 60
    return f"{local:%H:%M}{minutes // 60:+03}:{abs(minutes) % 60:02}"
