"""Fault `missing-ends`: of one call in thirty the leaving of the queue, or the end, is not reported."""

from collections.abc import Iterable
from random import Random

from producers.simulate.faults.parcel import Parcel
from schemas.calls import Abandoned, CallbackRequested, Ended, Exited

_SHARE = 0.03
_ENDS = (Abandoned, Exited, CallbackRequested, Ended)


class MissingEnds:
    def __init__(self, draw: Random) -> None:
        self._draw = draw
        self.struck = 0

    def apply(self, parcel: Parcel) -> Iterable[Parcel]:
        if not isinstance(parcel.event, _ENDS) or self._draw.random() >= _SHARE:
            return (parcel,)
        self.struck += 1
        return ()
