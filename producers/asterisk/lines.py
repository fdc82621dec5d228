"""One line of queue_log: `epoch|callid|queue|agent|VERB|data1|…`, of any version. Pure."""

import hashlib
import re
from functools import lru_cache

from msgspec import Struct

from schemas.millis import EARLIEST, LATEST, LONGEST, SECOND

NOBODY = "NONE"
_EPOCH = re.compile(r"\d{9,11}(\.\d{1,6})?")
_FIELDS_BEFORE_DATA = 5


class Line(Struct, frozen=True):
    """`at` in milliseconds; `data` without empty fields at its end (a trailing pipe adds one)."""

    at: int
    callid: str
    queue: str
    agent: str
    verb: str
    data: tuple[str, ...] = ()

    def text(self, place: int) -> str:
        """The data field at `place`, from 0; empty if the line has no such field (older versions)."""
        return self.data[place] if place < len(self.data) else ""

    def whole(self, place: int) -> int | None:
        """A data field as a whole number; None if it is absent or not a number."""
        text = self.text(place)
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None  # noqa: PLR2004 - a duration

    def seconds(self, place: int) -> int | None:
        """A data field in seconds, as milliseconds; None if it is absent, not a number or no duration of a call."""
        number = self.whole(place)
        return None if number is None or number * SECOND >= LONGEST else number * SECOND


def is_epoch(text: str) -> bool:
    """Whether a text is written like the time of a line."""
    return _EPOCH.fullmatch(text) is not None


@lru_cache(maxsize=1)  # who reads a line asks for its time, and again for what it says
def parse_line(text: str) -> Line | None:
    """The line, or None if it is not a line of queue_log."""
    fields = [field.strip() for field in text.split("|")]
    while fields and not fields[-1]:
        fields.pop()
    if len(fields) < _FIELDS_BEFORE_DATA or not _EPOCH.fullmatch(fields[0]) or not fields[4]:
        return None
    seconds, _, fraction = fields[0].partition(".")
    at = int(seconds) * SECOND + int(fraction.ljust(3, "0")[:3] or 0)
    if not EARLIEST <= at < LATEST:
        return None
    return Line(at, fields[1], fields[2], fields[3], fields[4].upper(), tuple(fields[5:]))


class LineIds:
    """Ids of lines: a hash of the node, the line, and its ordinal among identical lines.

    Identical lines have the same second, so only lines of the newest second are remembered.
    """

    def __init__(self, source: str, second: str = "", seen: dict[str, int] | None = None) -> None:
        self._source = source
        self.second = second
        self.seen: dict[str, int] = seen or {}

    def begin_again(self) -> None:
        """The log goes back: a line that it says again, perhaps of the newest second, gets the id that it had."""
        self.second, self.seen = "", {}

    def line_id(self, text: str) -> str:
        second = text.partition("|")[0]
        if second != self.second:
            self.second, self.seen = second, {}
        first = self._id(text, 1)  # kept instead of the text, which may contain a number
        ordinal = self.seen[first] = self.seen.get(first, 0) + 1
        return first if ordinal == 1 else self._id(text, ordinal)

    def _id(self, text: str, ordinal: int) -> str:
        told = f"{self._source}\n{text}\n{ordinal}".encode()
        return hashlib.sha256(told).hexdigest()[:24]
