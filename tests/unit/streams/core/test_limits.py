"""Names that events invent: bounded, told, and never at the cost of a queue that is meant."""

import pytest

from schemas.calls import Queued
from schemas.codec import encode
from streams.core.calls_unit import CallsUnit
from streams.core.limits import Limits, OverLimitError
from streams.core.roster import Roster
from streams.core.unit import Record
from tests.support.builders import BILLING, MONDAY, call, mark, published, targets
from tests.support.story import Outputs


def unit(limits: Limits, *configured: str) -> CallsUnit:
    made = CallsUnit(0, 1, Roster(), limits)
    if configured:
        made.set_targets([published(*map(targets, configured))])
    made.start(0)
    return made


def hear(made: CallsUnit, *events: object) -> list[str]:
    """The reasons of what the unit set aside."""
    first = made.next_offset or 0
    made.apply([Record(first + i, MONDAY, b"k", encode(event)) for i, event in enumerate(events)])
    outputs = Outputs()
    outputs.take(made)
    return [row.reason for row in outputs.quarantined]


def queued(queue: str, leg: str, **more: str) -> object:
    return call("queued", leg, MONDAY, queue, **more)


def test_unknown_queues_are_taken_up_to_the_limit_and_configured_ones_always() -> None:
    made = unit(Limits(unconfigured_queues=2), BILLING)
    assert hear(made, queued("a", "1"), queued("b", "2"), queued("c", "3")) == ["too_many_queues"]
    assert hear(made, queued(BILLING, "4"), queued("a", "5"), queued("b", "6")) == []
    assert made.unconfigured == 2
    assert set(made.monitors) == {"a", "b", BILLING}
    assert {s.queue: s.waiting for s in made.snapshots(MONDAY)} == {"a": 2, "b": 2, BILLING: 1}


def test_a_million_names_leave_as_much_state_as_the_limit() -> None:
    made = unit(Limits(unconfigured_queues=3))
    told = hear(made, *(queued(f"q{n}", str(n)) for n in range(1_000)))
    assert told == ["too_many_queues"] * 997
    assert len(made.monitors) == 3
    assert made.results == {"applied": 3, "duplicate": 0, "quarantined": 997}


def test_a_partition_takes_250_queues_that_nobody_configured_and_a_thousand_sources() -> None:
    """As docs/operator.md says; who needs more raises the limit."""
    event = call("queued", "ada", MONDAY, source="new")
    limits = Limits()
    limits.check_queue(event, 249)
    with pytest.raises(OverLimitError) as too_many:
        limits.check_queue(event, 250)
    assert too_many.value.detail == "this partition has 250 queues already that nobody configured"
    known = [f"node{n}" for n in range(1_000)]
    limits.check_source(event, known[1:])
    with pytest.raises(OverLimitError) as too_many:
        limits.check_source(event, known)
    assert too_many.value.detail == "this partition hears from 1000 sources already"
    assert str(too_many.value) == too_many.value.detail  # what a traceback of it says


def test_publishing_a_queue_makes_room_for_it() -> None:
    made = unit(Limits(unconfigured_queues=1))
    assert hear(made, queued("a", "1"), queued("b", "2")) == ["too_many_queues"]
    made.set_targets([published(targets("a"))])
    assert made.unconfigured == 0
    assert hear(made, queued("b", "2"), queued("c", "3")) == ["too_many_queues"]


def test_what_is_in_the_state_stays_when_the_limit_is_lowered() -> None:
    wide = unit(Limits(unconfigured_queues=9))
    outputs = Outputs()
    wide.apply([Record(n, MONDAY, b"k", encode(queued(f"q{n}", str(n)))) for n in range(3)])
    outputs.take(wide)
    narrow = CallsUnit(0, 1, Roster(), Limits(unconfigured_queues=1))
    for key, value in outputs.pieces.items():
        narrow.load(key, value)
    narrow.start(0)
    assert narrow.unconfigured == 3
    assert hear(narrow, queued("q0", "7"), queued("new", "8")) == ["too_many_queues"]


def test_history_of_an_unknown_queue_needs_no_memory_and_has_no_limit() -> None:
    made = unit(Limits(unconfigured_queues=0))
    leg = call("leg", "1", MONDAY, "a", arrived_at=MONDAY, outcome="abandoned", feed="history")
    assert hear(made, leg) == []
    assert made.monitors == {}


def test_sources_are_limited_too_in_facts_and_in_marks() -> None:
    made = unit(Limits(sources=2))
    first = [queued("a", "1", source="n1"), mark("tick", MONDAY, "n2")]
    assert hear(made, *first) == []
    over = [
        queued("a", "2", source="n3"),
        mark("restarted", MONDAY, "n3"),
        queued("a", "3", source="n1"),
    ]
    assert hear(made, *over) == ["too_many_sources", "too_many_sources"]
    assert set(made.source_times()) == {"n1", "n2"}


def test_a_caller_that_is_no_token_is_set_aside_and_masked() -> None:
    made = unit(Limits())
    event = Queued(event_id="0315550001-q", at=MONDAY, source="n", queue="a", leg_id="0315550001",
                   caller="031 555 0001")  # fmt: skip
    made.apply([Record(0, MONDAY, b"a", encode(event))])
    outputs = Outputs()
    outputs.take(made)
    (row,) = outputs.quarantined
    assert row.reason == "caller_in_clear"
    assert "5550001" not in row.original.replace(" ", "")
    assert not any(b"5550001" in piece.replace(b" ", b"") for piece in outputs.pieces.values())
