"""What holds for a rule that says nothing about when it cannot be raised."""

from schemas.millis import MINUTE
from streams.core.line import Line
from streams.core.rule import (
    DOUBTFUL_EXTRA_MS,
    NOT_ASKED,
    PERHAPS_GONE,
    HoldingTimes,
    UnknownRule,
    not_evaluated,
)
from streams.core.windows import Windows


def test_by_default_a_rule_is_looked_at_whatever_happens() -> None:
    rule, table = UnknownRule("any"), HoldingTimes()
    assert rule.quiet_until(table, Line(), Windows(set[int]().add)) == 0
    assert rule.arrival_cannot_raise_for_ms(table) == 0
    assert (rule.answer_cannot_raise, rule.idle_cannot_raise) == (False, False)


def test_what_is_not_asked_is_calm() -> None:
    assert (NOT_ASKED.raised, NOT_ASKED.calm, NOT_ASKED.n) == (False, True, 0)


def test_a_rule_of_which_nothing_is_said_fires_at_once_and_is_over_after_a_minute_of_calm() -> None:
    assert HoldingTimes() == HoldingTimes(hold_ms=0, clear_hold_ms=MINUTE)


def test_a_doubtful_caller_pages_five_minutes_later_and_says_so() -> None:
    assert DOUBTFUL_EXTRA_MS == 5 * MINUTE
    assert PERHAPS_GONE.startswith("perhaps gone (")


def test_what_cannot_be_evaluated_is_calm_and_says_why() -> None:
    found = not_evaluated("too few calls", 0.7, 3)
    assert (found.raised, found.calm, found.not_evaluated) == (False, True, "too few calls")
    assert (found.threshold, found.n) == (0.7, 3)
