"""Agents: the newest state for the roster, and the spells that have ended."""

from typing import Any

import pytest

from schemas.agents import AgentState, RosterEntry, Spell
from schemas.codec import decode_as, encode
from schemas.quarantine import Quarantined
from schemas.topics import offset_of
from streams.core.agents_unit import AgentsUnit
from streams.core.unit import Output, Record
from tests.support.builders import MONDAY, agent, mark

AT = MONDAY


class Floor:
    """An agents partition and what it wrote."""

    def __init__(self) -> None:
        self.pieces: dict[bytes, bytes | None] = {}
        self.outputs: list[Output] = []
        self.offset = 0
        self.unit = self._fresh()

    def _fresh(self) -> AgentsUnit:
        unit = AgentsUnit(0, 1)
        unit.set_targets([])
        for key, value in self.pieces.items():
            unit.load(key, value)
        unit.load(b"calls|cursor", b"of another unit")
        unit.start(0)
        return unit

    def say(self, *events: Any, at: int = AT + 10_000) -> "Floor":
        for event in events:
            value = event if isinstance(event, bytes) else encode(event)
            self.unit.apply([Record(self.offset, at, b"ann", value)])
            self.offset += 1
        return self

    def checkpoint(self) -> None:
        if found := self.unit.checkpoint():
            self.pieces.update(found.pieces)
            self.outputs += found.outputs
            self.unit.commit_done()

    def restart(self) -> "Floor":
        self.checkpoint()
        self.unit = self._fresh()
        return self

    def roster(self) -> RosterEntry:
        self.checkpoint()
        return [decode_as(RosterEntry, o.value) for o in self.outputs if o.topic == "roster"][-1]

    def refused(self) -> list[tuple[str, str]]:
        self.checkpoint()
        rows = [decode_as(Quarantined, o.value) for o in self.outputs if o.topic == "quarantine"]
        return [(row.reason, row.detail) for row in rows]

    def spells(self) -> list[tuple[str, int, int | None]]:
        """Newest version of each: (state, from, to) in seconds after AT."""
        self.checkpoint()
        newest = {
            spell.started_at: spell
            for output in self.outputs
            if output.topic == "spells"
            for spell in [decode_as(Spell, output.value)]
        }
        return [
            (s.state, (s.started_at - AT) // 1000, s.ended_at and (s.ended_at - AT) // 1000)
            for s in newest.values()
        ]


AVAILABLE = agent("available", "ann", AT)
TALKING = agent("available", "ann", AT + 5_000, doing="talking")


def test_a_spell_ends_where_the_next_begins() -> None:
    floor = Floor().say(AVAILABLE, TALKING)
    assert floor.spells() == [("available", 0, 5), ("talking", 5, None)]
    assert (floor.roster().activity, offset_of(floor.roster().version)) == ("talking", 1)


def test_the_same_state_again_goes_on_and_a_report_from_before_is_late() -> None:
    floor = Floor().say(AVAILABLE, agent("available", "ann", AT + 8_000))
    assert (floor.roster().since, floor.roster().at) == (AT, AT + 8_000)
    floor.say(TALKING)  # at five: the report of eight knows better
    assert floor.spells() == [("available", 0, None)]
    assert floor.unit.results == {"applied": 2, "duplicate": 1, "quarantined": 0}


def test_two_states_of_one_instant_come_in_order_and_a_repeat_is_a_duplicate() -> None:
    paused = agent("not_ready", "ann", AT, reason="lunch")
    floor = Floor().say(AVAILABLE, paused, paused)
    assert floor.roster().routing_state == "not_ready"
    assert floor.unit.results == {"applied": 2, "duplicate": 1, "quarantined": 0}


def test_other_queues_are_news_and_no_new_spell() -> None:
    floor = Floor().say(AVAILABLE, agent("available", "ann", AT + 1, "repairs"))
    assert floor.roster().queues == ("repairs",)
    assert floor.spells() == [("available", 0, None)]


def test_a_pause_in_one_queue_is_news_and_no_new_spell_and_outlives_the_worker() -> None:
    both = agent("available", "ann", AT, "billing", "repairs")
    paused = agent("available", "ann", AT, "billing", "repairs", not_ready_queues=("repairs",))
    floor = Floor().say(both, paused, paused).restart().say(paused)
    assert floor.unit.results == {"applied": 2, "duplicate": 2, "quarantined": 0}
    assert floor.roster().not_ready_queues == ("repairs",)
    assert floor.spells() == [("available", 0, None)]


def test_a_new_worker_knows_what_the_dead_one_knew() -> None:
    floor = Floor().say(AVAILABLE).restart().say(AVAILABLE, TALKING)
    assert floor.unit.results == {"applied": 2, "duplicate": 1, "quarantined": 0}
    assert floor.spells() == [("available", 0, 5), ("talking", 5, None)]
    assert floor.unit.next_offset == 3


def test_what_cannot_be_read_is_set_aside_and_marks_pass() -> None:
    deep = b'{"type":"tick","event_id":"e","at":1772442005000,"source":"n","x":' + b"[" * 90_000
    floor = Floor().say(deep, agent("available", "ann", AT + 60_000), mark("tick", AT))
    assert floor.unit.results == {"applied": 1, "duplicate": 0, "quarantined": 2}
    assert floor.unit.reasons == {"not_json": 1, "ahead_of_broker": 1}
    floor.checkpoint()
    assert [output.topic for output in floor.outputs] == ["quarantine", "quarantine"]
    assert [output.key for output in floor.outputs] == [b"ann", b"ann"]
    assert floor.refused()[1] == ("ahead_of_broker", "50s ahead of the broker's clock")
    rows = [decode_as(Quarantined, output.value) for output in floor.outputs]
    assert [row.source for row in rows] == ["", "node"]  # nobody knows who sent the first


@pytest.mark.parametrize(("ahead_ms", "applied"), [(5_000, 1), (5_001, 0)])
def test_a_state_up_to_five_seconds_ahead_of_the_broker_is_taken(
    ahead_ms: int, applied: int
) -> None:
    floor = Floor().say(agent("available", "ann", AT + ahead_ms), at=AT)
    assert floor.unit.results["applied"] == applied


def test_a_bug_sets_one_event_aside_and_stops_nobody(monkeypatch: Any) -> None:
    floor = Floor()

    def trip(event: AgentState, record: Record) -> bool:
        raise KeyError(event.agent)

    monkeypatch.setattr(floor.unit, "_state", trip)
    floor.say(AVAILABLE)
    assert floor.unit.reasons == {"internal_error": 1}
    assert floor.refused() == [("internal_error", "KeyError: 'ann'")]


def test_a_unit_without_state_begins_where_its_input_does_and_writes_that_down() -> None:
    unit = AgentsUnit(0, 1)
    unit.start(7)
    assert unit.next_offset == 7
    checkpoint = unit.checkpoint()
    assert checkpoint is not None
    again = AgentsUnit(0, 1)
    for key, value in checkpoint.pieces:
        again.load(key, value)
    again.start(3)  # of what is still in the topic; the cursor knows better
    assert again.next_offset == 7


def test_an_agent_whose_piece_was_deleted_is_unknown() -> None:
    floor = Floor().say(AVAILABLE)
    floor.checkpoint()
    again = AgentsUnit(0, 1)
    for key in floor.pieces:
        again.load(key, None)
    again.start(0)
    again.apply([Record(0, AT, b"ann", encode(AVAILABLE))])
    assert again.results["applied"] == 1


def test_nothing_new_is_no_checkpoint() -> None:
    floor = Floor()
    floor.say(AVAILABLE).checkpoint()
    assert floor.unit.checkpoint() is None
    assert AgentsUnit(0, 1).checkpoint() is None


def is_pressing(unit: AgentsUnit) -> bool:
    return unit.is_pressing  # else mypy takes it for a constant


def test_ticks_alone_do_not_press_for_a_checkpoint() -> None:
    floor = Floor()
    floor.say(AVAILABLE)
    assert is_pressing(floor.unit)
    floor.checkpoint()
    floor.say(mark("tick", AT + 1_000))
    assert not is_pressing(floor.unit)
    floor.say(AVAILABLE)  # a duplicate: who sent it waits for its offset
    assert is_pressing(floor.unit)
