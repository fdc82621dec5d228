"""The two databases of the archive, each new and with its tables, under one name."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import ParamSpec, TypeVar, cast

from schemas.tables import TABLES
from schemas.targets import TargetsVersion
from streams.sinks.clickhouse.address import ServerAddress
from streams.sinks.clickhouse.database import ColumnDatabase, Database, Row
from streams.sinks.clickhouse.driver import ServerDatabase
from streams.sinks.clickhouse.embedded import EmbeddedDatabase
from streams.sinks.clickhouse.migrate import migrate
from streams.sinks.clickhouse.rows import leg_row
from streams.sinks.clickhouse.target_rows import target_rows
from streams.sinks.clickhouse.touched_days import touch, touched_days
from tests.support.legs import leg_row_of
from tests.support.names import unique
from tests.support.recount import Recorded
from tests.support.services import ClickHouse

KINDS = ("embedded", "server")

Asked = ParamSpec("Asked")
Told = TypeVar("Told")


def asked_once(ask: Callable[Asked, Told]) -> Callable[Asked, Told]:
    """Of an archive that is only read: what one test was told another one need not ask again."""
    return cast("Callable[Asked, Told]", cache(ask))


@cache
def _migrated(beside: Path) -> Path:
    """Files of an archive with its tables and nothing in them: making the tables was the most of what a small test costs.

    In the folder of the run, which pytest takes away some runs later: what is taken away when this process ends stays
    for ever when a signal ends it.
    """
    place = Path(tempfile.mkdtemp(prefix="migrated-", dir=beside))
    database = EmbeddedDatabase(place)
    migrate(database)
    database.close()
    return place


@cache
def _statements(server: ClickHouse) -> tuple[str, list[str]]:
    """A database of this server with the tables of all migrations, and what makes them: views after what they read."""
    name = unique("archive")
    database = _new_database(server, name)
    migrate(database)
    made = database.execute(
        "SELECT engine, create_table_query FROM system.tables WHERE database = currentDatabase()"
    ).rows
    database.close()
    return name, [
        str(sql) for engine, sql in sorted(made, key=lambda row: str(row[0]).endswith("View"))
    ]


def _new_database(server: ClickHouse, name: str) -> ServerDatabase:
    database = ServerDatabase(ServerAddress(server.host, server.tcp_port, "default", "", name))
    database.create_database()
    return database


def _make_tables(database: ServerDatabase, name: str, server: ClickHouse) -> None:
    """As the migrations leave them, in half of the statements: making the tables was most of a small test here, too."""
    model, statements = _statements(server)
    for sql in statements:
        database.execute(sql.replace(f"{model}.", f"{name}."))
    database.execute(f"INSERT INTO migrations SELECT * FROM {model}.migrations")


@contextmanager
def opened(kind: str, folder: Path, server: ClickHouse) -> Iterator[ColumnDatabase]:
    database: EmbeddedDatabase | ServerDatabase
    name = unique("archive")
    if kind == "embedded":
        place = folder / name
        shutil.copytree(_migrated(folder.parent), place, symlinks=True)
        database = EmbeddedDatabase(place)
    else:
        database = _new_database(server, name)
        _make_tables(database, name, server)
    assert migrate(database) == []
    try:
        yield database
    finally:
        database.close()
        if kind == "server":
            server.drop(name)


@contextmanager
def yet_to_be_made(server: ClickHouse, word: str) -> Iterator[ServerAddress]:
    """Where a test makes a database, or a process of it; dropped when both are over."""
    address = ServerAddress(server.host, server.tcp_port, "default", "", unique(word))
    try:
        yield address
    finally:
        server.drop(address.database)


def keep(database: Database, table: str, rows: list[Row]) -> None:
    database.insert(table, TABLES[table], rows)


def keep_legs(
    database: Database, legs: list[Recorded], version: int = 1, known_at: int = 1_790_000_000_000
) -> None:
    """As the writer does: versions, from which the newest of each follow."""
    keep(database, "leg_versions", [leg_row(leg_row_of(leg, version, known_at)) for leg in legs])


def keep_as_archive(database: Database, table: str, rows: list[Row]) -> None:
    """With notes of which (queue, day)s the rows change, as the process `archive` leaves them."""
    days = touched_days(database, table, rows)
    touch(database, days)
    keep(database, table, rows)
    touch(database, days)


def keep_targets(database: Database, version: TargetsVersion) -> None:
    keep(database, "targets", target_rows(version))
