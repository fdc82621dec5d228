"""What tests/property/test_growing_log.py leaves out: what is lost, odd, or not there."""

import gzip
import hashlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from producers.generations import LONGEST_LINE
from producers.growing_file import LINGER_MS, GrowingFile, LogPosition

Begin = Callable[..., GrowingFile]


@pytest.fixture
def warned() -> list[str]:
    return []


@pytest.fixture
def begin(tmp_path: Path, warned: list[str]) -> Iterator[Begin]:
    """Begins to read queue_log in `tmp_path`; what is still open is closed in the end."""
    begun: list[GrowingFile] = []

    def start(kept: LogPosition | None = None) -> GrowingFile:
        begun.append(
            GrowingFile(tmp_path / "queue_log", kept or LogPosition(), _hash, warned.append)
        )
        return begun[-1]

    yield start
    for each in begun:
        each.close()


def _hash(head: bytes) -> str:
    return hashlib.sha256(head).hexdigest()


def line(second: int, text: str = "QUEUESTART") -> bytes:
    return b"%d|NONE|NONE|NONE|%s|\n" % (1_772_445_600 + second, text.encode())


def everything(log: GrowingFile, now: int = 0) -> list[bytes]:
    found: list[bytes] = []
    while (lines := log.read(now)) is not None:
        found += lines.lines
    return found


def test_a_line_is_read_when_it_has_its_end(tmp_path: Path, begin: Begin) -> None:
    path, log = tmp_path / "queue_log", begin()
    assert (everything(log), log.problem) == ([], f"{path} is not there yet")
    path.write_bytes(line(0) + line(1)[:9])
    assert (everything(log), log.problem) == ([line(0)], "")
    assert (log.read_to, log.unread_bytes) == (len(line(0)), 9)
    with path.open("ab") as file:
        file.write(line(1)[9:])
    lines = log.read(0)
    assert lines is not None
    assert (lines.lines, lines.offset, lines.began_at) == ([line(1)], len(line(0)), 1_772_445_600)


def test_a_file_that_may_not_be_read_is_waited_for(tmp_path: Path, begin: Begin) -> None:
    path, log = tmp_path / "queue_log", begin()
    path.mkdir()
    assert (everything(log), log.problem) == ([], f"{path}: Is a directory")
    path.rmdir()
    path.write_bytes(line(0))
    assert (everything(log), log.problem) == ([line(0)], "")


def test_a_writer_that_turns_late_is_still_heard(tmp_path: Path, begin: Begin) -> None:
    path, log = tmp_path / "queue_log", begin()
    path.write_bytes(line(0))
    everything(log)
    path.rename(tmp_path / "queue_log.1")
    path.write_bytes(line(5))
    assert everything(log) == [line(5)]
    with (tmp_path / "queue_log.1").open("ab") as old:
        old.write(line(4) + b"cut o")
    assert everything(begin(log.position())) == [line(4)]  # also after a kill
    assert everything(log, LINGER_MS - 1) == [line(4)]
    assert everything(log, LINGER_MS) == [b"cut o"]  # nobody will end it
    assert everything(begin(log.position())) == []


def test_a_truncated_file_without_a_copy_is_said(
    tmp_path: Path, begin: Begin, warned: list[str]
) -> None:
    path, log = tmp_path / "queue_log", begin()
    path.write_bytes(line(0) + line(1))
    everything(log)
    kept = log.position()
    path.write_bytes(line(7) + line(8) + line(9))  # it has grown beyond the place again
    assert everything(log) == [line(7), line(8), line(9)]
    assert warned.pop().endswith("what was not read yet, behind byte 76, is lost")
    assert everything(begin(kept)) == [line(7), line(8), line(9)]
    assert warned.pop().startswith(f"{path}: the file that was read up to byte 76 is gone")


def test_files_that_came_while_nobody_read_are_read_in_order_though_one_is_gone(
    tmp_path: Path, begin: Begin, warned: list[str]
) -> None:
    path, log = tmp_path / "queue_log", begin()
    (tmp_path / "queue_log.9").write_bytes(line(-50))
    path.write_bytes(line(0))
    everything(log)
    path.write_bytes(line(30))
    (tmp_path / "queue_log.1.gz").write_bytes(gzip.compress(line(20)))
    (tmp_path / "queue_log-20260302").write_bytes(line(10))
    (tmp_path / "queue_log.bak").write_bytes(line(15))
    (tmp_path / "queue_log.2.gz").write_bytes(b"\x1f\x8b damaged")
    assert everything(begin(log.position())) == [line(10), line(20), line(30)]
    assert len(warned) == 1


def test_a_copy_that_replaces_the_file_is_the_file(
    tmp_path: Path, begin: Begin, warned: list[str]
) -> None:
    path, log = tmp_path / "queue_log", begin()
    path.write_bytes(line(0))
    everything(log)
    for second in (1, 2):
        shutil.copyfile(path, new := tmp_path / ".queue_log.rsync")
        with new.open("ab") as file:
            file.write(line(second))
        new.rename(path)
        assert everything(log) == [line(second)]
    assert (len(log.inodes), warned) == (1, [])


def test_a_folder_that_is_not_mounted_yet_has_lost_nothing(
    tmp_path: Path, begin: Begin, warned: list[str]
) -> None:
    path, log = tmp_path / "queue_log", begin()
    path.write_bytes(line(0))
    everything(log)
    path.rename(away := tmp_path / "elsewhere")
    again = begin(log.position())
    assert (everything(again), again.problem) == ([], f"{path} is not there yet")
    assert again.position() == log.position()
    away.rename(path)
    with path.open("ab") as file:
        file.write(line(1))
    assert (everything(again), warned) == ([line(1)], [])


def test_what_never_ends_is_handed_on_in_pieces(tmp_path: Path, begin: Begin) -> None:
    (tmp_path / "queue_log").write_bytes(b"\0" * (LONGEST_LINE + 5) + b"\n" + line(0))
    pieces = everything(begin())
    assert [len(piece) for piece in pieces] == [LONGEST_LINE, 6, len(line(0))]


def test_the_place_of_an_empty_file_can_be_noted_before_it_is_read(
    tmp_path: Path, begin: Begin
) -> None:
    path, log = tmp_path / "queue_log", begin()
    assert not log.begin()
    path.write_bytes(line(0))
    assert log.begin()
    kept = log.position()
    path.rename(tmp_path / "queue_log.1")
    path.write_bytes(line(1))
    assert everything(begin(kept)) == [line(0), line(1)]
