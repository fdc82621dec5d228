"""Facts of a leg are absorbed in any order, each at most once."""

import itertools
from typing import Any

import pytest

from schemas.millis import SECOND
from streams.core.leg import absorb, answer_time, arrival, new_leg
from tests.support.builders import FACTS, MONDAY, call, told

AT = MONDAY


@pytest.mark.parametrize("kind", FACTS)
def test_a_fact_told_again_changes_nothing(kind: str) -> None:
    event = call(kind, "ada", AT, wait_ms=3 * SECOND, contact_id="c1")
    leg = new_leg(event)
    assert absorb(leg, event)
    assert not absorb(leg, event)


def test_facts_commute() -> None:
    events = [
        call("queued", "ada", AT),
        call("answered", "ada", AT + 20_000, agent="bob", wait_ms=19_000),
        call("answered", "ada", AT + 21_000, agent="ann", wait_ms=18_000),
        call("ended", "ada", AT + 60_000, talk_ms=40_000, wait_ms=17_000),
        call("ended", "ada", AT + 61_000, talk_ms=41_000),
    ]
    legs = {
        tuple(getattr(leg, name) for name in leg.__struct_fields__ if name != "placed_at")
        for order in itertools.permutations(events)
        for leg in [told(*order)]
    }
    assert len(legs) == 1


def test_the_first_place_in_the_queue_holds() -> None:
    leg = told(call("queued", "ada", AT + 5, priority=2), call("queued", "ada", AT, priority=1))
    assert (leg.queued_at, leg.priority) == (AT, 1)
    assert not absorb(leg, call("queued", "ada", AT + 9))


def test_a_wait_told_by_the_platform_dates_the_arrival_where_no_start_does() -> None:
    leg = told(
        call("abandoned", "ada", AT, wait_ms=4_000),
        call("present", "ada", AT - 3_000, wait_ms=2_000),
    )
    assert arrival(leg) == AT - 5_000
    absorb(leg, call("queued", "ada", AT - 6_000))
    assert arrival(leg) == AT - 6_000


@pytest.mark.parametrize(
    ("end", "answered_at"),
    [
        ({"talk_ms": 40_000}, AT + 20_000),
        ({"wait_ms": 15_000}, AT + 15_000),
        ({"wait_ms": 90_000}, AT + 60_000),
        ({}, AT + 60_000),
    ],
)
def test_an_end_tells_when_the_answer_was(end: dict[str, Any], answered_at: int) -> None:
    leg = told(call("queued", "ada", AT), call("ended", "ada", AT + 60_000, **end))
    assert answer_time(leg) == answered_at


def test_nobody_answered_who_was_not_said_to() -> None:
    assert answer_time(told(call("queued", "ada", AT))) is None


def test_a_finished_leg_that_comes_again_corrects_the_one_before() -> None:
    first = call("leg", "ada", AT, outcome="abandoned", arrived_at=AT - 9_000, wait_ms=9_000)
    again = call("leg", "ada", AT, outcome="ghost", arrived_at=AT - 9_000, reason="sweep")
    leg = told(first, again)
    assert (leg.exits, leg.closed_as, leg.closed_at) == ((), "ghost", AT)
    assert not absorb(leg, again)
    absorb(leg, first)
    assert (leg.exits, leg.closed_at) == (((AT, "abandoned", "", 9_000),), None)
