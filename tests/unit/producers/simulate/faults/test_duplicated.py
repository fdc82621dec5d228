"""Fault `duplicated`: some facts come twice, byte for byte."""

from collections import Counter
from random import Random

from producers.simulate.faults.duplicated import Duplicated
from producers.simulate.faults.parcel import Parcel, travels_alone
from schemas.codec import encode
from schemas.millis import HOUR, MINUTE
from tests.unit.producers.simulate.faults.conftest import struck


def test_some_facts_come_twice(said: list[Parcel]) -> None:
    fault = Duplicated(Random(1))
    after = struck(fault, said)
    times = Counter(encode(parcel.event) + parcel.topic.encode() for parcel in after)
    twice = [parcel for parcel in said if times[encode(parcel.event) + parcel.topic.encode()] == 2]
    assert set(times.values()) == {1, 2}
    assert len(after) - len(said) == len(twice) == fault.struck
    assert all(travels_alone(parcel) for parcel in twice)
    assert 0.015 < len(twice) / sum(map(travels_alone, said)) < 0.025
    delays = sorted(parcel.due - parcel.event.at for parcel in after)
    assert delays[-1] > 8 * HOUR
    assert not [delay for delay in delays if 20 * MINUTE < delay < 8 * HOUR]
