"""A forked command is the command: what it says, where it ends, what it is given."""

import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.support import forked
from tests.support.forked import MAIN, QUEUEWATCH, Forked, popen, run
from tests.support.sources import ROOT
from tests.support.waiting import wait_until


@pytest.mark.parametrize(
    ("words", "code"),
    [(["drain", "--help"], 0), (["nonsense"], 2), (["send", "queue-log", "no-such.log"], 1)],
)
def test_the_second_start_says_what_the_first_one_said(words: list[str], code: int) -> None:
    first, second = run(words, os.environ, 60), run(words, os.environ, 60)
    assert (second.stdout, second.stderr) == (first.stdout, first.stderr)
    assert second.returncode == first.returncode == code


def test_the_first_start_of_each_command_is_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forked, "_nest", forked._Nest())
    with tempfile.TemporaryFile() as output:
        assert popen([QUEUEWATCH, "drain", "--help"], output) is None
        assert popen([QUEUEWATCH, "send", "--help"], output) is None
        again = popen([sys.executable, "-c", MAIN, "drain", "--help"], output)
        assert again is not None
        assert again.wait(60) == 0
        # What does something before, or is read when Python begins, is no matter of ours.
        assert popen([sys.executable, "-c", f"pass; {MAIN}", "drain", "--help"], output) is None
        own = os.environ | {"PYTHONUTF8": "1"}
        assert popen([QUEUEWATCH, "drain", "--help"], output, env=own) is None
    forked._nest._end()


def test_it_has_its_own_variables_folder_and_files(tmp_path: Path) -> None:
    words = ["queues", "check", "queues.toml"]
    (tmp_path / "queues.toml").write_text("wrong")
    with (tmp_path / "said").open("w+") as said:
        first = popen([QUEUEWATCH, *words], said, cwd=tmp_path)
        begun = first or popen([QUEUEWATCH, *words], said, cwd=tmp_path)
        assert begun is not None
        assert begun.wait(60) == 1
        assert "queues.toml" in (tmp_path / "said").read_text()
    slip = os.environ | {"QUEUEWATCH_KAFKAA": "x"}
    run(["drain", "--help"], slip, 60)
    assert "QUEUEWATCH_KAFKAA" in run(["drain", "--kafka", "127.0.0.1:1"], slip, 60).stderr


def test_it_is_killed_as_a_process_is() -> None:
    with tempfile.TemporaryFile() as output:
        words = [QUEUEWATCH, "drain", "--kafka", "192.0.2.1:9092"]
        begun = popen(words, output) or popen(words, output)
        assert isinstance(begun, Forked)
        with pytest.raises(subprocess.TimeoutExpired):
            begun.wait(0)
        assert begun.poll() is None
        begun.kill()
        wait_until(lambda: begun.poll() is not None, "it has ended")
        assert begun.returncode == begun.wait() == -9
        begun.terminate()  # does nothing to whoever has its number now


@pytest.mark.parametrize(
    ("module", "chaos", "said"),
    [("tests.conftest", "", "True"), ("tests.conftest", "real", "False"), ("tests.bench.recovery", "", "False")],
)  # fmt: skip
def test_chaos_with_real_loads_and_benchmarks_never_fork(
    module: str, chaos: str, said: str
) -> None:
    """Else a worker that is killed would be back without the second in which it loads."""
    program = f"import {module}; from tests.support import forked; print(forked.is_in_use)"
    done = subprocess.run(
        [sys.executable, "-c", program], env=os.environ | {"QUEUEWATCH_CHAOS": chaos}, cwd=ROOT,
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert done.stdout == f"{said}\n"


def test_nothing_is_forked_where_it_is_not_in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forked, "is_in_use", False)
    monkeypatch.setattr(forked, "_nest", forked._Nest())
    with tempfile.TemporaryFile() as output:
        assert popen([QUEUEWATCH, "drain", "--help"], output) is None
        assert popen([QUEUEWATCH, "drain", "--help"], output) is None


def test_a_signal_to_one_that_has_just_ended_does_nothing() -> None:
    """It has ended, and how it ended is still on its way."""
    ended = subprocess.Popen(["true"])
    ended.wait()
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        Forked(ended.pid, ours).terminate()


def test_a_command_ends_with_the_test_that_waits_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    class Ended(BaseException):
        pass

    begun: list[Forked] = []
    wait = Forked.wait

    def stopped(self: Forked, timeout: float | None = None) -> int:
        if not begun:
            begun.append(self)
            raise Ended
        return wait(self, timeout)

    monkeypatch.setattr(Forked, "wait", stopped)
    words = ["drain", "--kafka", "192.0.2.1:9092"]
    forked._nest.is_first(words)
    with pytest.raises(Ended):
        run(words, os.environ, 60)
    assert begun[0].returncode == -9
