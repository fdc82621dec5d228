"""The register as a JSON file that several boards and `queuewatch access` read and change.

A change is read, made and put in place in one step under a lock, so that of two boards that open one link one
is the first. A reader sees a change at its next look: the file's identity tells whether it is another one.
"""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import msgspec

from dashboards.access.register import FORMAT, Register
from streams.plumbing.whole_file import write_whole

T = TypeVar("T")
_SECRET = 0o600
LOCKED_WITHIN_S = 5.0  # a change takes milliseconds
_LOOK_AGAIN_S = 0.02


class RegisterError(Exception):
    """One line: which file, what is wrong, what to do."""


class RegisterFile:
    """A file that is not there is an empty register; so is no file at all, which nothing may change."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        # One value, for threads read it: never the register of one file with the identity of another.
        self._kept: tuple[tuple[int, int, int] | None, Register] = (None, Register())
        self._was_there = False

    def read(self) -> Register:
        """RegisterError if it cannot be read: then nobody may be let in by it."""
        if self.path is None:
            return self._kept[1]
        try:
            stat = self.path.stat()
        except FileNotFoundError:
            if self._was_there:  # an empty one would let in who has logged out
                raise RegisterError(f"{self.path} is gone: put it back, or start anew") from None
            return Register()
        except OSError as error:
            raise RegisterError(f"cannot read {self.path}: {error.strerror}") from None
        seen = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
        kept = self._kept
        if seen != kept[0]:
            kept = self._kept = seen, _parsed(self.path)
            self._was_there = True
        return kept[1]

    def change(self, decide: Callable[[Register], tuple[T, Register]]) -> T:
        """Put what `decide` makes of the register in its place, and return what it says beside that.

        It waits for the lock, so never in an event loop. RegisterError, also when the lock is not to be had.
        """
        if self.path is None:
            raise RegisterError("there is no register: it is named in access.toml")
        with _locked(self.path):
            self._kept = None, Register()
            before = self.read()
            said, after = decide(before)
            if after != before:
                _put(self.path, after)
            return said


def _parsed(path: Path) -> Register:
    try:
        found = msgspec.json.decode(path.read_bytes(), type=Register)
    except OSError as error:
        raise RegisterError(f"cannot read {path}: {error.strerror}") from None
    except msgspec.MsgspecError as error:
        raise RegisterError(
            f"{path} is no register of access: {error}; restore it, or move it away and make tokens and walls anew"
        ) from None
    if found.format > FORMAT:
        raise RegisterError(f"{path} was written by a newer release: start that one")
    return found


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _SECRET)
    except OSError as error:
        raise RegisterError(f"cannot write {path}: {error.strerror}") from None
    try:
        if os.geteuid() == 0 and path.exists():  # made by root, it would keep the board out
            os.fchown(handle, path.stat().st_uid, path.stat().st_gid)
        _lock(handle, path)
        yield
    finally:
        os.close(handle)


def _lock(handle: int, path: Path) -> None:
    for _ in range(round(LOCKED_WITHIN_S / _LOOK_AGAIN_S)):
        try:
            return fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_LOOK_AGAIN_S)
        except OSError as error:  # a file system without locks
            raise RegisterError(f"cannot lock {path}.lock: {error.strerror}") from None
    raise RegisterError(
        f"{path}.lock is held by another process: see who has it open, and end that one"
    )


def _put(path: Path, register: Register) -> None:
    text = msgspec.json.format(msgspec.json.encode(register), indent=2) + b"\n"
    try:
        write_whole(path, text)
    except OSError as error:
        raise RegisterError(f"cannot write {path}: {error.strerror}") from None
