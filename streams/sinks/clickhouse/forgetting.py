"""Erases the token of one caller from the archive: the calls stay and are counted, but nobody knows whose they were.

Rule 1: a token stands in `caller` of legs, in the text of events and in what quarantine keeps of refused records;
no other table has it but `caller_links`, of which the row goes, and no sum is of one caller.
Rule 2: Kafka may bring a token again after it was erased: a late fact makes a new version of a leg, an archive that
lost its place reads again. So it is erased once more each night, until every topic has forgotten it. What a producer
sends anew after that is a new call.
"""

from collections.abc import Mapping

from schemas.millis import DAY
from schemas.tables import TABLES
from schemas.timing import COMPACTED_AFTER_MS, LATE_WITHIN_MS, SAME_CALLER_MS, SEGMENT_MS
from schemas.topics import topic
from streams.sinks.clickhouse.caller_links import unlink
from streams.sinks.clickhouse.database import Database, Reader, quoted
from streams.sinks.clickhouse.purge import wait_until_rewritten

TEXTS: Mapping[str, tuple[str, ...]] = {
    "legs": ("caller",),
    "leg_versions": ("caller",),
    "events": ("body",),
    "quarantine": ("detail", "original", "original_key"),
}
# Topics with tokens that forget by age.
TOPICS = ("calls", "legs", "reports", "quarantine")
# An incident knows who called in the last 24 hours; closed calls are kept for less. Then Kafka compacts.
STATE_HOLDS_MS = max(SAME_CALLER_MS, LATE_WITHIN_MS) + SEGMENT_MS + COMPACTED_AFTER_MS
ERASED_AGAIN_MS = max(topic(name).retention_ms or 0 for name in TOPICS) + DAY


def rows_of(reader: Reader, token: str) -> dict[str, int]:
    """How many rows of each table hold the token; only tables with any."""
    found = {}
    for table in TEXTS:
        answer = reader.execute(f"SELECT count() FROM {table} WHERE {_holds(table, token)}")
        if rows := int(answer.rows[0][0]):
            found[table] = rows
    return found


def forget(database: Database, token: str, now: int) -> dict[str, int]:
    """Erase it now and each night to come; return how many rows of each table held it."""
    database.insert("forgotten", TABLES["forgotten"], [(token, now)])
    return erase(database, token)


def erase(reader: Reader, token: str) -> dict[str, int]:
    """Return when the database has rewritten the rows. Former copies of its files go some ten minutes later."""
    found = rows_of(reader, token)
    for table in found:
        changes = ", ".join(
            f"{column} = replaceAll({column}, {quoted(token)}, '')" for column in TEXTS[table]
        )
        reader.execute(f"ALTER TABLE {table} UPDATE {changes} WHERE {_holds(table, token)}")
        wait_until_rewritten(reader, table)
    unlink(reader, token)
    return found


def erase_again(reader: Reader, now: int) -> int:
    """Erase what came again of those who were forgotten; return how many rows. Tokens that no topic has any more go."""
    tokens = reader.execute("SELECT token, max(at_ms) FROM forgotten GROUP BY token").rows
    erased = sum(sum(erase(reader, str(token)).values()) for token, _ in tokens)
    if any(int(at) < now - ERASED_AGAIN_MS for _, at in tokens):
        reader.execute(f"ALTER TABLE forgotten DELETE WHERE at_ms < {now - ERASED_AGAIN_MS}")
        wait_until_rewritten(reader, "forgotten")
    return erased


def _holds(table: str, token: str) -> str:
    return " OR ".join(f"position({column}, {quoted(token)}) > 0" for column in TEXTS[table])
