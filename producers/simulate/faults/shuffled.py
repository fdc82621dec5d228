"""Fault `shuffled`: every fact takes up to a minute, so that they overtake one another and the ticks."""

from collections.abc import Iterable
from random import Random

from msgspec.structs import replace

from producers.simulate.faults.parcel import Parcel, travels_alone
from schemas.millis import MINUTE


class Shuffled:
    def __init__(self, lot: Random) -> None:
        self._lot = lot
        self.struck = 0

    def apply(self, parcel: Parcel) -> Iterable[Parcel]:
        if not travels_alone(parcel):
            return (parcel,)
        self.struck += 1
        return (replace(parcel, due=parcel.due + self._lot.randrange(MINUTE)),)
