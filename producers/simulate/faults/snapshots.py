"""Fault `snapshots`: nodes list who waits, omit some of them, and add some who never called."""

from collections.abc import Iterable
from random import Random

from producers.simulate.faults.parcel import Parcel
from schemas.calls import (
    Abandoned,
    Answered,
    CallbackRequested,
    Exited,
    LegEvent,
    LegFact,
    Present,
    Queued,
    SnapshotBegin,
    SnapshotEnd,
    SourceMark,
)
from schemas.millis import MINUTE, SECOND

_EVERY_MS = (20 * MINUTE, 60 * MINUTE)
_LEFT_OUT_SHARE = 0.3
_UNKNOWN_SHARE = 0.7  # of the snapshots
_DATED_SHARE = 0.6  # of the unknown: with a wait, so their arrival is known
_WAIT_MS = (5 * SECOND, 5 * MINUTE)
_LEAVES = (Answered, Abandoned, Exited, CallbackRequested)


class Snapshots:
    """`name` is that of the run: part of the ids of callers who never called."""

    def __init__(self, draw: Random, sources: tuple[str, ...], begin: int, name: str) -> None:
        self._draw = draw
        self._name = name
        self._next = {source: begin + draw.randrange(*_EVERY_MS) for source in sources}
        self._waiting: dict[str, dict[str, str]] = {source: {} for source in sources}  # leg: queue
        self._queues: dict[str, list[str]] = {source: [] for source in sources}
        self._unknown = 0
        self.struck = 0

    def apply(self, parcel: Parcel) -> Iterable[Parcel]:
        event = parcel.event
        told: list[Parcel] = []
        if event.at >= self._next[event.source]:
            told = self._snapshot(event.source, parcel.due)
        if isinstance(event, LegEvent):
            if isinstance(event, Queued):
                self._waiting[event.source][event.leg_id] = event.queue
                if event.queue not in self._queues[event.source]:
                    self._queues[event.source].append(event.queue)
            elif isinstance(event, _LEAVES):
                self._waiting[event.source].pop(event.leg_id, None)
        return (*told, parcel)

    def _snapshot(self, source: str, due: int) -> list[Parcel]:
        draw, at = self._draw, self._next[source]
        self._next[source] = at + draw.randrange(*_EVERY_MS)
        begin = SnapshotBegin(event_id=f"{source}:snapshot:{at}", at=at, source=source)
        end = SnapshotEnd(event_id=f"{source}:snapshot-end:{at}", at=at, source=source)
        named: list[Present] = []
        for leg, queue in self._waiting[source].items():
            if draw.random() < _LEFT_OUT_SHARE:
                self.struck += 1
            else:
                named.append(_present(source, at, leg, queue, None))
        if self._queues[source] and draw.random() < _UNKNOWN_SHARE:
            self.struck += 1
            self._unknown += 1
            leg, queue = f"{self._name}-unknown-{self._unknown}", draw.choice(self._queues[source])
            wait_ms = draw.randrange(*_WAIT_MS) if draw.random() < _DATED_SHARE else None
            named.append(_present(source, at, leg, queue, wait_ms))
        lines: tuple[LegFact | SourceMark, ...] = (begin, *named, end)
        return [Parcel(due, "calls", event) for event in lines]


def _present(source: str, at: int, leg: str, queue: str, wait_ms: int | None) -> Present:
    return Present(
        event_id=f"{leg}:p{at}", at=at, source=source, queue=queue, leg_id=leg, wait_ms=wait_ms
    )
