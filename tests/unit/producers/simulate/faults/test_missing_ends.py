"""Fault `missing-ends`: some ends are never told, and nothing else is lost."""

from random import Random

from producers.simulate.faults.missing_ends import MissingEnds
from producers.simulate.faults.parcel import Parcel
from schemas.calls import Abandoned, CallbackRequested, Ended, Exited
from tests.unit.producers.simulate.faults.conftest import struck


def test_some_ends_are_lost_and_nothing_else(said: list[Parcel]) -> None:
    fault = MissingEnds(Random(1))
    after = struck(fault, said)
    left = iter(after)
    kept = next(left)
    lost = []
    for parcel in said:
        if parcel is kept:
            kept = next(left, parcel)
        else:
            lost.append(parcel)
    assert len(lost) == fault.struck == len(said) - len(after)
    assert {type(parcel.event) for parcel in lost} >= {Ended, Abandoned}
    assert {type(parcel.event) for parcel in lost} <= {Ended, Abandoned, Exited, CallbackRequested}
    assert 0.02 < len(lost) / sum(isinstance(p.event, Ended | Abandoned) for p in said) < 0.04
