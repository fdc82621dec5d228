"""The files of a rotated log: which one is being read, and which one comes next.

Rule 1: a file is recognised by its inode and its first bytes. Neither alone is enough: inodes are
reused, and a copy (copytruncate, gzip, rsync) has another inode and the same first bytes.
Rule 2: the order of files is that of their first time stamps, because naming schemes differ: `.1` is
the newest file for logrotate, and the oldest for one of Asterisk's own rotations.
"""

import gzip
import os
import re
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from msgspec import Struct

HEAD_BYTES = 1_024
LONGEST_LINE = 1024 * 1024  # bytes; something longer is not a line and is passed on in pieces
_CHUNK = 256 * 1024
_ROTATED = re.compile(
    r"[.-]\d[\d.\-T:]*(\.gz)?"
)  # queue_log.1, queue_log-20261122.gz, queue_log.1764…
_STAMP = re.compile(rb"^(\d{9,11})[.|]", re.MULTILINE)
_GZIP_PROBLEMS = (gzip.BadGzipFile, EOFError, zlib.error)


class FilePosition(Struct, frozen=True):
    """How far a file has been read; `head` is a keyed hash of its first `head_bytes` bytes."""

    inode: int
    offset: int
    head_bytes: int
    head: str
    began_at: int  # the time stamp that it begins with, seconds; 0 for none


class Lines(Struct, frozen=True):
    """Lines with their line ends, in order. `offset` is that of the first one, in the file of `began_at`.

    A last item without a line end is not a line: it is the rest of a file that is not written any more,
    or a piece of something longer than LONGEST_LINE.
    """

    lines: list[bytes]
    offset: int
    began_at: int


class Generation:
    """One open file of the log, read from `offset` on. OSError when it cannot be opened."""

    def __init__(self, path: Path, offset: int = 0) -> None:
        raw = path.open("rb", buffering=0)  # a buffer would still contain what was truncated
        self.is_packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        self._file = gzip.GzipFile(fileobj=raw) if self.is_packed else raw
        self._raw = raw
        stat = os.fstat(raw.fileno())
        self.inode, self.mtime_ns = stat.st_ino, stat.st_mtime_ns
        self.offset = offset
        self.left_at: int | None = (
            None  # when the next file was found; None while this one is being written
        )
        self.head = self._read(0, HEAD_BYTES)

    @property
    def has_a_line(self) -> bool:
        return b"\n" in self.head or len(self.head) == HEAD_BYTES

    @property
    def began_at(self) -> int:
        """The first time stamp of the file in seconds; 0 if there is none in its first bytes."""
        found = _STAMP.search(self.head)
        return int(found[1]) if found else 0

    @property
    def made_at(self) -> int:
        """For a file without a time stamp: seconds since 1970, not later than its first line will have."""
        return self.mtime_ns // 1_000_000_000 - 2

    @property
    def unread_bytes(self) -> int:
        """0 for a gzipped file, whose size on disk is not that of its text."""
        return 0 if self.is_packed else max(0, os.fstat(self._raw.fileno()).st_size - self.offset)

    def place(self, fingerprint: Callable[[bytes], str]) -> FilePosition:
        known = self.head[: self.offset]
        return FilePosition(self.inode, self.offset, len(known), fingerprint(known), self.began_at)

    def begins_like(self, place: FilePosition, fingerprint: Callable[[bytes], str]) -> bool:
        """Whether it is the file of that position, or a copy of it that is at least as long."""
        if len(self.head) < place.head_bytes:
            return False
        same = fingerprint(self.head[: place.head_bytes]) == place.head
        return same and (self.is_packed or place.offset <= os.fstat(self._raw.fileno()).st_size)

    def read(self) -> Lines | None:
        """The next whole lines; None at the end. They are valid only if `is_whole` is true after the read."""
        data = self._read(self.offset, _CHUNK)
        cut = data.rfind(b"\n") + 1
        if not cut and len(data) == _CHUNK:
            data = self._read(self.offset, LONGEST_LINE)
            cut = data.find(b"\n") + 1 or (len(data) if len(data) == LONGEST_LINE else 0)
        if not cut:
            return None
        return Lines(_split(data[:cut]), self.offset, self.began_at)

    def rest(self) -> Lines | None:
        """What follows the last line end of a file that is not written any more."""
        data = self._read(self.offset, LONGEST_LINE)
        return Lines([data], self.offset, self.began_at) if data else None

    def is_whole(self) -> bool:
        """False if it was truncated, even if it has grown beyond the offset again."""
        if self.is_packed:
            return True
        if os.fstat(self._raw.fileno()).st_size < self.offset:
            return False
        known = self.head[: self.offset]
        head = self._read(0, HEAD_BYTES)
        if not head.startswith(known):
            return False
        self.head = head
        return True

    def close(self) -> None:
        self._file.close()
        self._raw.close()

    def _read(self, offset: int, size: int) -> bytes:
        try:
            self._file.seek(offset)
            return self._file.read(size)
        except _GZIP_PROBLEMS:  # gzip is still writing it; its plain file is there too
            return b""


def _split(data: bytes) -> list[bytes]:
    """Lines with their ends; only a line feed ends one."""
    lines = data.split(b"\n")
    rest = lines.pop()
    whole = [line + b"\n" for line in lines]
    return [*whole, rest] if rest else whole


def rotated(path: Path) -> Iterator[Path]:
    """Files in the same folder that may be former files of this log; plain ones first, then gzipped ones."""
    try:
        names = [entry.name for entry in os.scandir(path.parent) if entry.is_file()]
    except OSError:
        return
    found = [
        name
        for name in names
        if name.startswith(path.name) and _ROTATED.fullmatch(name[len(path.name) :])
    ]
    for name in sorted(found, key=lambda name: (name.endswith(".gz"), name)):
        if not (name.endswith(".gz") and name[:-3] in found):
            yield path.with_name(name)


def opened(path: Path, offset: int = 0) -> Generation | None:
    """None if the file is gone by now or cannot be read."""
    try:
        return Generation(path, offset)
    except OSError:
        return None
