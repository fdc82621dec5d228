"""A caller's number as digits, where a platform put it beside the caller: in ids, in names of agents, in reasons.

Rule 1: free text loses the number: nothing is found or counted by it.
Rule 2: an id or a name keeps it and is told: rows are found, joined and corrected by it, and Kafka would bring the former
one again beside a changed one, which would count twice.
Rule 3: the number is looked for as a whole: not within a longer row of digits, and however it is punctuated.
Rule 4: it is kept nowhere, so it cannot be looked for again by itself, as tokens are.
"""

import re
from collections.abc import Mapping, Sequence

from schemas.tables import TABLES
from streams.sinks.clickhouse.database import Reader, quoted
from streams.sinks.clickhouse.purge import wait_until_rewritten

FREE_TEXT: Mapping[str, tuple[str, ...]] = {
    "legs": ("reason", "disposition"),
    "leg_versions": ("reason", "disposition"),
    "spells": ("reason",),
    "commands": ("note",),
    "withdrawals": ("note",),
    "quarantine": ("detail", "original", "original_key"),
}
# Of JSON that is kept whole only what these say: ids stand in it, too.
FREE_FIELDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "events": {"body": ("reason", "disposition")},
}
_SHORTEST = 6  # digits; of fewer any figure would be a number
_BETWEEN = r"[ \t().\-/]{0,3}"


def pattern_of(number: str) -> str | None:
    """A regular expression (RE2) with the signs around the number as its groups 1 and 2; None if it is too short."""
    digits = "".join(re.findall(r"[0-9]", number)).removeprefix("00")
    if len(digits) < _SHORTEST:
        return None
    return rf"(^|[^0-9])\+?(?:00)?{_BETWEEN.join(digits)}([^0-9]|$)"


def rows_of(reader: Reader, pattern: str) -> dict[str, int]:
    """How many rows of each table lose it; only tables with any."""
    found = {}
    for table, changes in _changes(pattern).items():
        where = " OR ".join(condition for condition, _ in changes)
        answer = reader.execute(f"SELECT count() FROM {table} WHERE {where}")
        if rows := int(answer.rows[0][0]):
            found[table] = rows
    return found


def erase(reader: Reader, pattern: str) -> dict[str, int]:
    """Return how many rows of each table lost it, when the database has rewritten them."""
    found = rows_of(reader, pattern)
    for table in found:
        changes = _changes(pattern)[table]
        where = " OR ".join(condition for condition, _ in changes)
        done = ", ".join(change for _, change in changes)
        reader.execute(f"ALTER TABLE {table} UPDATE {done} WHERE {where}")
        wait_until_rewritten(reader, table)
    return found


def left(reader: Reader, pattern: str, tokens: Sequence[str]) -> dict[str, int]:
    """How many rows name the number or a token in which column (`table.column`), of all texts that there are."""
    wanted = quoted("|".join([pattern, *map(re.escape, tokens)]))
    found: dict[str, int] = {}
    for table in TABLES.keys() - {"forgotten"}:
        columns = [
            str(name)
            for (name,) in reader.execute(
                "SELECT name FROM system.columns WHERE database = currentDatabase()"
                f" AND table = {quoted(table)} AND type LIKE '%String%'"
            ).rows
        ]
        if not columns:
            continue
        counts = ", ".join(
            f"countIf(match(ifNull(toString(`{name}`), ''), {wanted}))" for name in columns
        )
        (row,) = reader.execute(f"SELECT {counts} FROM {table}").rows
        found |= {f"{table}.{name}": int(n) for name, n in zip(columns, row, strict=True) if int(n)}
    return dict(sorted(found.items()))


def _changes(pattern: str) -> dict[str, list[tuple[str, str]]]:
    """By table: of each column the condition under which it changes, and the change."""
    found: dict[str, list[tuple[str, str]]] = {}
    for table, columns in FREE_TEXT.items():
        found[table] = [_change(column, pattern) for column in columns]
    for table, columns_of in FREE_FIELDS.items():
        for column, fields in columns_of.items():
            before = rf'"(?:{"|".join(fields)})":"(?:(?:[^"\\]|\\.)*(?:[^0-9"\\]|\\.))?'
            within = pattern.replace("(^|[^0-9])", f"({before})").replace("([^0-9]|$)", "([^0-9])")
            found.setdefault(table, []).append(_change(column, within))
    return found


def _change(column: str, pattern: str) -> tuple[str, str]:
    wanted = quoted(pattern)
    once = f"replaceRegexpAll({column}, {wanted}, '\\\\1\\\\2')"
    # Twice: of two numbers with one sign between them the first match takes that sign.
    twice = f"replaceRegexpAll({once}, {wanted}, '\\\\1\\\\2')"
    return f"match({column}, {wanted})", f"{column} = {twice}"
