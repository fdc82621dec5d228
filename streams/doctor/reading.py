"""The archive, as the system names it: a server, or the embedded one of a process that runs."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from streams.doctor.system import System
from streams.sinks.clickhouse.database import Reader
from streams.sinks.clickhouse.driver import ServerDatabase
from streams.sinks.clickhouse.query_client import QueryClient


@contextmanager
def reader_of(system: System) -> Iterator[Reader]:
    """UnavailableError or RefusedError, at the first query, where it does not answer."""
    if system.clickhouse is None:
        yield QueryClient(system.data, system.query_port)
        return
    with closing(ServerDatabase(system.clickhouse, send_receive_timeout_s=5)) as server:
        yield server
