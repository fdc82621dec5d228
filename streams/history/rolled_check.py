"""Compares roll-ups with the legs that they were made of, to the integer. A difference is a fault of ours, and is said.

Of a (queue, day) that is rolled up and whose legs are not deleted every count and sum must be that of its legs, and so must
its waits, and sums of days those of its quarter hours. What differs is built again in the next turn: until then its legs are read.
"""

from msgspec import Struct

from schemas.millis import DAY, SECOND, to_datetime
from schemas.newest_legs import CLOSED, newest_legs_sql
from schemas.tables import DAY_SUM_COUNTED_COLUMNS, TABLES
from streams.history.quarter_hours import (
    ADDED,
    ALL,
    OF_LEGS,
    columns_of,
    counted_sql,
    day_of,
    day_sums_sql,
)
from streams.history.rolled_up import TABLE, numbered, read_marks, status_sql, unbuilt_condition
from streams.sinks.clickhouse.database import Database, Reader

_COLUMNS = columns_of((*ADDED, "max_answer_wait", "max_wait", "wait_p50"))
_KEYS = ("queue", "day", "at_ms", "channel")


class Differing(Struct, frozen=True):
    """A (queue, UTC day) of which so many quarter hours are not what its legs say."""

    queue: str
    day: int
    quarter_hours: int
    day_sums: int = 0  # that are not those of its quarter hours

    def __str__(self) -> str:
        summed = f", {self.day_sums} sums of days" if self.day_sums else ""
        return f"queue {self.queue}, {to_datetime(self.day):%Y-%m-%d} (UTC): {self.quarter_hours} quarter hours{summed}"


def differing(reader: Reader, day: int) -> list[Differing]:
    """Of one UTC day (any moment of it, ms), every queue that is rolled up there; legs that come meanwhile are no difference."""
    start = day_of(day)
    before = _rolled_up(reader, start)
    if not before:
        return []
    found = {str(queue): int(n) for queue, n in reader.execute(_sql(start)).rows}
    summed = {str(queue): int(n) for queue, n in reader.execute(_sums_sql(start)).rows}
    after = _rolled_up(reader, start)
    return [
        Differing(queue, start, found.get(queue, 0), summed.get(queue, 0))
        for queue in sorted(found.keys() | summed.keys())
        if queue in before and before[queue] == after.get(queue)
    ]


def _rolled_up(reader: Reader, start: int) -> dict[str, tuple[int, int]]:
    """Queues whose legs of the day are rolled up and not deleted, with the numbers that change with either."""
    closed = read_marks(reader).get(CLOSED, 0)
    if start < closed:
        return {}
    holds = f"built > 0 AND NOT ({unbuilt_condition(closed)})"
    found = numbered(reader.execute(status_sql(start, start, holds)).named())
    return {of.queue: numbers for of, numbers in found.items()}


def build_again(database: Database, found: list[Differing]) -> None:
    """Take back that they are built: the next turn builds them, questions read legs until then."""
    if not found:
        return
    known = database.execute(
        f"SELECT queue, max(number) FROM {TABLE} WHERE kind = 'touched'"
        f" AND day = toDateTime({found[0].day // SECOND}) GROUP BY queue"
    ).rows
    numbers = {str(queue): int(number) for queue, number in known}
    database.insert(
        TABLE,
        TABLES[TABLE],
        [
            (each.queue, each.day // SECOND, "touched", numbers.get(each.queue, 0) + 1, 0, "", 0)
            for each in found
        ],
    )


def _sql(start: int) -> str:
    """Both sides as one list of rows: a row that is there once is on one side alone."""
    first, last = start // SECOND, (start + DAY) // SECOND
    conditions = [f"key_at >= toDateTime({first})", f"key_at < toDateTime({last})"]
    legs = f"({newest_legs_sql('legs', OF_LEGS, conditions)})"
    names = ", ".join(
        "arraySort(answer_waits) AS waits" if name == "answer_waits" else name for name in _COLUMNS
    )
    shown = ", ".join("waits" if name == "answer_waits" else name for name in _COLUMNS)
    kept = f"SELECT queue, at_ms, channel, {names} FROM quarter_hours WHERE {_held(start)}"
    counted = f"SELECT queue, at_ms, channel, {names} FROM ({counted_sql(legs, _COLUMNS, _KEYS)})"
    return (
        "SELECT queue, uniqExact(at_ms) AS n FROM ("
        f"SELECT queue, at_ms, channel, {shown}, count() AS sides FROM ({kept} UNION ALL {counted})"
        f" GROUP BY queue, at_ms, channel, {shown} HAVING sides != 2) GROUP BY queue ORDER BY queue"
    )


def _sums_sql(start: int) -> str:
    """The same of sums of days and the quarter hours of the same build."""
    keys, counted = "queue, at_ms, channel", ", ".join(DAY_SUM_COUNTED_COLUMNS)
    of_quarters = ", ".join(f"{ALL}{name} AS {name}" for name in DAY_SUM_COUNTED_COLUMNS)
    quarters = day_sums_sql(f"quarter_hours WHERE {_held(start)}")
    return (
        "SELECT queue, uniqExact(at_ms) AS n FROM ("
        f"SELECT {keys}, {counted}, count() AS sides FROM ("
        f"SELECT {keys}, {counted} FROM day_sums WHERE {_held(start)}"
        f" UNION ALL SELECT queue, started_ms AS at_ms, channel, {of_quarters} FROM ({quarters}))"
        f" GROUP BY {keys}, {counted} HAVING sides != 2) GROUP BY queue ORDER BY queue"
    )


def _held(start: int) -> str:
    """A condition: rows of the day and of builds that hold."""
    of_day = f"day = toDateTime({start // SECOND})"
    held = f"SELECT queue, day, max(number) FROM {TABLE} WHERE kind = 'built' AND {of_day} GROUP BY queue, day"
    return f"{of_day} AND (queue, day, built) IN ({held})"
