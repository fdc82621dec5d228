"""Fault `duplicated`: one fact in fifty is delivered a second time, within 20 minutes or 8 to 9 hours later."""

from collections.abc import Iterable
from random import Random

from msgspec.structs import replace

from producers.simulate.faults.parcel import Parcel, travels_alone
from schemas.millis import HOUR, MINUTE

_SHARE = 0.02
_TOO_OLD_SHARE = 0.001
_SOON_MS = (0, 20 * MINUTE)
_TOO_OLD_MS = (8 * HOUR, 9 * HOUR)  # the stream has dropped the call by then


class Duplicated:
    def __init__(self, draw: Random) -> None:
        self._draw = draw
        self.struck = 0

    def apply(self, parcel: Parcel) -> Iterable[Parcel]:
        if not travels_alone(parcel) or (drawn := self._draw.random()) >= _SHARE:
            return (parcel,)
        self.struck += 1
        after = self._draw.randrange(*(_TOO_OLD_MS if drawn < _TOO_OLD_SHARE else _SOON_MS))
        return (parcel, replace(parcel, due=parcel.due + after))
