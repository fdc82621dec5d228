"""Rolls legs up by quarter hour, a whole (queue, day) at a time, from the newest version of each leg that holds.

Rule 1: the rows of a build, quarter hours and then the sums of days made of these, have a number of their own, and are read once a row `built` of `queue_days` names it. A build
that was ended by a crash is rows that nobody reads; two at once are two numbers, of which the higher one holds.
Rule 2: what a build covers is read before the legs are. Whatever comes later makes the (queue, day) unbuilt again.
Rule 3: today is left to the legs: its (queue, day)s change every second.
Rule 4: a day whose legs were deleted is never built again.
"""

import random
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import groupby

from msgspec import Struct

from schemas.millis import DAY, SECOND, to_datetime
from schemas.newest_legs import CLOSED, KEY_SLACK_DAYS, newest_legs_sql
from schemas.tables import COUNTED_COLUMNS, DAY_SUM_COLUMNS, TABLES
from streams.history.quarter_hours import OF_LEGS, QUARTER_MS, counted_sql, day_of, day_sums_sql
from streams.history.rolled_up import (
    TABLE,
    QueueDay,
    numbered,
    read_marks,
    shape,
    status_sql,
    unbuilt_condition,
)
from streams.sinks.clickhouse.database import Database, Reader, quoted
from streams.sinks.clickhouse.deletions import note_former_deletion
from streams.sinks.clickhouse.purge import wait_until_rewritten

LEGS_AT_ONCE = 200_000  # of one statement: what bounds its memory
LEGS_A_TURN = (
    2_000_000  # beside a writer that other nightly work waits for: about a minute of one core
)
_DAYS_AT_ONCE = 20_000
_MOST_NAMED = (
    100  # of one statement; with more of them, all between the first and the last are built
)
_STALE_AT_ONCE = 1_000
_RANDOM_BITS = 20
_LAST_DAY = (2**32 - 1) // (DAY // SECOND) * DAY
_KEYS = ("queue", "day", "at_ms", "channel")


class Unbuilt(Struct, frozen=True):
    """A (queue, day) to build: its last `touched`, and the number of its last build, 0 for none."""

    of: QueueDay
    touched: int
    built: int


class Progress(Struct, frozen=True):
    """How many (queue, day)s were built, and how many are left to build."""

    built: int
    left: int


_Stale = tuple[str, int, int]  # queue, day in s, number of the build


class _Batch(Struct, frozen=True):
    """What is built by one statement, the conditions on `key_at` and `queue` that name it, and about how many legs it has."""

    of: list[Unbuilt]
    conditions: list[str]
    legs: int


def build_all(database: Database, now: int, until: int) -> int:
    """Build every (queue, day) before the day of `until` (ms) that is not built; return how many were.

    UnavailableError, RefusedError.
    """
    return build_some(database, now, until).built


def build_some(
    database: Database,
    now: int,
    until: int,
    most_legs: int | None = None,
) -> Progress:
    """The same of about `most_legs` legs at most, oldest days first.

    What is built stays, and the next call goes on with the rest, of which questions read legs until then.
    """
    survey(database)
    built = legs = 0
    while found := unbuilt(database, until):
        for batch in _batches(database, found):
            is_enough = most_legs is not None and legs > 0 and legs + batch.legs > most_legs
            if is_enough:
                return Progress(built, _count_unbuilt(database, until))
            _build(database, batch.of, batch.conditions, now)
            built += len(batch.of)
            legs += max(1, batch.legs)
    return Progress(built, _count_unbuilt(database, until))


def survey(database: Database) -> None:
    """Note the (queue, day)s of legs that came before releases noted them; once."""
    if "surveyed" in read_marks(database):
        return
    database.execute(
        f"INSERT INTO {TABLE} (queue, day, kind, number, covers, shape, far)"
        " SELECT queue, toStartOfDay(key_at) AS started, 'touched', 1, 0, '', 0 FROM legs GROUP BY queue, started"
    )
    _mark(database, "surveyed", 1)


def close_before(
    database: Database, now: int, before: int, most_legs: int | None = None
) -> Progress:
    """Before legs older than `before` (ms) are deleted: build their days, and note that these are never built again.

    With `most_legs` perhaps some are `left`: then nothing is noted, and the legs must stay. Nor is it where there are none.
    """
    end = day_of(before + DAY - 1)
    done = build_some(database, now, end, most_legs)
    older = f"SELECT count() FROM legs WHERE key_at < toDateTime({before // SECOND})"
    if not done.left and database.execute(older).rows[0][0]:
        note_former_deletion(database)
        _mark(database, CLOSED, end)
    return done


