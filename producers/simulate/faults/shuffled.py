"""Fault `shuffled`: every fact is delayed by up to a minute, so facts overtake one another, and ticks overtake facts."""

from collections.abc import Iterable
from random import Random

from msgspec.structs import replace

from producers.simulate.faults.parcel import Parcel, travels_alone
from schemas.millis import MINUTE


class Shuffled:
    def __init__(self, draw: Random) -> None:
        self._draw = draw
        self.struck = 0

    def apply(self, parcel: Parcel) -> Iterable[Parcel]:
        if not travels_alone(parcel):
            return (parcel,)
        self.struck += 1
        return (replace(parcel, due=parcel.due + self._draw.randrange(MINUTE)),)
