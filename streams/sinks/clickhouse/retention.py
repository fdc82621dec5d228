"""How long each table keeps its rows: for ever, unless the operator says otherwise. Pure but for `delete_old`."""

import re
from collections.abc import Iterable, Mapping

from schemas.millis import DAY
from schemas.topics import TOPICS
from streams.sinks.clickhouse.database import Reader
from streams.sinks.clickhouse.purge import TIME_OF_ROW, purge_table

# `targets` stay, because rows were judged by them.
TABLES: Mapping[str, str] = {**TIME_OF_ROW, "audit": "appended_at"}
# An archive that reads a topic again would bring back what was deleted sooner.
_OF_TOPICS = max(
    topic.retention_ms or 0
    for topic in TOPICS
    if "archive" in topic.readers and topic.name != "audit"
)
_OF_AUDIT = max(topic.retention_ms or 0 for topic in TOPICS if topic.name == "audit")
_DAYS = re.compile(r"[1-9][0-9]{0,4}d")
Keeping = Mapping[str, int]  # table -> ms; a table that is not there keeps its rows for ever


def shortest(table: str) -> int:
    """What can be kept at least, in ms."""
    return (_OF_AUDIT if table == "audit" else _OF_TOPICS) + DAY


def read_keeping(texts: Iterable[str]) -> dict[str, int]:
    """Of `events=90d`; ValueError in one line. `legs` and `leg_versions` are told apart."""
    found = {}
    for text in texts:
        table, _, length = text.partition("=")
        if table not in TABLES:
            raise ValueError(f'no table "{table}" can be named here, but {", ".join(TABLES)}')
        if table in found:
            raise ValueError(f"{table} is named twice")
        if not _DAYS.fullmatch(length):
            raise ValueError(f'{table}: expected days such as 400d, got "{length}"')
        kept = int(length[:-1]) * DAY
        if kept < shortest(table):
            raise ValueError(
                f"{table} can be kept for {shortest(table) // DAY} days at least: so long may Kafka bring its rows again"
            )
        found[table] = kept
    return found


def said(keeping: Keeping) -> str:
    """`events 90 days, all else for ever`."""
    named = [f"{table} {kept // DAY} days" for table, kept in keeping.items()]
    return ", ".join([*named, "all else for ever" if named else "all for ever"])


def delete_old(reader: Reader, keeping: Keeping, now: int) -> None:
    """May be repeated; returns when the database has deleted what is too old."""
    for table, kept in keeping.items():
        purge_table(reader, table, TABLES[table], now - kept, now)
