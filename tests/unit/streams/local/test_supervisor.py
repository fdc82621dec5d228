"""Children that end, misbehave and refuse to stop: small real processes and a real port as the broker."""

import json
import os
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from streams.local.broker import OthersBroker
from streams.local.child import Child, Command
from streams.local.data_folder import DataFolder
from streams.local.kafka import free_port
from streams.local.kafka_place import HOST
from streams.local.leftovers import end_leftovers, identity
from streams.local.problem import LocalError
from streams.local.supervisor import Stopping, Supervisor, not_ready, stop_order
from tests.support.waiting import wait_until

NOBODY = f"http://{HOST}:1/"


class _Port:
    """A listener that can go away and come back, as a broker does."""

    def __init__(self) -> None:
        self.number = free_port()
        self._socket: socket.socket | None = None

    def open(self) -> None:
        self._socket = socket.create_server((HOST, self.number))

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


class _Floor:
    """One supervisor over commands made of Python one-liners; `lines` is all it said."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = _Port()
        self.stopping = Stopping()
        self.lines: list[str] = []
        self.on_line: Callable[[str], None] = lambda _line: None
        self.prepare: Callable[[], list[str]] = list

    def command(self, name: str, code: str, **changes: object) -> Command:
        prelude = f"open({str(self.folder / name)!r}, 'a').write('started\\n');"
        argv = (sys.executable, "-c", prelude + code)
        return Command(name, argv, **changes)  # type: ignore[arg-type]

    def starts(self, name: str) -> int:
        path = self.folder / name
        return len(path.read_text().splitlines()) if path.exists() else 0

    def run(
        self,
        *commands: Command,
        until: Callable[[], bool],
        meanwhile: Callable[[Supervisor], None] = lambda _: None,
    ) -> None:
        def say(line: str) -> None:
            self.lines.append(line)
            self.on_line(line)

        def watch() -> str | None:
            meanwhile(supervisor)
            if until():
                self.stopping.signals += 1
            return None

        self.port.open()
        try:
            with DataFolder(self.folder / "data") as data:
                broker = OthersBroker(f"{HOST}:{self.port.number}")
                supervisor = Supervisor(data, broker, self.stopping, say)
                supervisor.run([], commands, [], self.prepare, watch, NOBODY)
        finally:
            self.port.close()

    def said(self, part: str) -> list[str]:
        return [line for line in self.lines if part in line]


@pytest.fixture
def floor(tmp_path: Path) -> _Floor:
    return _Floor(tmp_path)


def test_a_child_that_ends_is_started_again_with_the_end_of_its_log(floor: _Floor) -> None:
    failing = floor.command("stream", "import sys; sys.exit('no such partition')")
    floor.run(failing, until=lambda: floor.starts("stream") >= 3)
    first, second, *_ = floor.said("stream ended with code 1")
    assert "(no such partition); starts again in 0.5 s" in first
    assert "starts again in 1 s" in second


def test_exit_code_zero_of_a_service_is_an_end_too(floor: _Floor) -> None:
    floor.run(floor.command("archive", "pass"), until=lambda: floor.starts("archive") >= 2)
    assert floor.said("archive ended with code 0")


def test_a_producer_that_has_finished_is_left_alone(floor: _Floor) -> None:
    floor.run(
        floor.command("simulate", "pass", finishes=True),
        floor.command("stream", "pass"),
        until=lambda: floor.starts("stream") >= 3,
    )
    assert floor.starts("simulate") == 1
    assert floor.said("simulate has finished")


def test_other_commands_are_taken_while_it_runs(floor: _Floor) -> None:
    lasting = "import time; time.sleep(600)"
    stream, notify = (floor.command(name, lasting) for name in ("stream", "notify"))
    taken = [
        stream,
        floor.command("notify", lasting, config="another file"),
        floor.command("deliver", lasting),
    ]
    floor.run(
        stream,
        notify,
        until=lambda: floor.starts("notify") == 2 and floor.starts("deliver") == 1,
        meanwhile=lambda supervisor: supervisor.take(taken) if floor.starts("notify") else None,
    )
    assert floor.starts("stream") == 1
    assert floor.said("started") == [
        "started stream, notify",
        "started notify anew",
        "started deliver",
    ]


def test_wrong_use_of_one_child_stops_everything_with_its_message(floor: _Floor) -> None:
    wrong = floor.command("notify", "import sys; print('no such option: --x'); sys.exit(2)")
    lasting = floor.command("stream", "import time; time.sleep(600)")
    with pytest.raises(LocalError, match="notify cannot run: no such option: --x") as caught:
        floor.run(lasting, wrong, until=lambda: False)
    assert caught.value.exit_code == 2
    assert list((floor.folder / "data" / "run").iterdir()) == []


def test_while_the_broker_is_away_nobody_fails_and_nobody_starts(floor: _Floor) -> None:
    def prepare() -> list[str]:
        floor.port.close()
        return []

    def come_back(line: str) -> None:
        if "while kafka is away" in line:
            assert floor.starts("stream") == 1
            floor.port.open()

    floor.prepare, floor.on_line = prepare, come_back
    floor.run(
        floor.command("stream", "import sys; sys.exit(1)"),
        until=lambda: floor.starts("stream") >= 2,
    )
    assert floor.said("stream ended while kafka is away; starts when it is back")
    assert "starts again in 0.5 s" in floor.said("ended with code 1")[0]


def test_a_broker_that_does_not_answer_is_one_line_before_anything_starts(floor: _Floor) -> None:
    floor.port.open = lambda: None  # type: ignore[method-assign]
    with pytest.raises(LocalError, match=r"Kafka does not answer at 127\.0\.0\.1"):
        floor.run(floor.command("stream", "pass"), until=lambda: True)
    assert floor.starts("stream") == 0


def test_a_child_that_does_not_stop_in_time_is_killed(floor: _Floor) -> None:
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    deaf += f"open({str(floor.folder / 'deaf')!r}, 'w').close(); time.sleep(600)"
    floor.run(
        floor.command("archive", deaf, stop_within_s=0.2),
        until=(floor.folder / "deaf").exists,
    )
    assert floor.said("archive did not stop in time and was killed")
    assert list((floor.folder / "data" / "run").iterdir()) == []


def test_the_second_signal_waits_for_nobody(floor: _Floor) -> None:
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    deaf += f"open({str(floor.folder / 'deaf')!r}, 'w').close(); time.sleep(600)"

    def twice(line: str) -> None:
        if line.startswith("stopping"):
            floor.stopping.signals += 1

    floor.on_line = twice
    floor.run(
        floor.command("archive", deaf, stop_within_s=600),
        until=(floor.folder / "deaf").exists,
    )
    assert floor.said("archive") == ["started archive"]


def test_what_is_stopped_first_is_what_others_read_from(tmp_path: Path) -> None:
    names = ("board", "prometheus", "archive", "simulate", "notify", "stream", "alertmanager")
    children = [Child(Command(name, ("true",)), tmp_path, tmp_path) for name in names]
    assert [child.command.name for child in stop_order(children)] == [
        "simulate", "stream", "archive", "notify", "board", "prometheus", "alertmanager",
    ]  # fmt: skip


def test_a_board_that_does_not_answer_is_not_ready() -> None:
    assert not_ready(NOBODY) == "it does not answer yet"


def test_a_log_that_grew_too_large_is_emptied_and_kept_once(tmp_path: Path) -> None:
    child = Child(Command("stream", ("true",)), tmp_path, tmp_path)
    with child.log.open("wb") as log:
        log.truncate(11 * 1024 * 1024)
    child.trim_log()
    assert child.log.stat().st_size == 0
    assert (tmp_path / "stream.log.1").stat().st_size == 11 * 1024 * 1024


def test_a_child_dies_with_the_process_that_started_it(tmp_path: Path) -> None:
    code = (
        "import pathlib, sys, time\n"
        "from streams.local.child import Child, Command\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "Child(Command('stream', (sys.executable, '-c', 'import time; time.sleep(600)')),"
        " folder, folder).start()\n"
        "time.sleep(600)\n"
    )
    note = tmp_path / "stream.json"
    parent = os.posix_spawn(
        sys.executable, [sys.executable, "-c", code, str(tmp_path)], dict(os.environ)
    )
    wait_until(note.exists, "the child is noted")
    os.kill(parent, signal.SIGKILL)
    os.waitpid(parent, 0)
    wait_until(lambda: _ended(note), "the child dies with its parent")
    assert end_leftovers(tmp_path) == []


def _ended(note: Path) -> bool:
    content = json.loads(note.read_text())
    return bool(identity(content["pid"]) != content["identity"])
