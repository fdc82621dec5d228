"""How long a queue stays quiet, and what ends it."""

from dataclasses import dataclass

import pytest

from schemas.millis import MINUTE, SECOND
from schemas.targets import OldestWaitRule
from streams.core.leg import Leg
from streams.core.lookout import still_quiet
from streams.core.verdict import Verdict, judge
from tests.support.builders import targets

RULED = targets(oldest_wait_alert=OldestWaitRule(2 * MINUTE, MINUTE, 30 * SECOND, 30 * SECOND))
CAME = 10 * MINUTE
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
    assert still_quiet(UNTIL, old, after.verdict(), RULED) == UNTIL


def test_a_new_caller_reaches_the_limit_in_his_own_time() -> None:
    far = CAME + 10 * MINUTE
    assert still_quiet(far, None, WAITING.verdict(), RULED) == CAME + 2 * MINUTE


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
    assert still_quiet(UNTIL, old, after.verdict(), RULED) == 0


def test_without_a_rule_about_waits_none_can_pass() -> None:
    bare = targets(oldest_wait_alert=None)
    assert still_quiet(UNTIL, None, WAITING.verdict(), bare) == UNTIL


def test_a_queue_without_targets_is_looked_at() -> None:
    assert still_quiet(UNTIL, None, WAITING.verdict(), None) == 0
