"""Fault `clock`: from time to time the clock of one source is ahead or behind for a while.

All its events then have a wrong time; if the clock jumps during a call, its wait is wrong.
"""

from collections.abc import Iterable
from random import Random

from msgspec.structs import replace

from producers.simulate.faults.parcel import Parcel
from producers.simulate.faults.spells import Spells
from schemas.agents import AgentState
from schemas.millis import MINUTE, SECOND

# Multiples of the tick, so that event time passes a boundary with a tick, in all partitions together.
# In a live run events more than 5 s ahead are refused; in a run of the past no event is ahead of now.
_SKEWS_MS = (-120 * SECOND, -30 * SECOND, -5 * SECOND, 5 * SECOND, 60 * SECOND)
_CALM_MS = 90 * MINUTE
_LENGTH_MS = (10 * MINUTE, 40 * MINUTE)


class WrongClock:
    def __init__(self, draw: Random, source: str, begin: int) -> None:
        self._source = source
        self._spells = Spells(draw, begin, _CALM_MS, _LENGTH_MS)
        self._seen_to = begin

    @property
    def struck(self) -> int:
        return self._spells.begun(self._seen_to)

    def apply(self, parcel: Parcel) -> Iterable[Parcel]:
        event = parcel.event
        if event.source != self._source:
            return (parcel,)
        self._seen_to = event.at
        spell = self._spells.at(event.at)
        if spell is None:
            return (parcel,)
        skew = _SKEWS_MS[spell.number % len(_SKEWS_MS)]
        if isinstance(event, AgentState):
            shifted = replace(event, at=event.at + skew, since=event.since + skew)
            return (replace(parcel, event=shifted),)
        return (replace(parcel, event=replace(event, at=event.at + skew)),)
