"""Old rows leave the archive: whole months as partitions, the rest of a month row by row.

Rule 1: a row goes by the time that it is sorted by, which never changes: a leg by its arrival as first
told, an event by its arrival in Kafka. `targets` stay: what is kept was judged by them.
Rule 2: repeating it, after a crash too, deletes only what is still there.
"""

import time
from collections.abc import Callable

from msgspec import Struct

from schemas.millis import SECOND, to_datetime
from streams.sinks.clickhouse.database import Database, Reader, UnavailableError, quoted

TIME_OF_ROW: dict[str, str] = {
    "events": "appended_at",
    "leg_versions": "key_at",
    "legs": "key_at",
    "spells": "started_at",
    "minutes": "at",
    "alerts": "onset_at",
    "quarantine": "known_at",
    "quarantine_handled": "at",
}
NOT_PARTITIONED = frozenset({"quarantine", "quarantine_handled"})
_POLL_S = 0.1
_DONE_WITHIN_S = 3_600.0


class Doomed(Struct, frozen=True):
    """What of a table lies before the time; `oldest` in ISO 8601, UTC."""

    table: str
    rows: int
    oldest: str


def doomed(reader: Reader, before: int) -> list[Doomed]:
    """The tables that hold anything from before `before` (ms)."""
    found = []
    for table, column in TIME_OF_ROW.items():
        answer = reader.execute(
            f"SELECT count(), toUInt32(min({column})) FROM {table} WHERE {_older(column, before)}"
        )
        ((rows, oldest),) = answer.rows
        if rows:
            text = to_datetime(int(oldest) * SECOND).strftime("%Y-%m-%dT%H:%M:%SZ")
            found.append(Doomed(table, int(rows), text))
    return found


def purge(database: Database, before: int, done: Callable[[str], None]) -> None:
    """Delete it; `done` hears of each table. Returns when the database has, and says so."""
    month = int(to_datetime(before).strftime("%Y%m"))
    for table, column in TIME_OF_ROW.items():
        if table not in NOT_PARTITIONED:
            for partition in _partitions(database, table):
                if partition < month:
                    database.execute(f"ALTER TABLE {table} DROP PARTITION {partition}")
        older = _older(column, before)
        if database.execute(f"SELECT count() FROM {table} WHERE {older}").rows[0][0]:
            database.execute(f"ALTER TABLE {table} DELETE WHERE {older}")
            _wait(database, table)
        done(table)


def _older(column: str, before: int) -> str:
    return f"{column} < toDateTime({before // SECOND})"


def _partitions(reader: Reader, table: str) -> list[int]:
    """Months as numbers, `202611`."""
    answer = reader.execute(
        "SELECT DISTINCT partition FROM system.parts WHERE active"
        f" AND database = currentDatabase() AND table = {quoted(table)}"
    )
    return sorted(int(partition) for (partition,) in answer.rows)


def _wait(reader: Reader, table: str) -> None:
    """Deleting rows rewrites their parts in the background: over only when the server says so."""
    deadline = time.monotonic() + _DONE_WITHIN_S
    unfinished = (
        "SELECT count() FROM system.mutations WHERE is_done = 0"
        f" AND database = currentDatabase() AND table = {quoted(table)}"
    )
    while reader.execute(unfinished).rows[0][0]:
        if time.monotonic() > deadline:
            raise UnavailableError(
                f"table {table}: still deleting after an hour; see table system.mutations there"
            )
        time.sleep(_POLL_S)
