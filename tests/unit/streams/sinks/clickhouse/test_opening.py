"""A server that is away is waited for; one that refuses ends the archive."""

import threading
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from streams.sinks.clickhouse import driver, opening
from streams.sinks.clickhouse.address import ServerAddress
from streams.sinks.clickhouse.database import RefusedError, UnavailableError
from streams.sinks.clickhouse.opening import (
    ArchiveError,
    Opened,
    open_embedded,
    open_server,
    opened,
)
from streams.sinks.clickhouse.status import StatusRecorder

ADDRESS = ServerAddress("db", 9000, "default", "secret", "queuewatch")


class Server:
    """A ServerDatabase whose answers to `create_database` are told beforehand."""

    def __init__(self, *answers: Exception | None) -> None:
        self.answers = list(answers)
        self.closed = 0

    def __call__(self, _: ServerAddress) -> "Server":
        return self

    def create_database(self) -> None:
        answer = self.answers.pop(0)
        if answer is not None:
            raise answer

    def close(self) -> None:
        self.closed += 1


class Waits(threading.Event):
    """Does not wait; `stop_after` tries it is set."""

    def __init__(self, stop_after: int = 99) -> None:
        super().__init__()
        self.pauses: list[float | None] = []
        self._stop_after = stop_after

    def wait(self, timeout: float | None = None) -> bool:
        self.pauses.append(timeout)
        if len(self.pauses) == self._stop_after:
            self.set()
        return self.is_set()


class Run:
    def __init__(self, monkeypatch: pytest.MonkeyPatch, server: Server, stop: Waits) -> None:
        monkeypatch.setattr(driver, "ServerDatabase", server)
        monkeypatch.setattr(opening, "migrate", lambda _: [])
        self.status, self.said = StatusRecorder(), list[str]()
        self.stop, self.stack = stop, ExitStack()

    def open(self) -> Opened | None:
        return open_server(ADDRESS, self.status, self.stop, self.stack, self.said.append)


def test_it_waits_says_so_once_and_closes_both_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    away: Any = UnavailableError("db does not answer")
    server = Server(away, away, None)
    run = Run(monkeypatch, server, Waits())
    assert run.open() is not None
    assert run.said == ["db does not answer: waiting for it"]
    assert run.status.read().blocked_since is None
    first, second = run.stop.pauses
    assert first is not None
    assert second is not None
    assert 0.4 <= first <= 0.5 < second <= 1.0
    run.stack.close()
    assert server.closed == 2


def test_told_to_stop_it_opens_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    run = Run(monkeypatch, Server(UnavailableError("away")), Waits(stop_after=1))
    assert run.open() is None
    assert run.status.read().state == "blocked"


def test_a_server_that_refuses_is_one_line_without_the_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = Run(monkeypatch, Server(RefusedError("no rights")), Waits())
    with pytest.raises(ArchiveError, match=r"default@db:9000/queuewatch: no rights") as caught:
        run.open()
    assert "secret" not in str(caught.value)


def test_a_folder_that_cannot_be_written_names_the_option(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def full(_: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(opening, "EmbeddedDatabase", full)
    with ExitStack() as stack, pytest.raises(ArchiveError, match=r"No space left.*--data"):
        open_embedded(tmp_path, 0, stack, print)


@pytest.mark.parametrize("create", [True, False])
def test_a_command_makes_a_missing_database_only_where_it_should(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, create: bool
) -> None:
    server = Server(None)
    monkeypatch.setattr(driver, "ServerDatabase", server)
    with opened(tmp_path, ADDRESS, create=create):
        assert len(server.answers) == (0 if create else 1)
    assert server.closed == 1
