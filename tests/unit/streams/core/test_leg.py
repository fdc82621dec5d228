"""Facts of a leg are absorbed in any order, each at most once."""

import itertools
from typing import Any

import pytest

from schemas.millis import SECOND
from streams.core.leg import absorb, answer_time, arrival, judged_at, new_leg
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
    absorb(leg, call("queued", "ada", AT + 9))
    assert not absorb(leg, call("queued", "ada", AT + 9))
    assert (leg.queued_at, leg.queued_again_at) == (AT, AT + 9)


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


def test_an_answer_that_was_told_is_not_moved_by_what_the_end_says() -> None:
    facts = [call("queued", "ada", AT), call("answered", "ada", AT + 20_000)]
    assert (
        answer_time(told(*facts, call("ended", "ada", AT + 60_000, talk_ms=30_000))) == AT + 20_000
    )


def test_a_wait_that_comes_with_a_fact_told_before_is_news() -> None:
    leg = told(call("answered", "ada", AT), call("present", "ada", AT - 1_000))
    assert absorb(leg, call("answered", "ada", AT, wait_ms=4_000))
    assert arrival(leg) == AT - 4_000
    assert absorb(leg, call("present", "ada", AT - 2_000, wait_ms=3_000))
    assert arrival(leg) == AT - 5_000
    assert not absorb(leg, call("present", "ada", AT - 2_000, wait_ms=3_000))


def test_a_leg_is_judged_by_the_targets_of_its_arrival_or_of_its_first_event_without_one() -> None:
    assert judged_at(told(call("offered", "ada", AT + 9), call("queued", "ada", AT))) == AT
    assert (
        judged_at(told(call("offered", "ada", AT + 9), call("offer_missed", "ada", AT))) == AT + 9
    )


def test_what_nobody_told_of_a_leg_is_empty() -> None:
    leg = told(call("answered", "ada", AT))
    texts = [value for value in (getattr(leg, n) for n in leg.__struct_fields__) if value]
    assert texts == ["ada", AT, "node", AT, "voice", "inbound", AT]


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


def test_a_finished_leg_says_all_of_it_at_once() -> None:
    leg = told(
        call(
            "leg", "ada", AT + 90_000, arrived_at=AT, answered_at=AT + 20_000, ended_at=AT + 80_000,
            wait_ms=19_000, hold_ms=7_000, agent="ann", caller="c" * 32, missed_offers=2,
        ),
    )  # fmt: skip
    assert (leg.queued_at, leg.answered_at, leg.ended_at) == (AT, AT + 20_000, AT + 80_000)
    assert (leg.answer_wait_ms, leg.hold_ms, leg.missed_extra) == (19_000, 7_000, 2)
    assert (leg.agent, leg.exits, leg.closed_as, leg.closed_reason) == ("ann", (), "", "")


def test_a_finished_answer_without_a_time_was_when_the_caller_left_the_line() -> None:
    leg = told(call("leg", "ada", AT + 90_000, arrived_at=AT, left_at=AT + 5_000))
    assert leg.answered_at == AT + 5_000
    leg = told(call("leg", "ada", AT + 90_000, arrived_at=AT))
    assert leg.answered_at == AT + 90_000


def test_a_finished_leg_that_was_refused_never_came_into_the_queue() -> None:
    leg = told(call("leg", "ada", AT + 5, arrived_at=AT, outcome="rejected"))
    assert arrival(leg) is None
    assert leg.exits == ((AT + 5, "rejected", "", -1),)
