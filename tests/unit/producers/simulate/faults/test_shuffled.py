"""Fault `shuffled`: facts overtake one another within a minute; marks and snapshots keep their place."""

from random import Random

from msgspec.structs import replace

from producers.simulate.faults.parcel import Parcel, travels_alone
from producers.simulate.faults.shuffled import Shuffled
from schemas.millis import MINUTE
from tests.unit.producers.simulate.faults.conftest import struck


def test_every_fact_takes_up_to_a_minute(said: list[Parcel]) -> None:
    fault = Shuffled(Random(1))
    after = struck(fault, said)
    assert [replace(parcel, due=parcel.event.at) for parcel in after] == said
    assert {0 <= parcel.due - parcel.event.at < MINUTE for parcel in after} == {True}
    assert [p.due - p.event.at for p in after if not travels_alone(p)] == [0] * sum(
        not travels_alone(parcel) for parcel in said
    )
    order = [parcel.event.at for parcel in sorted(after, key=lambda each: each.due)]
    assert order != sorted(order)
    assert fault.struck == sum(map(travels_alone, said))
