"""What was deleted from the archive: up to which moments a table lacks rows, and since when.

Rule 1: a note is written before the rows go, and only if there are any. After a crash in between a question says too early that
rows are deleted, and never shows what is left as if it were all.
Rule 2: rows go by the time that their table is sorted by, and questions ask by other times of a row: a leg by its arrival as it is
known now. So a note names the latest of those times among the rows that went, one for each time that questions ask by.
Rule 3: of a table the note with the latest moment holds, whoever deletes less later.
"""

from collections.abc import Mapping
from functools import reduce

from msgspec import Struct

from schemas.millis import DAY
from schemas.newest_legs import CLOSED, DELETED, KEY_SLACK_DAYS
from streams.sinks.clickhouse.database import Reader, quoted

_NOTES = "queue_days"  # among the marks of no queue


def _latest(*moments: str) -> str:
    """Of more than two, which ClickHouse 18.16 does not compare at once."""
    return reduce(lambda one, other: f"greatest({one}, {other})", moments)


_LEG = {
    "arrival": "arrived_at_ms",
    "event": _latest(
        "arrived_at_ms",
        *(f"ifNull({name}, 0)" for name in ("left_at_ms", "ended_at_ms", "wrap_ended_at_ms")),
    ),
}
# By table the times by which questions ask for its rows, in ms. A spell of which no end is known is told of for a week.
MOMENTS: Mapping[str, Mapping[str, str]] = {
    "legs": _LEG,
    "leg_versions": _LEG | {"known": "known_at_ms"},
    "spells": {"event": f"greatest(started_at_ms, ifNull(ended_at_ms, started_at_ms + {KEY_SLACK_DAYS * DAY}))"},
    "minutes": {"event": "at_ms"},
    "events": {"known": "appended_at_ms"},
    "alerts": {"event": _latest("onset_at_ms", "ifNull(fired_at_ms, 0)", "ifNull(resolved_at_ms, 0)")},
    "commands": {"event": "greatest(at_ms, ifNull(until_ms, 0))"},
    "quarantine": {"known": "known_at_ms"},
}  # fmt: skip


class Deleted(Struct, frozen=True):
    """Rows of before `until` (ms) are not all there any more; `at`: since when, None where a former release did not note it."""

    table: str
    until: int
    at: int | None


def note_deletion(reader: Reader, table: str, older: str, now: int) -> None:
    """Before the rows of a table go that meet the condition `older`. What they would tell of later than `now` nobody could ask yet."""
    for moment, expression in MOMENTS.get(table, {}).items():
        reader.execute(
            f"INSERT INTO {_NOTES} (queue, day, kind, number, covers, shape, far)"
            f" SELECT '' AS queue, toDateTime(0) AS day, {quoted(f'{DELETED}{table} {moment}')} AS kind,"
            f" toUInt64(least(greatest(0, max({expression})) + 1, {now})) AS number, toUInt64({now}) AS covers, '' AS shape,"
            f" toInt64(0) AS far FROM {table} WHERE {older} HAVING count() > 0"
        )


def note_former_deletion(reader: Reader) -> None:
    """Before days are closed anew: what a former release noted by closing days alone becomes a note. Else the first note, which may
    be of a few legs that came late, would hold in its place.
    """
    for moment in MOMENTS["legs"]:
        kind = quoted(f"{DELETED}legs {moment}")
        reader.execute(
            f"INSERT INTO {_NOTES} (queue, day, kind, number, covers, shape, far)"
            f" SELECT '' AS queue, toDateTime(0) AS day, {kind} AS kind, toUInt64(until_ms) AS number, toUInt64(0) AS covers,"
            " '' AS shape, toInt64(0) AS far"
            f" FROM (SELECT max(number) AS until_ms, countIf(kind = {kind}) AS n_notes FROM {_NOTES}"
            f" WHERE queue = '' AND kind IN ({kind}, {quoted(CLOSED)}))"
            " WHERE n_notes = 0 AND until_ms > 0"
        )


def read_deleted(reader: Reader, table: str, moment: str) -> Deleted | None:
    """None: nothing was deleted of it."""
    kind = quoted(f"{DELETED}{table} {moment}")
    found = reader.execute(
        "SELECT max(number) AS until_ms, argMax(covers, number) AS noted_ms,"
        f" max(kind = {kind}) AS is_noted FROM {_NOTES}"
        f" WHERE queue = '' AND kind IN ({kind}{_of_former_release(table)})"
        f" GROUP BY kind ORDER BY is_noted DESC LIMIT 1"
    ).rows
    if not found:
        return None
    until, at, is_noted = found[0]
    return Deleted(table, int(until), (int(at) or None) if is_noted else None)


def _of_former_release(table: str) -> str:
    """It noted before which day no roll-up is built any more, whenever it deleted legs."""
    return f", {quoted(CLOSED)}" if table == "legs" else ""
