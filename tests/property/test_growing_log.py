"""A log that is rotated, truncated and cut anywhere, read by somebody who is killed at any moment.

What was noted plus what was read since is, at the end, every line that was written, each once.
"""

import gzip
import hashlib
import shutil
import tempfile
import time
from pathlib import Path
from typing import IO

from hypothesis import given, settings
from hypothesis import strategies as st

from producers.growing_file import LINGER_MS, GrowingFile, LogPosition

ACTS = (
    "write",
    "write",
    "part",
    "look",
    "look",
    "note",
    "kill",
    "rename",
    "reopen",
    "copy",
    "pack",
)


class Writer:
    """As Asterisk and logrotate: it writes to the file that it opened, whatever that is called now."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "queue_log"
        self.written: list[bytes] = []
        self._at = int(time.time())  # a file without a line is placed by the time it was made
        self._begun = b""
        self._file: IO[bytes] = self.path.open("ab", buffering=0)

    def write(self, long: bool = False) -> None:
        self._finish()
        for _ in range(40 if long else 1):
            line = self._line()
            self._file.write(line)
            self.written.append(line)

    def part(self) -> None:
        """A line up to somewhere in its middle."""
        if not self._begun:
            line = self._line()
            self._file.write(line[: len(line) // 2])
            self._begun = line

    def rename(self) -> None:
        if self.path.exists():
            self._shift()
            self.path.rename(self.path.with_name("queue_log.1"))

    def reopen(self) -> None:
        self._finish()
        self._file.close()
        self._file = self.path.open("ab", buffering=0)

    def copy(self) -> None:
        """`copytruncate`, which loses what is written while it copies; nothing is, here."""
        self.reopen()
        self._shift()
        shutil.copyfile(self.path, self.path.with_name("queue_log.1"))
        self.path.open("wb").close()

    def pack(self) -> None:
        for number in (2, 3, 4, 5):
            path = self.path.with_name(f"queue_log.{number}")
            if path.exists():
                path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes()))
                path.unlink()
                return

    def close(self) -> None:
        self._file.close()

    def _shift(self) -> None:
        for number in range(len(list(self.path.parent.iterdir())), 0, -1):
            for end in ("", ".gz"):
                path = self.path.with_name(f"queue_log.{number}{end}")
                if path.exists():
                    path.rename(self.path.with_name(f"queue_log.{number + 1}{end}"))

    def _finish(self) -> None:
        if self._begun:
            self._file.write(self._begun[len(self._begun) // 2 :])
            self.written.append(self._begun)
            self._begun = b""

    def _line(self) -> bytes:
        self._at += 1
        return b"%d|NONE|NONE|PJSIP/11|PAUSEALL|%s|\n" % (self._at, b"x" * (self._at % 60))


class Reader:
    """Reads, notes, and is killed: what it read since the note it reads again."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.now = 0
        self.warned: list[str] = []
        self._noted: list[bytes] = []
        self._since: list[bytes] = []
        self._kept = LogPosition()
        self._file = self._begin()
        self.look()
        self.note()  # as a session does

    def look(self) -> None:
        self.now += 250
        while (lines := self._file.read(self.now)) is not None:
            self._since += lines.lines

    def note(self) -> None:
        self._noted += self._since
        self._since = []
        self._kept = self._file.position()

    def kill(self) -> None:
        self._file.close()
        self._since = []
        self._file = self._begin()

    def all_lines(self) -> list[bytes]:
        self.look()
        self.now += LINGER_MS
        self.look()
        return self._noted + self._since

    def close(self) -> None:
        self._file.close()

    def _begin(self) -> GrowingFile:
        return GrowingFile(self.path, self._kept, fingerprint, self.warned.append)


def fingerprint(head: bytes) -> str:
    return hashlib.sha256(head).hexdigest()


def act(name: str, writer: Writer, reader: Reader) -> None:
    if name in ("look", "note", "kill"):
        getattr(reader, name)()
    else:
        getattr(writer, name)()


@settings(max_examples=100)
@given(st.lists(st.sampled_from(ACTS), min_size=5, max_size=60))
def test_every_line_is_read_and_counted_once(acts: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        writer = Writer(Path(folder))
        writer.write()  # nothing tells a copied file from another before something was read of it
        reader = Reader(writer.path)
        try:
            for name in acts:
                act(name, writer, reader)
            writer.reopen()
            writer.write()
            assert (reader.all_lines(), reader.warned) == (writer.written, [])
        finally:
            writer.close()
            reader.close()
