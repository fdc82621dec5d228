"""Fault `late`: one fact in a hundred is delivered seconds to hours late."""

from collections.abc import Iterable
from math import exp, log
from random import Random

from msgspec.structs import replace

from producers.simulate.faults.parcel import Parcel, travels_alone
from schemas.millis import HOUR, SECOND

_SHARE = 0.01
_TOO_OLD_SHARE = 0.0005
_DELAY_MS = (SECOND, 4 * HOUR)
_TOO_OLD_MS = (
    8 * HOUR,
    9 * HOUR,
)  # more than the six hours for which the stream accepts late events


class Late:
    def __init__(self, draw: Random) -> None:
        self._draw = draw
        self.struck = 0

    def apply(self, parcel: Parcel) -> Iterable[Parcel]:
        if not travels_alone(parcel) or (drawn := self._draw.random()) >= _SHARE:
            return (parcel,)
        self.struck += 1
        if drawn < _TOO_OLD_SHARE:
            delay = self._draw.randrange(*_TOO_OLD_MS)
        else:
            delay = int(exp(self._draw.uniform(log(_DELAY_MS[0]), log(_DELAY_MS[1]))))
        return (replace(parcel, due=parcel.due + delay),)
