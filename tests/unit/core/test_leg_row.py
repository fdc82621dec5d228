"""A leg as the row that leaves the stream."""

from streams.core.leg_row import leg_row
from tests.support.builders import MONDAY, call, targets
from tests.unit.core.test_line import entry

AT = MONDAY
RUNG = (call("queued", "ada", AT), call("offered", "ada", AT + 1, agent="ann"))


def test_a_leg_without_a_known_arrival_has_no_row() -> None:
    assert leg_row("billing", entry(call("offered", "ada", AT)), targets(), "live") is None


def test_offers_are_told_when_the_leg_has_left_so_that_no_row_is_written_for_each() -> None:
    waiting = leg_row("billing", entry(*RUNG), targets(), "live")
    left = leg_row("billing", entry(*RUNG, call("abandoned", "ada", AT + 9)), targets(), "live")
    assert waiting is not None
    assert left is not None
    assert (waiting.offers, left.offers) == (0, 1)


def test_only_an_answered_leg_has_a_time_of_answer_and_only_a_configured_one_a_promise() -> None:
    answered = leg_row("billing", entry(*RUNG, call("answered", "ada", AT + 9)), None, "live")
    left = leg_row("billing", entry(*RUNG, call("abandoned", "ada", AT + 9)), targets(), "live")
    assert answered is not None
    assert left is not None
    assert (answered.answered_at, answered.left_at, answered.goal) == (AT + 9, AT + 9, None)
    assert (left.answered_at, left.left_at, left.goal) == (None, AT + 9, 0.8)
