"""The two databases of the archive, each new and with its tables, under one name."""

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

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


@cache
def _migrated() -> Path:
    """Files of an archive with its tables and nothing in them: making the tables was the most of what a small test costs."""
    place = Path(tempfile.mkdtemp(prefix="migrated-"))
    atexit.register(shutil.rmtree, place)
    database = EmbeddedDatabase(place)
    migrate(database)
    database.close()
    return place


@contextmanager
def opened(kind: str, folder: Path, server: ClickHouse) -> Iterator[ColumnDatabase]:
    database: EmbeddedDatabase | ServerDatabase
    if kind == "embedded":
        place = folder / unique("archive")
        shutil.copytree(_migrated(), place, symlinks=True)
        database = EmbeddedDatabase(place)
    else:
        address = ServerAddress(server.host, server.tcp_port, "default", "", unique("archive"))
        database = ServerDatabase(address)
        database.create_database()
    migrate(database)
    try:
        yield database
    finally:
        database.close()


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
