"""Notes of which (queue, day)s the legs change, so that roll-ups made of them before are not read any more.

A row is written before the legs and after them. A roll-up that is built in between has not seen them: the second row says
so. After a crash in between the first one does, and the legs come again. Each row of a (queue, day) has a higher number; in
Kafka the legs of a queue are in one partition, so only one archive numbers them at a time.
"""

from collections.abc import Iterable, Sequence

from schemas.millis import DAY, SECOND
from schemas.tables import TABLES
from streams.sinks.clickhouse.database import Columns, Database, Reader, Row, quoted

TABLE = "queue_days"
_DAY_S = DAY // SECOND
_QUEUE, _KEY_AT = (TABLES["leg_versions"].index(name) for name in ("queue", "key_at"))
_DELIVERY = TABLES["withdrawals"].index("delivery")
_AT_ONCE = 5_000

QueueDay = tuple[str, int]  # and the start of the UTC day of `key_at`, in s


def touched_days(
    reader: Reader, table: str, rows: Sequence[Row], chunks: Sequence[Columns] = ()
) -> list[QueueDay]:
    """What rows change that are about to be inserted; of other tables than those that change what legs hold, nothing."""
    if table == "leg_versions":
        days = {(row[_QUEUE], row[_KEY_AT] // _DAY_S * _DAY_S) for row in rows}
        return sorted(days.union(*map(_days_of, chunks)))
    if table == "withdrawals":
        named = ", ".join(sorted({quoted(row[_DELIVERY]) for row in rows}))
        answer = reader.execute(
            "SELECT DISTINCT queue, toUInt32(toStartOfDay(key_at)) AS day_s FROM legs"
            f" WHERE delivery IN ({named})"
        )
        return sorted((str(queue), int(day)) for queue, day in answer.rows)
    return []


def _days_of(columns: Columns) -> set[QueueDay]:
    """What legs change that come by column."""
    queues, keys_at = columns[_QUEUE], columns[_KEY_AT]
    first, last = min(keys_at) // _DAY_S, max(keys_at) // _DAY_S
    if first == last:  # nearly always
        return {(queue, first * _DAY_S) for queue in set(queues)}
    return {(queue, at // _DAY_S * _DAY_S) for queue, at in zip(queues, keys_at, strict=True)}


def touch(database: Database, days: Sequence[QueueDay]) -> None:
    """Each gets the next number."""
    for first in range(0, len(days), _AT_ONCE):
        part = days[first : first + _AT_ONCE]
        known = _numbers(database, part)
        database.insert(
            TABLE,
            TABLES[TABLE],
            [(queue, day, "touched", known.get((queue, day), 0) + 1, 0, "", 0) for queue, day in part],
        )  # fmt: skip


def _numbers(reader: Reader, days: Iterable[QueueDay]) -> dict[QueueDay, int]:
    asked = list(days)
    queues = ", ".join(sorted({quoted(queue) for queue, _ in asked}))
    between = min(day for _, day in asked), max(day for _, day in asked)
    answer = reader.execute(
        f"SELECT queue, toUInt32(day) AS day_s, max(number) FROM {TABLE} WHERE kind = 'touched' AND queue IN ({queues})"
        f" AND day >= toDateTime({between[0]}) AND day <= toDateTime({between[1]}) GROUP BY queue, day"
    )
    return {(str(queue), int(day)): int(number) for queue, day, number in answer.rows}
