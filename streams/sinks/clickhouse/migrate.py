"""Applies numbered SQL files, each once and in order; table `migrations` says which were applied.

A column that is only added needs no file: a table gets those of schemas.tables.ADDED_COLUMNS that it lacks, also each
counter of schemas.counters. ClickHouse 18.16 has no ADD COLUMN IF NOT EXISTS, so that a file could not be run twice.
"""

import hashlib
import re
from collections.abc import Sequence
from importlib.resources import files

from msgspec import Struct

from schemas.tables import ADDED_COLUMNS, TABLES
from streams.sinks.clickhouse.database import Database, Reader, RefusedError, quoted

_CREATE_MIGRATIONS = """CREATE TABLE IF NOT EXISTS migrations (
    number Int64, name String, checksum String, applied_at DateTime('UTC')
) ENGINE = MergeTree() ORDER BY number"""
_NAME = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")


class Migration(Struct, frozen=True):
    number: int
    name: str
    statements: tuple[str, ...]
    checksum: str


def migrations() -> list[Migration]:
    """The files of this version, in order."""
    found = []
    for file in files("streams.sinks.clickhouse").joinpath("migrations").iterdir():
        match = _NAME.fullmatch(file.name)
        if match:
            text = file.read_text(encoding="utf-8")
            digest = hashlib.sha256(text.encode()).hexdigest()[:16]
            found.append(Migration(int(match[1]), file.name, _statements(text), digest))
    return sorted(found, key=lambda migration: migration.number)


def migrate(database: Database) -> list[str]:
    """Apply the missing migrations and columns; return their names.

    A crash between a statement and its entry does no harm: every statement may be run twice.
    """
    database.execute(_CREATE_MIGRATIONS)
    applied = _applied(database)
    done = []
    for migration in migrations():
        if migration.number in applied:
            continue
        for statement in migration.statements:
            database.execute(statement)
        database.execute(
            "INSERT INTO migrations SELECT "
            f"{migration.number}, {quoted(migration.name)}, {quoted(migration.checksum)}, now()"
        )
        done.append(migration.name)
    return done + _add_columns(database)


def _add_columns(database: Database) -> list[str]:
    """Add the missing columns; rows that were written before show 0, an empty text or NULL."""
    done = []
    for table, kinds in ADDED_COLUMNS.items():
        for name in _lacking(database, table, tuple(kinds)):
            try:
                database.execute(f"ALTER TABLE {table} ADD COLUMN {name} {kinds[name]}")
            except RefusedError:  # another process may have added it meanwhile
                if _lacking(database, table, (name,)):
                    raise
            done.append(f"column {table}.{name}")
    return done


def problems(reader: Reader) -> list[str]:
    """What is wrong with the tables, one line each; empty when they are what this version needs."""
    try:
        applied = _applied(reader)
    except RefusedError:
        return ["no table `migrations`: run `queuewatch tables migrate`"]
    found = []
    known = {migration.number: migration for migration in migrations()}
    for number, migration in known.items():
        if number not in applied:
            found.append(f"{migration.name} is not applied: run `queuewatch tables migrate`")
        elif applied[number] != migration.checksum:
            found.append(f"{migration.name} was applied in another wording than it has now")
    found += [
        f"migration {number} is of a newer queuewatch: update this one"
        for number in applied
        if number not in known
    ]
    return found + _missing_columns(reader)


def _applied(reader: Reader) -> dict[int, str]:
    answer = reader.execute("SELECT number, checksum FROM migrations ORDER BY number")
    return {int(number): str(checksum) for number, checksum in answer.rows}


def _missing_columns(reader: Reader) -> list[str]:
    found = []
    for table, columns in TABLES.items():
        missing = _lacking(reader, table, columns)
        if missing == list(columns):
            found.append(f"table {table} is missing")
        elif missing:
            found.append(f"table {table} lacks {', '.join(missing)}")
    return found


def _lacking(reader: Reader, table: str, columns: Sequence[str]) -> list[str]:
    answer = reader.execute(
        "SELECT name FROM system.columns "
        f"WHERE database = currentDatabase() AND table = {quoted(table)}"
    )
    there = {name for (name,) in answer.rows}
    return [column for column in columns if column not in there]


def _statements(text: str) -> tuple[str, ...]:
    lines = [line for line in text.splitlines() if not line.startswith("--")]
    return tuple(part.strip() for part in "\n".join(lines).split(";\n") if part.strip(" \n;"))
