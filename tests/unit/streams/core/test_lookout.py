"""How long a queue stays quiet, and what ends it."""

from dataclasses import dataclass

import pytest

from schemas.millis import MINUTE, SECOND
from streams.core.active_rules import NO_RULES, ActiveRules
from streams.core.leg import Leg
from streams.core.line import Line
from streams.core.lookout import quiet_until, still_quiet
from streams.core.queue_view import QueueView
from streams.core.rule import HoldingTimes, Measured, Rule
from streams.core.rule_catalogue import RULES as KNOWN
from streams.core.verdict import Verdict, judge
from streams.core.windows import Windows
from tests.support.builders import targets
from tests.support.ruled import oldest_wait, ruled

RULED = targets(
    alerts=ruled(oldest_wait(2 * MINUTE, MINUTE, hold_ms=30 * SECOND, clear_hold_ms=30 * SECOND))
)
CAME = 10 * MINUTE
RULES = ActiveRules(RULED)
UNTIL = CAME + 55 * SECOND


@dataclass(frozen=True)
class Caller:
    """A leg that came at CAME, as of now."""

    answered_at: int | None = None
    abandoned_at: int | None = None
    came: int | None = CAME

    def verdict(self) -> Verdict:
        leg = Leg("ada", CAME, "node-1", queued_at=self.came, answered_at=self.answered_at)
        if self.abandoned_at is not None:
            leg.exits = ((self.abandoned_at, "abandoned", "", -1),)
        return judge(leg, RULED, out_of_hours=False)


WAITING = Caller()
ANSWERED = Caller(answered_at=CAME + 5 * SECOND)


@pytest.mark.parametrize(
    ("before", "after"),
    [(WAITING, ANSWERED), (ANSWERED, ANSWERED), (None, WAITING), (WAITING, WAITING)],
)
def test_it_stays_quiet_while_callers_come_and_are_answered(
    before: Caller | None, after: Caller
) -> None:
    old = before.verdict() if before else None
    assert still_quiet(UNTIL, old, after.verdict(), RULES) == UNTIL


def test_a_new_caller_reaches_the_limit_in_his_own_time() -> None:
    far = CAME + 10 * MINUTE
    assert still_quiet(far, None, WAITING.verdict(), RULES) == CAME + 2 * MINUTE


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (WAITING, Caller(abandoned_at=CAME + 30 * SECOND)),  # one more is lost
        (Caller(abandoned_at=CAME + SECOND), ANSWERED),  # nobody knew that he was in line
        (Caller(came=CAME + SECOND), WAITING),  # he has waited longer than was known
        (None, ANSWERED),  # he came, waited and left unheard of
        (None, Caller(came=None)),  # nobody knows since when he waits
    ],
)
def test_anything_else_is_looked_at(before: Caller | None, after: Caller) -> None:
    old = before.verdict() if before else None
    assert still_quiet(UNTIL, old, after.verdict(), RULES) == 0


def test_without_a_rule_about_waits_none_can_pass() -> None:
    assert still_quiet(UNTIL, None, WAITING.verdict(), NO_RULES) == UNTIL


class Careless(Rule[HoldingTimes]):
    """Says nothing about when it cannot be raised."""

    name, title, severity, unit, table = "careless", "", "warn", "number", HoldingTimes

    def measure(self, table: HoldingTimes, view: QueueView) -> Measured:
        return Measured(table.hold_ms, 0, view.waiting, raised=False, calm=True)

    def sentence(self, queue_name: str, measured: Measured) -> str:
        return f"{queue_name}: {measured.value}"


def test_with_a_rule_that_promises_nothing_everything_is_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("streams.core.active_rules.RULES", (*KNOWN, Careless()))
    careless = ActiveRules(targets(alerts={**RULED.alerts, "careless": {}}))
    assert len(careless.tables) == 2
    assert quiet_until(careless, Line(), Windows(set[int]().add), UNTIL) == 0
    assert still_quiet(UNTIL, WAITING.verdict(), ANSWERED.verdict(), careless) == 0
    assert still_quiet(UNTIL, None, WAITING.verdict(), careless) == CAME
    assert not careless.idle_cannot_raise


def test_an_empty_queue_is_quiet_up_to_the_end_of_the_minute() -> None:
    assert quiet_until(RULES, Line(), Windows(set[int]().add), UNTIL) == UNTIL
    assert quiet_until(NO_RULES, Line(), Windows(set[int]().add), UNTIL) == UNTIL
