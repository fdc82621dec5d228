"""Nodes: each queue is reported by one, marks by all; what is said stays what it was."""

from msgspec.structs import replace

from producers.simulate.engine import Run, Simulation
from producers.simulate.nodes import Nodes
from producers.simulate.source import Source
from schemas.agents import AgentState
from schemas.calls import Mark
from schemas.millis import HOUR, MINUTE
from tests.support.faulty import KEY, MORNING, small_centre


def test_a_centre_has_one_node_and_marks_are_said_by_all() -> None:
    centre = small_centre()
    run = Run(MORNING + 2 * HOUR, 1, KEY, until=MORNING + 130 * MINUTE)
    plain = Source(Simulation(centre, run)).upto(MORNING + 24 * HOUR)
    nodes = Nodes(centre, "node", 2)
    said = Source(Simulation(centre, run), nodes=nodes).upto(MORNING + 24 * HOUR)
    assert nodes.names == ("node-1", "node-2")
    facts = [(t, e) for t, e in said if not isinstance(e, Mark)]
    assert [(t, replace(e, source=run.source)) for t, e in facts] == [
        (t, e) for t, e in plain if not isinstance(e, Mark)
    ]
    centre_of = {demand.queue: demand.centre for demand in centre.demands}
    node_of: dict[str, str] = {}
    for _, event in facts:
        queue = event.queues[0] if isinstance(event, AgentState) else event.queue
        assert node_of.setdefault(centre_of[queue], event.source) == event.source
    assert set(node_of.values()) == set(nodes.names)
    marks = [(t, type(e), e.at, e.source) for t, e in said if isinstance(e, Mark)]
    assert marks == [
        (t, type(e), e.at, name) for t, e in plain if isinstance(e, Mark) for name in nodes.names
    ]
    ids = [(t, e.event_id) for t, e in said]
    assert len(set(ids)) == len(ids)


def test_a_run_that_begins_anew_says_so_by_every_node() -> None:
    centre = small_centre()
    source = Source(Simulation(centre, Run(MORNING, 1, KEY)), nodes=Nodes(centre, "node", 3))
    marks = [event for _, event in source.restarted() if isinstance(event, Mark)]
    assert sorted(mark.source for mark in marks) == sorted(["node-1", "node-2", "node-3"] * 2)
