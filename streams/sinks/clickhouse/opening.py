"""Opens the database of the archive process, waits for it if it must, and migrates its tables."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from msgspec import Struct

from streams.plumbing.backoff import Backoff
from streams.sinks.clickhouse.address import ServerAddress
from streams.sinks.clickhouse.database import (
    ColumnDatabase,
    Database,
    NotLetInError,
    RefusedError,
    UnavailableError,
)
from streams.sinks.clickhouse.embedded import EmbeddedDatabase
from streams.sinks.clickhouse.migrate import migrate
from streams.sinks.clickhouse.query_server import new_token, serve_queries
from streams.sinks.clickhouse.status import StatusRecorder
from streams.sinks.clickhouse.writer import FIRST_PAUSE_S, LONGEST_PAUSE_S


class ArchiveError(Exception):
    """The archive cannot start, or cannot go on; the message is one line for the operator."""


class Opened(Struct, frozen=True):
    """An open database; `keeper` is a second connection, so that work of the night does not delay an insert."""

    database: ColumnDatabase
    keeper: Database


def open_embedded(
    data: Path, query_port: int, stack: ExitStack, say: Callable[[str], None]
) -> Opened:
    """Open the files under `data`, and serve queries; both are closed with the stack.

    ArchiveError, FilesTakenError, PortTakenError or RefusedError if that cannot be done.
    """
    try:
        database = EmbeddedDatabase(data / "archive")
        stack.callback(database.close)
        migrate(database)
        keeper = database.keeper()
        stack.callback(keeper.close)
        server = serve_queries(query_port, new_token(data), database.reading)
    except OSError as error:
        raise ArchiveError(f"{data}: {error.strerror}; choose another --data") from None
    stack.callback(server.close)
    say(f"embedded database in {data / 'archive'}; queries on http://127.0.0.1:{server.port}/")
    return Opened(database, keeper)


def open_server(
    address: ServerAddress,
    status: StatusRecorder,
    stop: threading.Event,
    stack: ExitStack,
    say: Callable[[str], None],
) -> Opened | None:
    """Open the server, after a wait until it answers; None if `stop` was set before."""
    from streams.sinks.clickhouse.driver import (
        ServerDatabase,
    )  # 5 MB that the embedded one does not need

    database = ServerDatabase(address)
    pauses = Backoff(FIRST_PAUSE_S, LONGEST_PAUSE_S, random.random)
    while not stop.is_set():
        try:
            database.create_database()
            migrate(database)
        except RefusedError as error:
            raise ArchiveError(f"{address!r}: {error}") from None
        except NotLetInError as error:
            raise ArchiveError(str(error)) from None
        except UnavailableError as error:
            if status.read().state != "blocked":
                say(f"{error}: waiting for it")
            status.blocked(str(error), time.monotonic())
            stop.wait(pauses.pause_s())
            continue
        status.unblocked()
        stack.callback(database.close)
        keeper = ServerDatabase(address)
        stack.callback(keeper.close)
        return Opened(database, keeper)
    return None


@contextmanager
def opened(data: Path, address: ServerAddress | None, *, create: bool) -> Iterator[Database]:
    """For one command: the embedded files, or the server. `create` creates a missing database there."""
    if address is None:
        with closing(EmbeddedDatabase(data / "archive")) as embedded:
            yield embedded
        return
    from streams.sinks.clickhouse.driver import ServerDatabase

    with closing(ServerDatabase(address)) as server:
        if create:
            server.create_database()
        yield server
