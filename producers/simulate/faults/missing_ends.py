"""Fault `missing-ends`: one call in thirty whose leaving the queue, or whose end, nobody tells."""

from collections.abc import Iterable
from random import Random

from producers.simulate.faults.parcel import Parcel
from schemas.calls import Abandoned, CallbackRequested, Ended, Exited

_SHARE = 0.03
_ENDS = (Abandoned, Exited, CallbackRequested, Ended)


class MissingEnds:
    def __init__(self, lot: Random) -> None:
        self._lot = lot
        self.struck = 0

    def apply(self, parcel: Parcel) -> Iterable[Parcel]:
        if not isinstance(parcel.event, _ENDS) or self._lot.random() >= _SHARE:
            return (parcel,)
        self.struck += 1
        return ()
