"""A test that leaves signals blocked or handled otherwise fails, and the next one does not see it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.support.left_signals import Signals
from tests.support.services import ROOT

LEAVING = """
import os, signal, socket

ends = socket.socketpair()

def test_leaves_a_signal_blocked():
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])

def test_finds_none_blocked():
    assert signal.pthread_sigmask(signal.SIG_BLOCK, []) == set()

def test_leaves_a_handler():
    signal.signal(signal.SIGCHLD, print)

def test_finds_no_handler():
    assert signal.getsignal(signal.SIGCHLD) == signal.SIG_DFL

def test_leaves_a_wakeup_fd():
    ends[0].setblocking(False)
    signal.set_wakeup_fd(ends[0].fileno())

def test_finds_no_wakeup_fd():
    assert signal.set_wakeup_fd(-1) == -1
"""


def test_the_test_that_leaves_signals_changed_is_the_one_that_fails(tmp_path: Path) -> None:
    (tmp_path / "test_leaving.py").write_text(LEAVING)
    command = [
        sys.executable, "-m", "pytest", "-q", "-p", "tests.support.left_signals", "-p", "no:cacheprovider",
        "-c", os.devnull, "--rootdir", str(tmp_path), str(tmp_path),
    ]  # fmt: skip
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    said = ran.stdout
    failed = [line.split("::")[1] for line in said.splitlines() if line.startswith("ERROR ")]
    assert [each.split()[0] for each in failed] == [
        "test_leaves_a_signal_blocked", "test_leaves_a_handler", "test_leaves_a_wakeup_fd",
    ], said  # fmt: skip
    assert "left behind: SIGTERM is blocked" in said
    assert f"left behind: the handler of SIGCHLD was 0, now {print}" in said
    assert "left behind: the wakeup fd was -1, now " in said
    assert "6 passed, 3 errors" in said


def test_a_wakeup_fd_that_is_closed_is_told_and_taken_away() -> None:
    before = Signals.now()
    read_end, write_end = os.pipe()
    os.set_blocking(write_end, False)
    try:
        signal.set_wakeup_fd(write_end)
        os.close(write_end)
        os.close(read_end)
        assert before.changed_to(Signals.now()) == [
            f"the wakeup fd was {before.wakeup_fd}, now {write_end}"
        ]
    finally:
        before.set_again()
    assert before.changed_to(Signals.now()) == []
