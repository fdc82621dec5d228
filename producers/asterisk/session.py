"""From a position of a queue_log onwards, as long as Kafka takes what it tells."""

import hashlib
import hmac
from collections.abc import Callable, Iterator
from pathlib import Path

from msgspec import Struct, field

from producers.asterisk.lines import parse_line
from producers.asterisk.position import Position, PositionFile
from producers.asterisk.sending import refused_line
from producers.asterisk.telling import Teller
from producers.asterisk.translator import Strange
from producers.delivery import Delivered, send_item
from producers.event_order import TimedEvent
from producers.generations import Lines
from producers.growing_file import GrowingFile
from producers.publisher import Publisher
from producers.timeline import Marks
from schemas.calls import LegEvent
from schemas.millis import SECOND
from schemas.privacy import TokenKey

_NOTED_EVERY_MS = SECOND
_NOTING_SHARE = 20  # a note may cost a twentieth of the time: the memory of a busy node is large
_BOM = b"\xef\xbb\xbf"


class Log(Struct, frozen=True):
    """Which file, which node wrote it, and the key of its callers' tokens."""

    path: Path
    source: str
    key: TokenKey

    def fingerprint(self, head: bytes) -> str:
        """Keyed, as the beginning of a log may name a caller."""
        return hmac.new(self.key.secret, head, hashlib.sha256).hexdigest()[:32]


class Tally(Struct):
    """Since the process began; lines that were read twice count twice."""

    lines: int = 0
    strange: int = 0
    sent: Delivered = field(default_factory=Delivered)


class Session:
    """One connection to Kafka. PublishError ends it; the next one begins at the position noted last."""

    def __init__(
        self, log: Log, file: PositionFile, publisher: Publisher, tally: Tally,
        warn: Callable[[str], None],
    ) -> None:  # fmt: skip
        position = file.read()
        self.ticking = position.ticking
        self._log, self._file, self._publisher, self._tally = log, file, publisher, tally
        self._growing = GrowingFile(log.path, position.kept, log.fingerprint, warn)
        self._teller = Teller(log.source, log.key, position.memory)
        self._marks = Marks(log.source)
        self._empty_at = 0  # when the file was last read to its end
        self.line_at = position.line_at
        self.read_to = self.unread_bytes = 0  # as of the last step; another thread reads them
        self._is_noted, self._is_behind = True, False
        self._is_new = not position.kept.places
        self._inodes: tuple[int, ...] = ()
        self._noted_at = self._noting_ms = 0

    @property
    def problem(self) -> str:
        return self._growing.problem

    def step(self, now: int) -> bool:
        """Send what was written meanwhile; False when there was nothing, and then the clock ticks.

        `now` must have been read before.
        """
        if self._is_new and self._growing.begin():  # else a process that is killed before its
            self._is_new = False  # first note would not know which file it was
            self._note()
        lines = self._growing.read(now)
        self.read_to, self.unread_bytes = self._growing.read_to, self._growing.unread_bytes
        if self._growing.inodes != self._inodes:  # a file without a line is a place to go on, too
            self._inodes, self._is_noted = self._growing.inodes, False
        self._is_behind = lines is not None
        if lines is not None:
            self._tell(lines, now)
            self._is_noted = False
            return True
        self._empty_at = now
        if self._growing.inodes and not self.problem:
            tick = self.ticking.at_end(now)
            if tick is not None:
                self._send_tick(tick)
        return False

    def deliver(self, now: Callable[[], int], *, at_once: bool = False) -> None:
        """Wait until Kafka has it all, and note the position, when that is due."""
        began = now()
        wait_ms = max(_NOTED_EVERY_MS, _NOTING_SHARE * self._noting_ms)
        is_due = not self._is_noted and (at_once or began - self._noted_at >= wait_ms)
        if not is_due and self._is_behind:  # more follows at once; a flush would only hold it up
            return
        self._publisher.flush()
        if not is_due:
            return
        flushed_at = now()
        self._note()
        self._noted_at = now()
        self._noting_ms = self._noted_at - flushed_at

    def close(self) -> None:
        self._growing.close()

    def _note(self) -> None:
        self._file.write(
            Position(
                self._log.source,
                self.line_at,
                self._growing.kept(),
                self.ticking,
                self._teller.memory(),
            )
        )
        self._is_noted = True

    def _tell(self, lines: Lines, now: int) -> None:
        offset = lines.offset
        for raw in lines.lines:
            for item in self._told(raw, offset, now):
                if isinstance(item, Strange):
                    self._refuse(item, raw, (lines.began_at, offset), now)
                else:
                    send_item(item, self._publisher, self._tally.sent)
            offset += len(raw)
            self._tally.lines += 1

    def _told(self, raw: bytes, offset: int, now: int) -> Iterator[TimedEvent | Strange]:
        if not raw.endswith(b"\n"):
            yield Strange("unknown_line", "a line without its end")
            return
        text = _text(raw, offset)
        if not text.strip():
            return
        line = parse_line(text)
        is_idle = self._teller.is_idle
        told = list(self._teller.tell(text, line))
        if line is not None:
            self.line_at = max(self.line_at, line.at)
            self.ticking.came(line.at, self._empty_at)
            if any(not isinstance(item, Strange) for item in told):
                for tick in self.ticking.before(line.at, now, is_idle=is_idle):
                    self._send_tick(tick)
            if any(isinstance(item, LegEvent) for item in told):
                self.ticking.heard = max(self.ticking.heard, line.at)
        yield from told

    def _send_tick(self, at: int) -> None:
        send_item(self._marks.tick(at), self._publisher, self._tally.sent)

    def _refuse(self, strange: Strange, raw: bytes, place: tuple[int, int], now: int) -> None:
        """Its place is the same however often it is read: file by the time it begins with, and byte."""
        self._tally.strange += 1
        log = self._log
        origin = (f"{log.path.name}@{place[0]}", place[1])
        self._publisher.quarantine(
            refused_line(strange, _text(raw, place[1]), origin, now, log.key, log.source)
        )


def _text(raw: bytes, offset: int) -> str:
    """The line as a reader of the finished file sees it: ids are made from it."""
    data = raw.removeprefix(_BOM) if offset == 0 else raw
    return data.decode("utf-8", "backslashreplace").rstrip("\r\n")
