"""Fault `restarts`: a platform node restarts, sends `restarted`, and reports nothing more of its open calls."""

from collections.abc import Iterable
from random import Random

from producers.simulate.faults.parcel import Parcel
from schemas.calls import (
    Abandoned,
    CallbackRequested,
    Exited,
    LegEvent,
    Queued,
    Rejected,
    Restarted,
    WrapEnded,
)
from schemas.millis import MINUTE

_EVERY_MS = (45 * MINUTE, 180 * MINUTE)
_LAST_FACTS = (Abandoned, Exited, CallbackRequested, Rejected, WrapEnded)
_TOPICS = ("calls", "agents")


class Restarts:
    def __init__(self, draw: Random, sources: tuple[str, ...], begin: int) -> None:
        self._draw = draw
        self._next = {source: begin + draw.randrange(*_EVERY_MS) for source in sources}
        self._open: dict[str, set[str]] = {source: set() for source in sources}
        self._gone: set[str] = set()  # legs of which nothing more is reported
        self.struck = 0

    def apply(self, parcel: Parcel) -> Iterable[Parcel]:
        event = parcel.event
        told: list[Parcel] = []
        if event.at >= self._next[event.source]:
            told = self._restart(event.source, parcel.due)
        if isinstance(event, LegEvent):
            is_last = isinstance(event, _LAST_FACTS)
            if event.leg_id in self._gone:
                if is_last:
                    self._gone.discard(event.leg_id)
                return told
            if isinstance(event, Queued):
                self._open[event.source].add(event.leg_id)
            elif is_last:
                self._open[event.source].discard(event.leg_id)
        return (*told, parcel)

    def _restart(self, source: str, due: int) -> list[Parcel]:
        at = self._next[source]
        self._next[source] = at + self._draw.randrange(*_EVERY_MS)
        self._gone |= self._open[source]
        self._open[source] = set()
        self.struck += 1
        mark = Restarted(event_id=f"{source}:restarted:{at}", at=at, source=source)
        return [Parcel(due, topic, mark) for topic in _TOPICS]
