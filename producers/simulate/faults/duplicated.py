"""Fault `duplicated`: one fact in fifty is delivered a second time, soon or most of a day later."""

from collections.abc import Iterable
from random import Random

from msgspec.structs import replace

from producers.simulate.faults.parcel import Parcel, travels_alone
from schemas.millis import HOUR, MINUTE

_SHARE = 0.02
_TOO_OLD_SHARE = 0.001
_SOON_MS = (0, 20 * MINUTE)
_TOO_OLD_MS = (8 * HOUR, 9 * HOUR)  # the call is forgotten by then


class Duplicated:
    def __init__(self, lot: Random) -> None:
        self._lot = lot
        self.struck = 0

    def apply(self, parcel: Parcel) -> Iterable[Parcel]:
        if not travels_alone(parcel) or (drawn := self._lot.random()) >= _SHARE:
            return (parcel,)
        self.struck += 1
        after = self._lot.randrange(*(_TOO_OLD_MS if drawn < _TOO_OLD_SHARE else _SOON_MS))
        return (parcel, replace(parcel, due=parcel.due + after))
