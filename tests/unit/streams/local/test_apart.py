"""Work apart leaves its answer and nothing else."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pytest

from streams.admin.problem import AdminError
from streams.local.apart import apart
from tests.support.services import ROOT


def test_the_answer_comes_back_and_what_was_loaded_does_not() -> None:
    sys.modules.pop("colorsys", None)

    def work() -> tuple[int, bool]:
        import colorsys

        return os.getpid(), "colorsys" in sys.modules and bool(colorsys)

    child, loaded = apart(work)
    assert (child != os.getpid(), loaded) == (True, True)
    assert "colorsys" not in sys.modules


def test_an_error_of_the_work_is_raised_here() -> None:
    def work() -> NoReturn:
        raise AdminError("Kafka does not answer")

    with pytest.raises(AdminError, match="Kafka does not answer"):
        apart(work)


class OfTwoError(Exception):
    """Made of two arguments, of which it keeps one text: it cannot be unpickled."""

    def __init__(self, what: str, where: str) -> None:
        super().__init__(f"{what} at {where}")


def test_an_error_that_cannot_be_carried_over_is_told_in_one_line() -> None:
    def work() -> NoReturn:
        raise OfTwoError("no epoch", "offset 3")

    with pytest.raises(AdminError, match=r"^OfTwoError: no epoch at offset 3$"):
        apart(work)


def test_where_no_process_can_begin_signals_are_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    def fork() -> NoReturn:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    files = len(list(Path("/proc/self/fd").iterdir()))
    monkeypatch.setattr(os, "fork", fork)
    with pytest.raises(AdminError, match="can begin: Resource temporarily unavailable"):
        apart(lambda: 1)
    assert signal.pthread_sigmask(signal.SIG_BLOCK, []) == set()
    assert len(list(Path("/proc/self/fd").iterdir())) == files


def test_a_process_that_is_killed_is_told_in_one_line() -> None:
    with pytest.raises(AdminError, match="ended with status 9"):
        apart(lambda: os.kill(os.getpid(), signal.SIGKILL))


# In a process of its own: `apart` is for one that has no other thread, and the threads of other tests live on in this one.
SIGNALLED = """
import os, signal, sys, threading, time
from pathlib import Path
from streams.local.apart import apart

class StopError(Exception):
    pass

def stop(*_):
    raise StopError

def work():
    noted.write_text(str(os.getpid()))
    os.kill(parent, signal.SIGTERM)
    time.sleep(60)

def late_fork():
    child = fork()
    if child:
        time.sleep(0.1)
    return child

parent, noted, fork = os.getpid(), Path(sys.argv[1]), os.fork
if sys.argv[2] == "another thread":
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    os.fork = late_fork
signal.signal(signal.SIGTERM, stop)
try:
    apart(work)
except StopError:
    assert signal.pthread_sigmask(signal.SIG_BLOCK, []) == set()
    print("stopped", flush=True)
os._exit(0)
"""


def signalled(noted: Path, threads: str) -> str:
    """What the process says whose work is ended by a signal."""
    command = [sys.executable, "-c", SIGNALLED, str(noted), threads]
    return subprocess.run(command, cwd=ROOT, text=True, capture_output=True, check=True).stdout


def test_a_signal_ends_the_wait_and_the_process(tmp_path: Path) -> None:
    noted = tmp_path / "pid"
    assert signalled(noted, "no other thread") == "stopped\n"
    assert not Path(f"/proc/{noted.read_text()}").exists()


def test_a_signal_that_another_thread_receives_leaves_no_signal_blocked(tmp_path: Path) -> None:
    """The process that is begun may then live on, but later processes can be ended."""
    assert signalled(tmp_path / "pid", "another thread") == "stopped\n"
