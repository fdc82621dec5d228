"""Only what is certainly ours is ended: the same pid and the same start."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.local.leftovers import end_leftovers, identity, remember


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    yield process
    process.kill()
    process.wait()


def test_a_remembered_process_is_ended_and_forgotten(
    tmp_path: Path, sleeper: subprocess.Popen[bytes]
) -> None:
    remember(tmp_path, "stream", sleeper.pid)
    assert end_leftovers(tmp_path) == ["stream"]
    assert sleeper.wait(10) == -9
    assert list(tmp_path.iterdir()) == []


def test_a_stranger_with_the_same_pid_is_left_alone(
    tmp_path: Path, sleeper: subprocess.Popen[bytes]
) -> None:
    note = {"pid": sleeper.pid, "identity": "another boot:12345"}
    (tmp_path / "stream.json").write_text(json.dumps(note))
    assert end_leftovers(tmp_path) == []
    assert sleeper.poll() is None
    assert list(tmp_path.iterdir()) == []


def test_who_is_gone_already_is_forgotten(tmp_path: Path, sleeper: subprocess.Popen[bytes]) -> None:
    remember(tmp_path, "stream", sleeper.pid)
    sleeper.kill()
    sleeper.wait()
    assert end_leftovers(tmp_path) == []


@pytest.mark.parametrize("note", ["", "{", "[]", '{"pid": "x"}', '{"pid": 1}'])
def test_a_note_that_was_half_written_harms_nobody(tmp_path: Path, note: str) -> None:
    (tmp_path / "stream.json").write_text(note)
    assert end_leftovers(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_a_dead_child_that_nobody_collected_is_no_process(
    sleeper: subprocess.Popen[bytes],
) -> None:
    assert identity(sleeper.pid) is not None
    sleeper.kill()
    sleeper.wait()
    assert identity(sleeper.pid) is None
