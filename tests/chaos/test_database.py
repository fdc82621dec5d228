"""The archive dies, and its database is away, slow, refuses a table, or has no disk left."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.chaos.judge import judge
from tests.chaos.ledger import ledger
from tests.chaos.scale import SCALE
from tests.chaos.system import System
from tests.integration.archive.process import KILLED_AT_COMMIT
from tests.support.services import ClickHouse, Server, clickhouse, program

_BLOCKED = "queuewatch_archive_blocked_seconds "
_DISK_MB = 24


def blocked(system: System) -> bool:
    """The archive says that its database takes nothing."""
    lines = (system.archive.get("/metrics") or "").splitlines()
    return any(line.startswith(_BLOCKED) and not line.endswith(" 0.0") for line in lines)


def while_(
    fault: Callable[[], None], lifted: Callable[[], None], system: System, seed: int
) -> None:
    """Calls before, during and after; the archive is blocked in between."""
    calls = ledger(system.queues(), seed, SCALE.legs)
    events = calls.events()
    third = len(events) // 3
    system.steady()
    system.ready()
    system.send(events[:third])
    fault()
    system.send(events[third : 2 * third])
    system.until(lambda: blocked(system), "the archive is blocked")
    time.sleep(SCALE.database_away_s)  # the length of the outage
    lifted()
    system.send(events[2 * third :])
    judge(system, calls)
    assert not blocked(system)


def test_the_archive_is_killed_between_insert_and_commit(system: System) -> None:
    calls = ledger(system.queues(), 60, SCALE.legs)
    archive = system.archive
    system.steady()
    system.ready()
    archive.kill()
    arguments = archive.command[archive.command.index("archive") :]
    archive.start([sys.executable, "-c", KILLED_AT_COMMIT, *arguments])
    archive.wanted = False  # nobody starts it again before its end was seen
    system.send(calls.events())
    code = system.until(archive.process.poll, "the archive has inserted and died")
    assert code == -signal.SIGKILL
    archive.start()
    judge(system, calls)


def test_the_database_is_down(system: System, clickhouse_server: ClickHouse) -> None:
    def up() -> None:
        clickhouse_server.server.start()

    while_(clickhouse_server.server.kill, up, system, 61)


def test_the_database_refuses_one_table(system: System) -> None:
    def said(sql: str) -> Callable[[], None]:
        def run() -> None:
            with system.reader() as database:
                database.execute(sql)

        return run

    while_(said("DETACH TABLE legs"), said("ATTACH TABLE legs"), system, 62)


def test_the_database_is_slow(system: System, clickhouse_server: ClickHouse) -> None:
    calls = ledger(system.queues(), 63, SCALE.legs)
    system.steady()
    system.ready()
    server = process_of(clickhouse_server.server)
    os.kill(server, signal.SIGSTOP)
    system.send(calls.events())
    time.sleep(
        SCALE.database_slow_s
    )  # longer than the archive waits for an answer, in the real form
    os.kill(server, signal.SIGCONT)
    judge(system, calls)


def test_the_database_has_no_disk_left(bootstrap: str, tmp_path: Path) -> None:
    with small_disk(tmp_path) as (database, disk):
        system = System(bootstrap, database, tmp_path, SCALE.partitions)
        ballast = disk / "ballast"

        def fill() -> None:
            with pytest.raises(OSError, match="No space left"):
                ballast.write_bytes(bytes(_DISK_MB << 20))

        try:
            system.archive.start()
            while_(fill, ballast.unlink, system, 64)
        finally:
            system.end()


@contextmanager
def small_disk(folder: Path) -> Iterator[tuple[ClickHouse, Path]]:
    """A server whose data lies on a file system of its own: in memory, and seen by it alone.

    The mount is part of the server's own namespace and goes with it, whatever happens to the test.
    """
    database = clickhouse(folder / "clickhouse")
    data = folder / "clickhouse" / "data"
    data.mkdir()
    server = database.server
    mapped = [] if os.geteuid() == 0 else ["--map-root-user"]
    mount = f'mount -t tmpfs -o size={_DISK_MB}m tmpfs "$0" && exec "$@"'
    wrapped = Server(
        server.name,
        [program("unshare", "util-linux"), *mapped, "--mount", "sh", "-c", mount, str(data),
         *server._command],
        server._ready, server.log,
    )  # fmt: skip
    with wrapped:
        inside = Path(f"/proc/{process_of(wrapped)}/root{data}")
        yield ClickHouse(wrapped, database.http_port, database.tcp_port), inside


def process_of(server: Server) -> int:
    assert server._process is not None
    return server._process.pid
