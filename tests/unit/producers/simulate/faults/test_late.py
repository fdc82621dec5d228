"""Fault `late`: some facts take their time, nothing else changes."""

from random import Random

from msgspec.structs import replace

from producers.simulate.faults.late import Late
from producers.simulate.faults.parcel import Parcel, travels_alone
from schemas.millis import HOUR, SECOND
from tests.unit.producers.simulate.faults.conftest import struck


def test_one_fact_in_a_hundred_comes_seconds_to_hours_later(said: list[Parcel]) -> None:
    fault = Late(Random(1))
    after = struck(fault, said)
    assert [replace(parcel, due=parcel.event.at) for parcel in after] == said
    late = [parcel for parcel in after if parcel.due > parcel.event.at]
    assert len(late) == fault.struck
    assert 0.007 < len(late) / sum(map(travels_alone, said)) < 0.013
    assert all(travels_alone(parcel) for parcel in late)
    waits = sorted(parcel.due - parcel.event.at for parcel in late)
    assert waits[0] >= SECOND
    assert waits[len(waits) // 2] < 10 * 60 * SECOND
    assert waits[-1] > HOUR


def test_nothing_comes_near_the_limit_at_which_calls_are_forgotten(said: list[Parcel]) -> None:
    """Six hours are counted in steps: there alone two honest recounts could differ."""
    after = struck(Late(Random(2)), said * 3)
    assert not [p for p in after if 4 * HOUR < p.due - p.event.at < 8 * HOUR]
    assert [p for p in after if p.due - p.event.at >= 8 * HOUR]
