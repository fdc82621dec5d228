"""An embedded archive of call records, filled as `send records` and the stream fill it, without Kafka.

`python -m tests.support.recorded_archive FOLDER QUEUES.toml FILE…` makes one;
`python -m tests.support.recorded_archive serve FOLDER PORT` answers commands with `--data FOLDER --query-port PORT`.
"""

import io
import signal
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from producers.input_file import InputFile
from producers.progress import Progress
from producers.records.reading import RecordsFile
from schemas.calls import FinishedLeg
from schemas.legs import LegRow
from schemas.millis import DAY
from schemas.privacy import key_from_secret
from schemas.tables import TABLES
from schemas.targets import TargetsVersion
from schemas.targets_book import TargetsBook
from streams.admin.queues_file import read_queues_file
from streams.core.history_leg import history_leg_row
from streams.core.unit import Cause
from streams.sinks.clickhouse.database import Database
from streams.sinks.clickhouse.embedded import EmbeddedDatabase
from streams.sinks.clickhouse.migrate import migrate
from streams.sinks.clickhouse.query_server import new_token, serve_queries
from streams.sinks.clickhouse.rows import leg_row
from streams.sinks.clickhouse.target_rows import target_rows

PUBLISHED_AT = 1_000_000_000_000
_NEVER = 4_000_000_000_000
_LEGS_AT_ONCE = 50_000


def published(queues: Path) -> TargetsVersion:
    """The first version of the targets of a file, valid from the beginning."""
    found = read_queues_file(queues)
    return TargetsVersion(1, 0, PUBLISHED_AT, found.default_zone, found.queues)


def rows_of_file(file: Path, version: TargetsVersion) -> Iterator[LegRow]:
    """Known a day after each call."""
    book = TargetsBook([version])
    quiet = Progress(file.name, 1, "B", io.StringIO())
    source = f"records:{file.name}"
    records = RecordsFile(InputFile(file), source, key_from_secret(b"a secret of tests"))
    for place, leg in enumerate(records.read(_NEVER, quiet)):
        if isinstance(leg, FinishedLeg):
            row = history_leg_row(leg, Cause(place + 1, leg.arrived_at + DAY), book)
            if row is not None:
                yield row


def fill(database: Database, version: TargetsVersion, *files: Path) -> None:
    database.insert("targets", TABLES["targets"], target_rows(version))
    for file in files:
        rows = rows_of_file(file, version)
        while chunk := [leg_row(row) for row in islice(rows, _LEGS_AT_ONCE)]:
            database.insert("leg_versions", TABLES["leg_versions"], chunk)


def main(arguments: list[str]) -> None:
    if arguments[0] == "serve":
        folder = Path(arguments[1])
        database = EmbeddedDatabase(folder / "archive")
        server = serve_queries(int(arguments[2]), new_token(folder), database.reading)
        signal.sigwait({signal.SIGINT, signal.SIGTERM})
        server.close()
    else:
        folder = Path(arguments[0])
        database = EmbeddedDatabase(folder / "archive")
        migrate(database)
        fill(database, published(Path(arguments[1])), *map(Path, arguments[2:]))
    database.close()


if __name__ == "__main__":
    main(sys.argv[1:])
