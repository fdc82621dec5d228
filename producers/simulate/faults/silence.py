"""Fault `silence`: one source sends nothing for minutes; then everything comes at once, or is lost."""

from collections.abc import Iterable
from random import Random

from msgspec.structs import replace

from producers.simulate.faults.parcel import Parcel
from producers.simulate.faults.spells import Spells
from schemas.calls import Mark
from schemas.millis import MINUTE

_CALM_MS = 150 * MINUTE
_LENGTH_MS = (6 * MINUTE, 15 * MINUTE)


class Silence:
    def __init__(self, draw: Random, source: str, begin: int) -> None:
        self._source = source
        self._spells = Spells(draw, begin, _CALM_MS, _LENGTH_MS)
        self._seen_to = begin

    @property
    def struck(self) -> int:
        return self._spells.begun(self._seen_to)

    def apply(self, parcel: Parcel) -> Iterable[Parcel]:
        if parcel.event.source != self._source:
            return (parcel,)
        # By the time of delivery: a late event may fall into a silence hours after its own time.
        spell = self._spells.at(parcel.due)
        if isinstance(parcel.event, Mark):  # they come in the order of time
            self._seen_to = parcel.due
        if spell is None:
            return (parcel,)
        if spell.number % 2:
            return ()
        return (replace(parcel, due=spell.end),)
