"""A text log that grows and is rotated, as a live platform.

This module reads the files; a `LineTranslator` knows what a line means. A platform that writes such a
log needs nothing but a `LineTranslator` to be followed.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Protocol

import msgspec
from msgspec import Raw, Struct

from producers.contract import LiveReader, LiveRecord, LiveSource, ReadSoFar, Refused
from producers.event_order import TimedEvent
from producers.generations import Generation, Lines
from producers.growing_file import GrowingFile, LogPosition
from producers.input_file import InputFileError
from schemas.privacy import TokenKey

_BOM = b"\xef\xbb\xbf"


class Translation(Struct, frozen=True, gc=False):
    """What one line means; `at` is its time in ms, None for a line without one."""

    items: list[TimedEvent | Refused]
    at: int | None = None


class LineTranslator(Protocol):
    """Turns lines, in the order of the log, into events. Pure.

    The same lines must give the same events wherever reading was interrupted. `memory` holds what is
    needed to continue in the middle of a log.
    """

    @property
    def is_idle(self) -> bool:
        """No call waits or talks; False if that is not known."""

    def translate(self, text: str) -> Translation:
        """`text` is a line without its line end, never an empty one."""

    def memory(self) -> object:
        """The memory after the last line; encoded as JSON at once. None if nothing is needed."""


class LogSnapshot(Struct, forbid_unknown_fields=True):
    """The snapshot: files and offsets, and the translator's memory."""

    kept: LogPosition = LogPosition()
    memory: Raw = Raw(b"")


class GrowingLog(LiveSource):
    """`translator` makes a LineTranslator from the JSON of its memory (None: the first time).

    `is_line` decides whether a text can be a line of this log; `expected` is the error message if none is.
    `notes` gives remarks for the summary. `masked` hides what concerns a caller in a line that was cut off;
    without it the shell masks its numbers.
    """

    def __init__(
        self,
        path: Path,
        source: str,
        key: TokenKey,
        translator: Callable[[bytes | None], LineTranslator],
        is_line: Callable[[str], object],
        expected: str,
        *,
        notes: Callable[[], tuple[str, ...]] = tuple,
        masked: Callable[[str], str] | None = None,
    ) -> None:
        self.path, self.source, self.key = path, source, key
        self._translator, self._is_line, self._expected = translator, is_line, expected
        self._notes, self._masked = notes, masked

    @property
    def name(self) -> str:
        return str(self.path)

    def check(self) -> None:
        """InputFileError for a file that is not such a log. A file that does not exist yet is no error."""
        try:
            start = Generation(self.path)
        except FileNotFoundError:
            return
        except OSError as error:
            raise InputFileError(f"{self.path}: {error.strerror or error}") from None
        try:
            if start.is_packed:
                raise InputFileError(
                    f"{self.path}: gzipped, so it does not grow: leave out --follow"
                )
            whole = start.head.split(b"\n")[:-1]
            texts = [line.decode("utf-8", "backslashreplace") for line in whole]
            if any(text.strip() for text in texts) and not any(map(self._is_line, texts)):
                raise InputFileError(f"{self.path}: {self._expected}")
        finally:
            start.close()

    def notes(self) -> tuple[str, ...]:
        return self._notes()

    def open(self, snapshot: bytes | None, say: Callable[[str], None]) -> "LogReader":
        known = (
            LogSnapshot() if snapshot is None else msgspec.json.decode(snapshot, type=LogSnapshot)
        )
        translator = self._translator(bytes(known.memory) or None)
        growing = GrowingFile(self.path, known.kept, self.fingerprint, say)
        return LogReader(growing, translator, self._masked)

    def fingerprint(self, head: bytes) -> str:
        """A keyed hash of the first bytes of a file, as they may contain a caller's number.

        By the oldest key: with a new one the log would not be known again and be read from its beginning.
        """
        *_, oldest = self.key.line()
        return hmac.new(oldest.secret, head, hashlib.sha256).hexdigest()[:32]


class LogReader(LiveReader):
    """Reads the lines of the log since the snapshot."""

    def __init__(
        self,
        growing: GrowingFile,
        translator: LineTranslator,
        masked: Callable[[str], str] | None = None,
    ) -> None:
        self._growing, self._translator, self._masked = growing, translator, masked
        self._inodes: tuple[int, ...] = ()
        self._read_to = self._unread_bytes = 0  # after the last batch; read by another thread

    def next_batch(self, now: int) -> Iterable[LiveRecord] | None:
        growing = self._growing
        # The position of a new file is noted before the file is read. Otherwise a process that is
        # killed before its first note could not tell which file it had read.
        is_new = growing.begin()
        lines = None if is_new else growing.read(now)
        if not is_new:  # the problem is cleared one step later, together with the first lines
            self.problem = growing.problem
            self._read_to, self._unread_bytes = growing.read_to, growing.unread_bytes
        if lines is not None:
            self._inodes = growing.inodes
            return self._records(lines)
        if growing.inodes == self._inodes:
            return None
        self._inodes = growing.inodes  # a file without a line also changes the position
        return ()

    def snapshot(self) -> dict[str, object]:
        return {"kept": self._growing.position(), "memory": self._translator.memory()}

    def close(self) -> None:
        self._growing.close()

    def read_so_far(self) -> ReadSoFar | None:
        total = self._read_to + self._unread_bytes
        return ReadSoFar("reading", self._read_to, total) if total else None

    def figures(self) -> dict[str, int]:
        return {"read_to": self._read_to, "unread_bytes": self._unread_bytes}

    def _records(self, lines: Lines) -> Iterator[LiveRecord]:
        offset = lines.offset
        origin = f"{self._growing.path.name}@{lines.began_at}"
        for raw in lines.lines:
            yield self._record(raw, origin, offset)
            offset += len(raw)

    def _record(self, raw: bytes, origin: str, offset: int) -> LiveRecord:
        """Its origin (time stamp at the start of the file) and byte offset are the same at each reading."""
        text = _text(raw, offset)
        if not raw.endswith(b"\n"):
            hidden = text if self._masked is None else self._masked(text)
            is_masked = self._masked is not None
            cut = Refused(
                "a line without its end", hidden, reason="unknown_line", is_masked=is_masked
            )
            return LiveRecord([_placed(cut, origin, offset)])
        if not text.strip():
            return LiveRecord(())
        is_idle = self._translator.is_idle
        told = self._translator.translate(text)
        items = [
            _placed(item, origin, offset) if isinstance(item, Refused) else item
            for item in told.items
        ]
        return LiveRecord(items, told.at, is_idle)


def _placed(refused: Refused, origin: str, offset: int) -> Refused:
    return msgspec.structs.replace(refused, origin=origin, position=offset)


def _text(raw: bytes, offset: int) -> str:
    """The same text as when the finished file is read, because ids are made from it."""
    data = raw.removeprefix(_BOM) if offset == 0 else raw
    return data.decode("utf-8", "backslashreplace").rstrip("\r\n")
