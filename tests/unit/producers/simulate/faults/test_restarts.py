"""Fault `restarts`: a node says so, and of the calls that were open there nothing is heard again."""

from random import Random

from producers.simulate.faults.parcel import Parcel
from producers.simulate.faults.restarts import Restarts
from schemas.calls import LegEvent, Queued, Restarted, WrapEnded
from schemas.millis import MINUTE
from tests.support.faulty import MORNING
from tests.unit.producers.simulate.faults.conftest import SOURCES, struck


def test_the_open_calls_of_the_node_vanish(said: list[Parcel]) -> None:
    fault = Restarts(Random(5), SOURCES, MORNING)
    after = struck(fault, said)
    marks = [p for p in after if isinstance(p.event, Restarted)]
    assert [p.topic for p in marks] == ["calls", "agents"] * fault.struck
    restarts = {p.event.source: p.event.at for p in reversed(marks)}  # the first of each
    assert len(restarts) > 1
    assert all(at >= MORNING + 45 * MINUTE for at in restarts.values())
    kept = {id(p) for p in after}
    lost = [p.event for p in said if id(p) not in kept]
    assert lost
    assert all(isinstance(event, LegEvent) for event in lost)
    queued_at = {p.event.leg_id: p.event.at for p in said if isinstance(p.event, Queued)}
    over_at = {p.event.leg_id: p.event.at for p in said if isinstance(p.event, WrapEnded)}
    for event in lost:
        assert isinstance(event, LegEvent)
        assert any(
            queued_at[event.leg_id] < mark.event.at <= event.at
            for mark in marks
            if mark.event.source == event.source
        )
    legs = {event.leg_id for event in lost if isinstance(event, LegEvent)}
    for source, at in restarts.items():
        talking = {
            p.event.leg_id for p in said
            if isinstance(p.event, Queued) and p.event.source == source and p.event.at < at
            and over_at.get(p.event.leg_id, 0) > at
        }  # fmt: skip
        assert talking <= legs
