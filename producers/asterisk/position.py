"""Where a follower of a queue_log stands: files and offsets, its clock, and what it knows of open calls.

Everything that the log says up to there has been delivered. Position and memory are one file, so that
they cannot disagree; it is written whole (draft, fsync, rename), and one process at a time holds it.
"""

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self
from urllib.parse import quote

import msgspec
from msgspec import Struct, field

from producers.asterisk.translator import Memory
from producers.growing_file import Kept
from producers.ticking import Ticking

_VERSION = 1


class PositionError(Exception):
    """One line: which file, what is wrong, what to do."""


class Position(Struct, frozen=True, forbid_unknown_fields=True):
    """`source` is in every event id: another one would be another node."""

    source: str
    line_at: int = 0  # the newest time stamp
    kept: Kept = Kept()
    ticking: Ticking = field(default_factory=Ticking)
    memory: Memory = field(default_factory=Memory)
    version: int = _VERSION


def position_file(data: Path, namespace: str, source: str) -> Path:
    """The one that a source has where none is named."""
    prefix = f"{namespace}-" if namespace else ""
    return data / f"queue-log-{quote(prefix + source, safe='')}.json"


class PositionFile:
    """As a context it is held against another follower; PositionError where it cannot be."""

    def __init__(self, path: Path, source: str) -> None:
        self.path, self._source = path, source
        self._lock: IO[Any] | None = None

    def __enter__(self) -> Self:
        lock = self.path.with_name(self.path.name + ".lock")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._lock = lock.open("a")
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.__exit__(None, None, None)
            raise PositionError(
                f"{self.path}: another process follows a log with it; give this one a --source or"
                " a --position of its own"
            ) from None
        except OSError as error:
            raise PositionError(f"cannot write {lock}: {error.strerror}") from None
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._lock is not None:
            self._lock.close()

    def read(self) -> Position:
        """As it was written last; a new one where there is none."""
        try:
            position = msgspec.json.decode(self.path.read_bytes(), type=Position)
        except FileNotFoundError:
            return Position(self._source)
        except OSError as error:
            raise PositionError(f"cannot read {self.path}: {error.strerror}") from None
        except msgspec.DecodeError as error:
            raise PositionError(
                f"{self.path}: {error}; remove it to read the log from its beginning"
            ) from None
        if (position.source, position.version) != (self._source, _VERSION):
            raise PositionError(
                f'{self.path}: it is the position of source "{position.source}", version'
                f" {position.version}; give another --position"
            )
        return position

    def write(self, position: Position) -> None:
        """Whole or not at all, and on the disk: the machine may stop at any moment, too."""
        draft = self.path.with_name(f".{self.path.name}.draft")  # one: only the holder writes
        try:
            handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(msgspec.json.encode(position))
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self.path)
            _sync_folder(self.path.parent)
        except OSError as error:
            raise PositionError(f"cannot write {self.path}: {error.strerror}") from None


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
