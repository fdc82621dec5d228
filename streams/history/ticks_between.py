"""Ticks, which the archive does not keep, made again between the events that it keeps. Pure.

Without them event time would stand still while a queue is quiet, and a caller who waits alone would raise no
alert. Rule 1: between two events of a source its clock runs evenly from the one to the other, in event time
and in the order of the log: by the broker's time, and by their order where that is the same. Rule 2: where the next event is more than `HORIZON_MS` of the broker's time away, and
after the last one, the clock runs as fast as the broker's. So a source that was silent is not seen as silent.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from msgspec import Struct, field

from schemas.calls import Tick
from schemas.codec import encode
from schemas.millis import DAY, HOUR
from schemas.timing import STEP_MS
from streams.core.unit import Record

HORIZON_MS = DAY  # so much of one partition is held in memory at most
_ENDS = "end_of_input"
# The place of a record in the log: the broker's time of a whole batch is the same.
_PLACES = 1_000  # in a millisecond of the broker


class ArchivedEvent(NamedTuple):
    """A row of table `events`: one record of `calls`."""

    offset: int
    appended_at: int
    type: str
    at: int
    source: str
    body: str


class Told(NamedTuple):
    """A record for the stream, and its event time."""

    at: int
    record: Record


class _Clock(Struct):
    """One source. A point is (event time, place) of an event that moved its clock on."""

    newest: int  # of the events that were read ahead
    last: tuple[int, int] | None = None  # the last point that was given out
    told: int = 0  # of the last tick
    ahead: deque[tuple[int, int]] = field(default_factory=deque)
    ended: bool = False

    def next_tick(self) -> int:
        at = 0 if self.last is None else self.last[0]
        return max(at, self.told) // STEP_MS * STEP_MS + STEP_MS

    def due(self, place: int, until: int) -> Iterator[tuple[int, int]]:
        """(place, event time) of the ticks up to that place, none after `until`."""
        if self.last is None or self.ended:
            return
        at, came = self.last
        next_at, next_came = self.ahead[0] if self.ahead else (None, None)
        tick = self.next_tick()
        while tick <= (until if next_at is None else next_at):
            when = came + (tick - at) * _PLACES
            if next_at is not None and next_came is not None:
                when = came + (tick - at) * (next_came - came) // (next_at - at)
            if when > place:
                return
            self.told = tick
            yield when, tick
            tick += STEP_MS


def with_ticks(events: Iterable[ArchivedEvent], until: int) -> Iterator[Told]:
    """The events in the order of the log, and a tick on every boundary between; at the end up to `until`."""
    between = _Between(until)
    for event in events:
        between.read(event)
        yield from between.ready(event.appended_at)
    yield from between.rest()


class _Between:
    def __init__(self, until: int) -> None:
        self._until = until
        self._held: deque[tuple[ArchivedEvent, int]] = deque()  # with their places
        self._place = 0
        self._clocks: dict[str, _Clock] = {}
        self._offset = -1

    def read(self, event: ArchivedEvent) -> None:
        self._place = max(self._place + 1, event.appended_at * _PLACES)
        self._held.append((event, self._place))
        clock = self._clocks.get(event.source)
        if clock is None:
            clock = self._clocks[event.source] = _Clock(event.at)
        elif event.at <= clock.newest:
            return
        clock.newest = event.at
        clock.ahead.append((event.at, self._place))

    def ready(self, read_to: int) -> Iterator[Told]:
        """What can be given out: the next event of each source is known, or is too far away."""
        while self._held and (
            read_to - self._held[0][0].appended_at > HORIZON_MS
            or all(c.ahead or c.ended for c in self._clocks.values())
        ):
            yield from self._give(*self._held.popleft())

    def rest(self) -> Iterator[Told]:
        while self._held:
            yield from self._give(*self._held.popleft())
        going = [c for c in self._clocks.values() if not c.ended]
        to = max((c.last[1] for c in going if c.last is not None), default=0)
        while any(c.next_tick() <= self._until for c in going):
            to += HOUR * _PLACES  # in pieces: the ticks of all sources are sorted in memory
            yield from self._ticks(to)

    def _give(self, event: ArchivedEvent, place: int) -> Iterator[Told]:
        clock = self._clocks[event.source]
        yield from self._ticks(place)
        if clock.ahead and clock.ahead[0] == (event.at, place):
            clock.last = clock.ahead.popleft()
        clock.ended = event.type == _ENDS
        yield self._record(event.at, event.appended_at, event.body.encode())

    def _ticks(self, place: int) -> Iterator[Told]:
        due = [
            (when, at, source)
            for source, clock in self._clocks.items()
            for when, at in clock.due(place, self._until)
        ]
        for when, at, source in sorted(due):
            tick = Tick(event_id=f"tick-{at}", at=at, source=source)
            yield self._record(at, when // _PLACES, encode(tick))

    def _record(self, at: int, appended_at: int, value: bytes) -> Told:
        self._offset += 1
        return Told(at, Record(self._offset, appended_at, b"", value))