def unbuilt(reader: Reader, until: int) -> list[Unbuilt]:
    sql = f"{_unbuilt_sql(reader, until)} ORDER BY day, queue LIMIT {_DAYS_AT_ONCE}"
    found = numbered(reader.execute(sql).named())
    return [Unbuilt(of, *each) for of, each in sorted(found.items())]


def _count_unbuilt(reader: Reader, until: int) -> int:
    sql = f"SELECT count() FROM ({_unbuilt_sql(reader, until)})"
    return int(reader.execute(sql).rows[0][0])


def _unbuilt_sql(reader: Reader, until: int) -> str:
    closed = read_marks(reader).get(CLOSED, 0)
    return status_sql(0, min(day_of(until) - DAY, _LAST_DAY), unbuilt_condition(closed))


def prune(database: Database) -> int:
    """Delete rows of builds that hold no more; return of how many builds."""
    found = database.execute(
        "SELECT queue, toUInt32(day) AS day_s, groupUniqArray(built) AS numbers FROM quarter_hours"
        " GROUP BY queue, day HAVING length(numbers) > 1"
    ).rows
    if not found:
        return 0
    held = {
        (queue, day): int(number)
        for queue, day, number in database.execute(
            f"SELECT queue, toUInt32(day), max(number) FROM {TABLE} WHERE kind = 'built' GROUP BY queue, day"
        ).rows
    }
    # A higher number may be of a build that goes on: its row `built` comes last.
    gone = [
        (str(queue), int(day), number)
        for queue, day, numbers in found
        for number in map(int, numbers)
        if number < held.get((queue, day), 0)
    ]
    for condition in _stale(gone, _over(database, gone, max(held.values(), default=0))):
        for table in (
            "day_sums",
            "quarter_hours",
        ):  # the last one is what is looked at for what is left
            database.execute(f"ALTER TABLE {table} DELETE WHERE {condition}")
            wait_until_rewritten(database, table)
    return len(gone)


def _over(reader: Reader, gone: Sequence[_Stale], newest: int) -> set[int]:
    """The builds of which nothing holds, and nothing can any more: those that began a day before the newest one."""
    rows = reader.execute(
        "SELECT built, uniqExact((queue, day)) AS n FROM quarter_hours GROUP BY built"
    ).rows
    at_all = {int(number): int(n) for number, n in rows}
    stale = Counter(number for _, _, number in gone)
    before = newest - (DAY << _RANDOM_BITS)
    return {number for number, n in stale.items() if number < before and n == at_all.get(number)}


def _stale(gone: Sequence[_Stale], over: Collection[int]) -> Iterator[str]:
    """Conditions on the rows that are `gone`: those of builds that are `over` go by their number alone.

    Each condition rewrites the tables once: a year that was built again had 73 of them when each (queue, day) was named.
    """
    numbers = sorted(over)
    named = [
        f"({quoted(queue)}, {day}, {number})" for queue, day, number in gone if number not in over
    ]
    for first in range(0, max(len(numbers), len(named)), _STALE_AT_ONCE):
        of_builds = ", ".join(map(str, numbers[first : first + _STALE_AT_ONCE]))
        of_days = ", ".join(named[first : first + _STALE_AT_ONCE])
        conditions = [f"built IN ({of_builds})"] if of_builds else []
        conditions += [f"(queue, toUInt32(day), built) IN ({of_days})"] if of_days else []
        yield " OR ".join(conditions)


def _batches(reader: Reader, found: Sequence[Unbuilt]) -> Iterator[_Batch]:
    """Of one month each."""
    for _, group in groupby(found, key=lambda each: f"{to_datetime(each.of.day):%Y%m}"):
        of_month = list(group)
        if len(of_month) <= _MOST_NAMED:
            named = ", ".join(
                f"({quoted(each.of.queue)}, {each.of.day // SECOND})" for each in of_month
            )
            exactly = f"(queue, toUInt32(toStartOfDay(key_at))) IN ({named})"
            conditions = [*_between(of_month), exactly]
            sql = f"SELECT count() FROM legs WHERE {' AND '.join(conditions)}"
            yield _Batch(of_month, conditions, int(reader.execute(sql).rows[0][0]))
            continue
        for queues, legs in _queues(reader, of_month):
            part = [each for each in of_month if each.of.queue in queues]
            if part:
                first, last = min(each.of.day for each in part), max(each.of.day for each in part)
                yield _Batch(_all_between(reader, first, last, queues), _between(part), legs)


