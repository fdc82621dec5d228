"""A leg as the row that leaves the stream: what it shows, and what it does not show yet."""

from streams.core.leg_row import leg_row
from tests.support.builders import MONDAY, call, targets
from tests.unit.streams.core.test_line import entry

QUEUED = call("queued", "ada", MONDAY)


def test_a_leg_without_a_place_in_time_has_no_row() -> None:
    assert leg_row("billing", entry(call("abandoned", "ada", MONDAY)), None, "live") is None


def test_offers_are_told_when_the_leg_has_left_and_missed_ones_at_once() -> None:
    ringing = (QUEUED, call("offered", "ada", MONDAY + 1, agent="ann"))
    missed = call("offer_missed", "ada", MONDAY + 2, agent="ann")
    row = leg_row("billing", entry(*ringing, missed), None, "live")
    assert row is not None
    assert (row.outcome, row.offers, row.missed_offers) == ("open", 0, 1)
    left = leg_row(
        "billing", entry(*ringing, missed, call("abandoned", "ada", MONDAY + 9)), None, "live"
    )
    assert left is not None
    assert (left.outcome, left.offers, left.wait_ms, left.answered_at) == ("abandoned", 1, 9, None)


def test_it_carries_the_targets_that_judged_it_or_none() -> None:
    answered = entry(QUEUED, call("answered", "ada", MONDAY + 9, agent="ann"))
    promise = targets(goal=0.9)
    row = leg_row("billing", answered, promise, "history")
    assert row is not None
    assert (row.goal, row.answer_within_ms, row.feed) == (0.9, promise.answer_within_ms, "history")
    assert (row.answered_at, row.left_at, row.agent) == (MONDAY + 9, MONDAY + 9, "ann")
    bare = leg_row("billing", answered, None, "live")
    assert bare is not None
    assert (bare.goal, bare.formula) == (None, None)
