"""A child: its exit code is told once, its log is kept short, its note is gone with it."""

import sys
from pathlib import Path

import pytest

from streams.local import child
from streams.local.child import Child, Command
from tests.support.waiting import wait_until


def made(folder: Path, code: str) -> Child:
    return Child(Command("stream", (sys.executable, "-c", code)), folder, folder)


def test_an_exit_code_is_told_once(tmp_path: Path) -> None:
    stream = made(tmp_path, "print('no such partition'); raise SystemExit(3)")
    assert not stream.running
    stream.start()
    assert (tmp_path / "stream.json").exists()
    assert wait_until(stream.ended, "it ends") == 3
    assert not stream.running
    assert stream.ended() is None
    assert stream.log_end() == "no such partition"
    assert not (tmp_path / "stream.json").exists()


def test_only_what_it_wrote_since_its_start_is_its_log_end(tmp_path: Path) -> None:
    (tmp_path / "stream.log").write_text("of a former run\n")
    stream = made(tmp_path, "pass")
    stream.start()
    wait_until(lambda: stream.ended() == 0, "it ends")
    assert stream.log_end() == f"it said nothing (see {stream.log})"


def test_one_that_is_killed_is_gone(tmp_path: Path) -> None:
    stream = made(tmp_path, "import time; time.sleep(600)")
    stream.start()
    stream.kill()
    assert not stream.running
    stream.kill()
    stream.terminate()


def test_a_log_that_has_grown_is_put_aside_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "LARGEST_LOG", 10)
    stream = made(tmp_path, "pass")
    stream.trim_log()
    stream.log.write_text("0123456789")
    stream.trim_log()
    assert stream.log.read_text() == "0123456789"
    stream.log.write_text("0123456789a")
    stream.trim_log()
    assert (stream.log.read_text(), (tmp_path / "stream.log.1").read_text()) == ("", "0123456789a")
