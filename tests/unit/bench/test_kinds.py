"""What a backlog of the benchmark is made of."""

from producers.simulate.reporter import Said
from schemas.agents import AgentState
from schemas.calls import Queued, Tick
from schemas.millis import from_iso
from tests.bench.kinds import Mix, mix_of, only

AT = from_iso("2026-03-02T09:00:00Z")
CALL = Queued(event_id="1", at=AT, source="pbx", queue="bills", leg_id="1")
AGENT = AgentState(
    event_id="2", at=AT, source="pbx", agent="ada", routing_state="available", since=AT
)
TICK = Tick(event_id="3", at=AT, source="pbx")
SAID: list[Said] = [
    ("calls", CALL), ("agents", AGENT), ("agents", AGENT), ("agents", AGENT), ("calls", TICK), ("agents", TICK),
]  # fmt: skip


def test_the_mix_is_named_and_marks_are_in_no_part_of_it() -> None:
    assert mix_of(SAID) == Mix(calls=1, agents=3)
    assert str(mix_of(SAID)) == "25% call events, 75% agent events"


def test_a_part_has_its_own_marks_and_nothing_of_the_other() -> None:
    assert only(SAID, "calls") == [("calls", CALL), ("calls", TICK)]
    assert only(SAID, "agents") == [("agents", AGENT), ("agents", AGENT), ("agents", AGENT), ("agents", TICK)]  # fmt: skip


def test_of_nothing_there_is_no_share() -> None:
    assert str(mix_of([])) == "100% call events, 0% agent events"
