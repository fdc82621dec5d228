"""Deletes old rows from the archive: whole months as partitions, the rest of a month row by row.

Rule 1: a row's age is the time that its table is sorted by, which never changes: for a leg its arrival
as first reported, for an event its arrival in Kafka. `targets` stay, because the rows that are kept were
judged by them, and `audit`, which tells of the purge. A delivery that began before the time told only of legs that arrived before it.
Rule 2: a purge may be repeated, also after a crash; it deletes only what is still there.
"""

import time
from collections.abc import Callable

from msgspec import Struct

from schemas.millis import SECOND, to_datetime
from streams.sinks.clickhouse.database import Database, Reader, UnavailableError, quoted
from streams.sinks.clickhouse.deletions import note_deletion

TIME_OF_ROW: dict[str, str] = {
    "events": "appended_at",
    "leg_versions": "key_at",
    "legs": "key_at",
    "spells": "started_at",
    "minutes": "at",
    "alerts": "onset_at",
    "quarantine": "known_at",
    "quarantine_handled": "at",
    "deliveries": "began_at",
    "withdrawals": "at",
    "commands": "at",
    "messages": "taken_at",
}
# Where rows are found by id: table, time, and how much older than a row its place may be (ms), whose quarter hour may have
# later rows. `leg_versions` are found by the places of `legs`.
PLACES_OF: dict[str, tuple[str, str, int]] = {
    "legs": ("leg_places", "key_at", 0),
    "events": ("event_places", "quarter_at", 899 * SECOND),
}
NOT_PARTITIONED = frozenset({"quarantine", "quarantine_handled", "deliveries", "withdrawals"})
_POLL_S = 0.1
_DONE_WITHIN_S = 3_600.0


class OldRows(Struct, frozen=True):
    """How many rows of a table are older than the time; `oldest` in ISO 8601, UTC."""

    table: str
    rows: int
    oldest: str


def old_rows(reader: Reader, before: int) -> list[OldRows]:
    """Each table that has rows older than `before` (ms)."""
    found = []
    for table, column in TIME_OF_ROW.items():
        answer = reader.execute(
            f"SELECT count(), toUInt32(min({column})) FROM {table} WHERE {_older(column, before)}"
        )
        ((rows, oldest),) = answer.rows
        if rows:
            text = to_datetime(int(oldest) * SECOND).strftime("%Y-%m-%dT%H:%M:%SZ")
            found.append(OldRows(table, int(rows), text))
    return found


def purge(database: Database, before: int, now: int, done: Callable[[str], None]) -> None:
    """Delete all rows older than `before` (ms), and return when the database has deleted them.

    `done` is called with the name of each table when it is finished.
    """
    for table, column in TIME_OF_ROW.items():
        purge_table(database, table, column, before, now)
        done(table)


def purge_table(database: Reader, table: str, column: str, before: int, now: int) -> None:
    """The same of one table, whose rows are as old as `column` says."""
    note_deletion(database, table, _older(column, before), now)
    month = int(to_datetime(before).strftime("%Y%m"))
    if table not in NOT_PARTITIONED:
        for partition in _partitions(database, table):
            if partition < month:
                database.execute(f"ALTER TABLE {table} DROP PARTITION {partition}")
    _delete(database, table, _older(column, before))
    if table in PLACES_OF:
        places, at, slack = PLACES_OF[table]
        _delete(database, places, _older(at, before - slack))


def _delete(database: Reader, table: str, older: str) -> None:
    if int(database.execute(f"SELECT count() FROM {table} WHERE {older}").rows[0][0]):
        database.execute(f"ALTER TABLE {table} DELETE WHERE {older}")
        wait_until_rewritten(database, table)


def _older(column: str, before: int) -> str:
    return f"{column} < toDateTime({before // SECOND})"


def _partitions(reader: Reader, table: str) -> list[int]:
    """Months as numbers, `202611`."""
    answer = reader.execute(
        "SELECT DISTINCT partition FROM system.parts WHERE active"
        f" AND database = currentDatabase() AND table = {quoted(table)}"
    )
    return sorted(int(partition) for (partition,) in answer.rows)


def wait_until_rewritten(reader: Reader, table: str) -> None:
    """Wait until the server has finished: it rewrites parts in the background to delete or change rows."""
    deadline = time.monotonic() + _DONE_WITHIN_S
    unfinished = (
        "SELECT count() FROM system.mutations WHERE is_done = 0"
        f" AND database = currentDatabase() AND table = {quoted(table)}"
    )
    while reader.execute(unfinished).rows[0][0]:
        if time.monotonic() > deadline:
            raise UnavailableError(
                f"table {table}: still deleting or changing after an hour; see table system.mutations there"
            )
        time.sleep(_POLL_S)
