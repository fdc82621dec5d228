"""Fault `snapshots`: whole lists at one moment, that leave some out and name some who never called."""

from random import Random

from producers.simulate.faults.parcel import Parcel
from producers.simulate.faults.snapshots import Snapshots
from schemas.calls import (
    Abandoned,
    Answered,
    CallbackRequested,
    Exited,
    LegEvent,
    Present,
    Queued,
    SnapshotBegin,
    SnapshotEnd,
)
from tests.support.faulty import MORNING
from tests.unit.producers.simulate.faults.conftest import SOURCES, struck


def test_lists_of_who_waits_that_are_wrong(said: list[Parcel]) -> None:
    fault = Snapshots(Random(6), SOURCES, MORNING, "run")
    after = struck(fault, said)
    was_said = {id(p) for p in said}
    assert [p for p in after if id(p) in was_said] == said
    waiting: dict[str, set[str]] = {source: set() for source in SOURCES}
    named: set[str] = set()
    left_out = unknown = snapshots = 0
    for parcel in after:
        event = parcel.event
        if isinstance(event, SnapshotBegin):
            named = set()
        elif isinstance(event, Present):
            named.add(event.leg_id)
        elif isinstance(event, SnapshotEnd):
            snapshots += 1
            left_out += len(waiting[event.source] - named)
            unknown += len(named - waiting[event.source])
            assert all(leg.startswith("run-unknown-") for leg in named - waiting[event.source])
        elif isinstance(event, Queued):
            waiting[event.source].add(event.leg_id)
        elif isinstance(event, Answered | Abandoned | Exited | CallbackRequested):
            waiting[event.source].discard(event.leg_id)
    assert snapshots >= 6
    assert left_out > 0
    assert unknown > 0
    assert fault.struck == left_out + unknown


def test_a_list_is_of_one_source_and_one_moment(said: list[Parcel]) -> None:
    after = struck(Snapshots(Random(6), SOURCES, MORNING, "run"), said)
    begun: Parcel | None = None
    for parcel in after:
        if isinstance(parcel.event, SnapshotBegin):
            begun = parcel
        elif begun is not None:
            event, began = parcel.event, begun.event
            assert (parcel.due, event.at, event.source) == (begun.due, began.at, began.source)
            assert isinstance(event, Present | SnapshotEnd)
            begun = None if isinstance(event, SnapshotEnd) else begun
    waits = {p.event.wait_ms is None for p in after if isinstance(p.event, Present)}
    assert waits == {True, False}
    queues = {p.event.leg_id: p.event.queue for p in said if isinstance(p.event, LegEvent)}
    known = [p.event for p in after if isinstance(p.event, Present) and p.event.leg_id in queues]
    assert all(event.queue == queues[event.leg_id] for event in known)
