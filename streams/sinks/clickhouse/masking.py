"""Masks the text of old refused rows in the archive: former releases kept names and streets in clear.

Each row is written once more under its own key, and the merge that follows drops the former one. May be
repeated: what is masked already does not change.
"""

import re
from collections.abc import Callable, Iterator

from schemas.millis import SECOND
from schemas.privacy import TokenKey, mask_text
from schemas.tables import TABLES
from streams.sinks.clickhouse.database import Database, Row

_TABLE = "quarantine"
_AT_ONCE = 10_000
_DETAIL, _ORIGINAL = (TABLES[_TABLE].index(name) for name in ("detail", "original"))
_KNOWN_AT = TABLES[_TABLE].index("known_at")
_QUOTED = re.compile(r'"[^"]*"')  # our own words stand around what was read


def count_readable(database: Database, before: int, key: TokenKey) -> int:
    """How many rows that were set aside before then (ms) would change."""
    return sum(len(rows) for rows in _changed(database, before, key))


def mask_text_of_rows(
    database: Database, before: int, key: TokenKey, done: Callable[[int], None]
) -> int:
    """Mask them, and return how many there were; `done` gets how many are written."""
    masked = 0
    for rows in _changed(database, before, key):
        database.insert(_TABLE, TABLES[_TABLE], rows)
        masked += len(rows)
        done(masked)
    if masked:
        database.execute(f"OPTIMIZE TABLE {_TABLE} FINAL")
    return masked


def masked(row: Row, key: TokenKey) -> Row:
    """The row with the shape of its text alone, and of its reason what we said ourselves; pure."""
    told = list(row)
    told[_ORIGINAL] = mask_text(key, row[_ORIGINAL])
    told[_DETAIL] = _QUOTED.sub(lambda quoted: mask_text(key, quoted[0]), row[_DETAIL])
    return tuple(told)


def _changed(database: Database, before: int, key: TokenKey) -> Iterator[list[Row]]:
    # A row keeps its place in this order when it is written again.
    wanted = ", ".join(
        f"toUInt32({name})" if place == _KNOWN_AT else name
        for place, name in enumerate(TABLES[_TABLE])
    )
    place = 0
    while True:
        answer = database.execute(
            f"SELECT {wanted} FROM {_TABLE} FINAL WHERE known_at < toDateTime({before // SECOND})"
            f" ORDER BY origin, position, reason LIMIT {_AT_ONCE} OFFSET {place}"
        )
        if not answer.rows:
            return
        place += len(answer.rows)
        rows = [(tuple(row), masked(tuple(row), key)) for row in answer.rows]
        yield [new for old, new in rows if new != old]
