"""Sends what a live platform reports, from its position on, during one connection to Kafka.

Rule 1: the position is written after Kafka has acknowledged everything up to it.
Rule 2: unless the platform sends ticks itself, ticks are sent between records, when their times show
that time has passed, and at the end of the input (`ticking.py`).
"""

from collections.abc import Callable

from msgspec import Struct, field

from producers.contract import LiveItem, LiveReader, LiveRecord, LiveSource, Refused, Sent
from producers.handing_over import send_item
from producers.position import Position, Positions, unreadable
from producers.publisher import Publisher
from producers.sending import quarantined
from producers.timeline import Marks
from schemas.calls import LegEvent
from schemas.millis import SECOND

_NOTED_EVERY_MS = SECOND
_NOTING_SHARE = 20  # writing positions may take 1/20 of the time: that of a busy node is large


class LiveCounts(Struct):
    """Since the process began; a record that was read twice is counted twice."""

    records: int = 0
    refused: int = 0
    sent: Sent = field(default_factory=Sent)


def opened(
    live: LiveSource, positions: Positions, say: Callable[[str], None]
) -> tuple[LiveReader, Position]:
    """A reader that continues at the position written last; PositionError if that cannot be read."""
    position = positions.read()
    try:
        return live.open(position.snapshot, say), position
    except ValueError as error:  # msgspec's errors are ValueErrors
        raise unreadable(positions.name, error) from None


class Session:
    """One connection to Kafka. PublishError ends it; the next one begins at the position written last."""

    def __init__(
        self,
        live: LiveSource,
        positions: Positions,
        publisher: Publisher,
        counts: LiveCounts,
        say: Callable[[str], None],
    ) -> None:
        self._live, self._positions = live, positions
        self._publisher, self._counts = publisher, counts
        self.reader, position = opened(live, positions, say)
        self.line_at, self.ticking = position.line_at, position.ticking
        self._marks = Marks(live.source)
        self._empty_at = 0  # when the end of the input was reached last
        self._is_noted, self._is_flushed, self._is_behind = True, True, False
        self._noted_at = self._noting_ms = 0

    def step(self, now: int) -> bool:
        """Send what is new; if there is nothing, send a tick if it is due and return False.

        `now` must have been read before the call: a tick up to `now` may only follow a read after it.
        """
        batch = self.reader.next_batch(now)
        self._is_behind = batch is not None
        if batch is not None:
            self._is_noted = False
            for record in batch:
                self._tell(record, now)
            return True
        self._empty_at = now
        if not (self._live.ticks_itself or self.reader.problem):
            tick = self.ticking.at_end(now)
            if tick is not None:
                self._tick(tick)
        return False

    def hand_over(self, now: Callable[[], int], *, at_once: bool = False) -> None:
        """When it is due: wait until Kafka has everything, then write the position."""
        began = now()
        wait_ms = max(_NOTED_EVERY_MS, _NOTING_SHARE * self._noting_ms)
        is_due = not self._is_noted and (at_once or began - self._noted_at >= wait_ms)
        if not is_due and self._is_behind:  # more input is there: a flush would only slow it down
            return
        if not self._is_flushed:
            self._publisher.flush()
            self._is_flushed = True
        if not is_due:
            return
        flushed_at = now()
        position = Position(self._live.source, self.line_at, self.ticking)
        self._positions.write(position, self.reader.snapshot())
        self._is_noted = True
        self._noted_at = now()
        self._noting_ms = self._noted_at - flushed_at

    def close(self) -> None:
        self.reader.close()

    def _tell(self, record: LiveRecord, now: int) -> None:
        items = record.items
        if record.at is not None:
            items = list(items)
            self._tick_before(record, items, now)
        counts, publisher = self._counts, self._publisher
        self._is_flushed = False
        for item in items:
            if isinstance(item, Refused):
                counts.refused += 1
                live = self._live
                row = quarantined(item, live.name, live.source, live.key, now, live=True)
                publisher.quarantine(row)
            else:
                send_item(item, publisher, counts.sent)
        counts.records += 1

    def _tick_before(self, record: LiveRecord, items: list[LiveItem], now: int) -> None:
        """Send the ticks that are due before the record."""
        at = record.at
        if at is None or self._live.ticks_itself:
            return
        self.line_at = max(self.line_at, at)
        self.ticking.came(at, self._empty_at)
        if any(not isinstance(item, Refused) for item in items):
            for tick in self.ticking.before(at, now, is_idle=record.is_idle):
                self._tick(tick)
        if any(isinstance(item, LegEvent) for item in items):
            self.ticking.heard = max(self.ticking.heard, at)

    def _tick(self, at: int) -> None:
        self._is_flushed = False
        send_item(self._marks.tick(at), self._publisher, self._counts.sent)