def _queues(reader: Reader, wanted: Sequence[Unbuilt]) -> Iterator[tuple[set[str], int]]:
    """Their queues with their legs, as many at once as have at most `LEGS_AT_ONCE` legs together, or one with more."""
    answer = reader.execute(
        f"SELECT queue, count() FROM legs WHERE {' AND '.join(_between(wanted))} GROUP BY queue ORDER BY queue"
    )
    legs = {str(queue): int(n) for queue, n in answer.rows}
    at_once: set[str] = set()
    size = 0
    for queue in sorted({each.of.queue for each in wanted}):
        if at_once and size + legs.get(queue, 0) > LEGS_AT_ONCE:
            yield at_once, size
            at_once, size = set(), 0
        at_once.add(queue)
        size += legs.get(queue, 0)
    yield at_once, size


def _all_between(reader: Reader, first: int, last: int, queues: set[str]) -> list[Unbuilt]:
    """Also those that are built: to name the others takes longer than to build these again."""
    names = f"queue IN ({', '.join(map(quoted, sorted(queues)))})"
    found = numbered(reader.execute(status_sql(first, last, names)).named())
    return [Unbuilt(of, *each) for of, each in sorted(found.items())]


def _between(wanted: Sequence[Unbuilt]) -> list[str]:
    days = [each.of.day for each in wanted]
    queues = sorted({each.of.queue for each in wanted})
    return [
        f"key_at >= toDateTime({min(days) // SECOND})",
        f"key_at < toDateTime({(max(days) + DAY) // SECOND})",
        f"queue IN ({', '.join(map(quoted, queues))})",
    ]


def _build(
    database: Database, batch: Sequence[Unbuilt], conditions: Sequence[str], now: int
) -> None:
    number = _number(batch, now)
    legs = newest_legs_sql("legs", OF_LEGS, conditions)
    columns = ", ".join((*_KEYS, *COUNTED_COLUMNS))
    database.execute(
        f"INSERT INTO quarter_hours (built, {columns}) SELECT toUInt64({number}) AS built, {columns}"
        f" FROM ({counted_sql(f'({legs})', COUNTED_COLUMNS, _KEYS)})"
    )
    _add_up(database, batch, number)
    far = _far(database, batch, number)
    of_release = shape()
    database.insert(
        TABLE,
        TABLES[TABLE],
        [
            (each.of.queue, each.of.day // SECOND, "built", number, each.touched, of_release, int(each.of in far))
            for each in batch
        ],
    )  # fmt: skip


def _add_up(database: Database, batch: Sequence[Unbuilt], number: int) -> None:
    days = [each.of.day // SECOND for each in batch]
    rows = (
        f"quarter_hours WHERE built = {number}"
        f" AND day >= toDateTime({min(days)}) AND day <= toDateTime({max(days)})"
    )
    database.execute(f"INSERT INTO day_sums ({', '.join(DAY_SUM_COLUMNS)}) {day_sums_sql(rows)}")


def _number(batch: Sequence[Unbuilt], now: int) -> int:
    """Higher than all before, also when a clock went back, and no other's."""
    before = max(each.built for each in batch) >> _RANDOM_BITS
    return (max(now, before + 1) << _RANDOM_BITS) | random.getrandbits(_RANDOM_BITS)


def _far(reader: Reader, batch: Sequence[Unbuilt], number: int) -> set[QueueDay]:
    """The (queue, day)s that may have a leg whose arrival lies further from `key_at` than questions look."""
    days = [each.of.day // SECOND for each in batch]
    slack = KEY_SLACK_DAYS * DAY
    day = "toInt64(toUInt32(day)) * 1000"
    answer = reader.execute(
        "SELECT DISTINCT queue, toUInt32(day) AS day_s FROM quarter_hours"
        f" WHERE day >= toDateTime({min(days)}) AND day <= toDateTime({max(days)}) AND built = {number}"
        f" AND (at_ms + {QUARTER_MS} > {day} + {slack} OR at_ms < {day} + {DAY - slack})"
    )
    return {QueueDay(int(day_s) * SECOND, str(queue)) for queue, day_s in answer.rows}


def _mark(database: Database, kind: str, number: int) -> None:
    database.insert(TABLE, TABLES[TABLE], [("", 0, kind, number, 0, "", 0)])
