"""The position of a follower, in a file: its source, its ticks, and the platform's own snapshot.

Everything up to the position has been delivered. It is one file, so that its parts always agree. The
file is written whole (draft, fsync, rename) and locked by one process at a time. The snapshot's keys
are on the same level as our own, which no platform may use: source, line_at, ticking, version.
"""

import fcntl
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Protocol, Self
from urllib.parse import quote

import msgspec
from msgspec import Raw, Struct, field

from producers.ticking import Ticking
from streams.plumbing.whole_file import write_whole

_VERSION = 1


class PositionError(Exception):
    """One line: which file, what is wrong, what to do."""


class Position(Struct, frozen=True):
    """`source` is part of event ids, so a position is valid for its own source only."""

    source: str
    line_at: int = 0  # the newest time stamp that was read, ms
    ticking: Ticking = field(default_factory=Ticking)
    version: int = _VERSION
    snapshot: bytes | None = None  # JSON of the platform's own keys; None before the first note


class Positions(Protocol):
    """Keeps one position."""

    @property
    def name(self) -> str: ...
    def read(self) -> Position: ...
    def write(self, position: Position, snapshot: Mapping[str, object]) -> None:
        """`snapshot` takes the place of the one in `position`."""


def position_file(data: Path, namespace: str, platform: str, source: str) -> Path:
    """The default file of a source, if --position is not given."""
    prefix = f"{namespace}-" if namespace else ""
    return data / f"{platform}-{quote(prefix + source, safe='')}.json"


class PositionFile:
    """As a context manager it holds a lock; PositionError if another process has it."""

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

    @property
    def name(self) -> str:
        return str(self.path)

    def read(self) -> Position:
        """As it was written last; an empty one if there is no file."""
        try:
            keys = msgspec.json.decode(self.path.read_bytes(), type=dict[str, Raw])
            own = {name: keys.pop(name) for name in _OWN_KEYS if name in keys}
            position = msgspec.json.decode(msgspec.json.encode(own), type=Position)
        except FileNotFoundError:
            return Position(self._source)
        except OSError as error:
            raise PositionError(f"cannot read {self.path}: {error.strerror}") from None
        except msgspec.DecodeError as error:
            raise unreadable(self.name, error) from None
        if (position.source, position.version) != (self._source, _VERSION):
            raise PositionError(
                f'{self.path}: it is the position of source "{position.source}", version'
                f" {position.version}; give another --position"
            )
        return msgspec.structs.replace(position, snapshot=msgspec.json.encode(keys))

    def write(self, position: Position, snapshot: Mapping[str, object]) -> None:
        """Written whole or not at all, and synced: it survives a crash of the machine."""
        keys = {name: getattr(position, name) for name in _OWN_KEYS} | dict(snapshot)
        try:
            write_whole(self.path, msgspec.json.encode(keys))
        except OSError as error:
            raise PositionError(f"cannot write {self.path}: {error.strerror}") from None


_OWN_KEYS = ("source", "line_at", "ticking", "version")


def unreadable(name: str, error: Exception) -> PositionError:
    """The error for a file, or a snapshot in it, that cannot be decoded."""
    return PositionError(f"{name}: {error}; remove it to read the log from its beginning")
