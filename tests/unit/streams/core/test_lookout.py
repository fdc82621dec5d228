"""How long a queue stays quiet, and what ends it."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest

from schemas.counters import COUNTERS
from schemas.millis import MINUTE, SECOND
from schemas.targets_book import TargetsBook
from streams.core.active_rules import NO_RULES, ActiveRules
from streams.core.agent_minutes import AgentMinutes
from streams.core.alerting import Progress
from streams.core.crew import NOBODY_KNOWN
from streams.core.expected_calls import ExpectedCalls
from streams.core.leg import Leg
from streams.core.leg_report import NOTHING_REPORTED
from streams.core.line import Line
from streams.core.lookout import Safe, asked, quiet_until, still_quiet
from streams.core.present_load import KnownLoad
from streams.core.queue_days import Days
from streams.core.queue_view import Kept, QueueView
from streams.core.roster import Roster
from streams.core.rule import HoldingTimes, Measured, Rule
from streams.core.rule_catalogue import RULES as KNOWN
from streams.core.verdict import Change, Verdict, judge
from streams.core.windows import Windows
from tests.support.builders import published, targets
from tests.support.profiles import profile
from tests.support.ruled import (
    abandonment,
    late_calls_left,
    no_calls,
    occupancy,
    oldest_wait,
    ruled,
    surge,
    waiting_per_agent,
)

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
LEFT = Caller(abandoned_at=CAME + 30 * SECOND)


def quiet_after(until: int, before: Verdict | None, verdict: Verdict, rules: ActiveRules) -> int:
    change = Change(verdict, before, is_service_only=False, late_at=None)
    windows, for_ms = Windows(set[int]().add), rules.arrival_cannot_raise_for_ms
    return still_quiet(until, change, rules, for_ms, Line(), windows)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (WAITING, ANSWERED),
        (ANSWERED, ANSWERED),
        (None, WAITING),
        (WAITING, WAITING),
        (WAITING, LEFT),
    ],
)
def test_it_stays_quiet_while_callers_come_and_are_answered_or_leave(
    before: Caller | None, after: Caller
) -> None:
    old = before.verdict() if before else None
    assert quiet_after(UNTIL, old, after.verdict(), RULES) == UNTIL


def test_a_new_caller_reaches_the_limit_in_his_own_time() -> None:
    far = CAME + 10 * MINUTE
    assert quiet_after(far, None, WAITING.verdict(), RULES) == CAME + 2 * MINUTE


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Caller(abandoned_at=CAME + SECOND), ANSWERED),  # nobody knew that he was in line
        (ANSWERED, LEFT),
        (Caller(came=CAME + SECOND), WAITING),  # he has waited longer than was known
        (None, ANSWERED),  # he came, waited and left unheard of
        (None, Caller(came=None)),  # nobody knows since when he waits
    ],
)
def test_anything_else_is_looked_at(before: Caller | None, after: Caller) -> None:
    old = before.verdict() if before else None
    assert quiet_after(UNTIL, old, after.verdict(), RULES) == 0


def test_without_a_rule_about_waits_none_can_pass() -> None:
    assert quiet_after(UNTIL, None, WAITING.verdict(), NO_RULES) == UNTIL


def test_one_who_leaves_is_asked_about_where_he_may_raise_a_rule() -> None:
    """One lost caller of two is over the limit; of twenty he is not."""
    rules = ActiveRules(
        targets(alerts=ruled(oldest_wait(2 * MINUTE, MINUTE), abandonment(0.3, 0.2, minimum=2)))
    )
    for answered, until in ((1, 0), (19, UNTIL)):
        windows = Windows(set[int]().add)
        windows.jump(CAME)
        at = CAME + 30 * SECOND
        for bucket in windows.slots(at):
            bucket[COUNTERS.index("abandoned")] += 1
            bucket[COUNTERS.index("answered")] += answered
        windows.jump(CAME + MINUTE)
        change = Change(LEFT.verdict(), WAITING.verdict(), is_service_only=False, late_at=None)
        assert still_quiet(UNTIL, change, rules, 2 * MINUTE, Line(), windows) == until


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
    assert quiet_until(careless, Line(), Windows(set[int]().add), UNTIL, CAME) == 0
    for gone in (ANSWERED, LEFT):
        assert quiet_after(UNTIL, WAITING.verdict(), gone.verdict(), careless) == 0
    assert quiet_after(UNTIL, None, WAITING.verdict(), careless) == CAME
    assert not careless.idle_cannot_raise


def test_an_empty_queue_is_quiet_up_to_the_end_of_the_minute() -> None:
    for rules in (RULES, NO_RULES):
        assert quiet_until(rules, Line(), Windows(set[int]().add), UNTIL, CAME) == UNTIL


AT = 100 * MINUTE
USUAL = ExpectedCalls(profile(), targets())


def _asked(
    *tables: HoldingTimes,
    at: int = AT,
    progress: dict[str, Progress] | None = None,
    safe: Safe | None = None,
    is_quiet: bool = False,
    usual: ExpectedCalls | None = USUAL,
) -> list[str]:
    promise = targets(alerts=ruled(*tables))
    windows = Windows(set[int]().add)
    windows.jump(at - at % MINUTE)
    nobody = TargetsBook([published(promise)])
    kept = Kept(
        Line(), windows, Days(lambda _: promise), KnownLoad(), Roster(), NOBODY_KNOWN, nobody, AgentMinutes(), usual,
        NOTHING_REPORTED, False,
    )  # fmt: skip
    view = QueueView(at, promise, kept)
    due = asked(ActiveRules(promise), progress or {}, view, safe or Safe(), is_quiet=is_quiet)
    return [rule.name for rule, _ in due]


def test_a_rule_of_whole_minutes_is_asked_at_its_minutes_alone() -> None:
    asked_each_minute = no_calls(), late_calls_left()
    assert _asked(*asked_each_minute, at=AT + MINUTE) == ["no_calls"]
    assert _asked(*asked_each_minute, at=AT + 5 * SECOND) == []


def test_one_whose_alert_goes_on_is_asked_however_quiet_it_is() -> None:
    going_on = {"surge": Progress("firing"), "oldest_wait": Progress("firing")}
    tables = (surge(), no_calls(), oldest_wait(MINUTE, SECOND))
    asked_for = _asked(*tables, at=AT + MINUTE, progress=going_on, is_quiet=True)
    assert asked_for == ["no_calls", "oldest_wait", "surge"]  # in the order of the catalogue
    assert _asked(*tables, at=AT + 5 * SECOND, progress=going_on) == ["oldest_wait"]


def test_one_that_is_not_on_any_more_is_asked_until_its_alert_is_over() -> None:
    removed = {"former_rule": Progress("firing"), "abandonment": Progress("firing")}
    assert _asked(at=AT + 5 * SECOND, progress=removed) == ["abandonment", "former_rule"]
    unknown, tables = {"former_rule": Progress("firing")}, (oldest_wait(MINUTE, SECOND), no_calls())
    between = _asked(*tables, at=AT + 5 * SECOND, progress=unknown)
    assert between == ["oldest_wait", "former_rule"]
    assert _asked(*tables, progress=unknown) == ["no_calls", "oldest_wait", "former_rule"]


def test_one_that_says_nothing_is_not_asked_unless_its_alert_is_open() -> None:
    """Neither agents nor usual calls are known; at a whole 5 minutes."""
    tables = no_calls(), surge(), occupancy(), waiting_per_agent()
    assert _asked(*tables, usual=None) == []
    opened = {name: Progress("firing") for name in ("surge", "occupancy", "waiting_per_agent")}
    assert sorted(_asked(*tables, usual=None, progress=opened)) == sorted(opened)


def test_one_on_waits_is_not_asked_while_nobody_waits() -> None:
    assert _asked(oldest_wait(MINUTE, SECOND), at=AT + 5 * SECOND) == []


def test_a_rule_that_is_safe_is_not_asked_until_a_late_fact_comes() -> None:
    safe, rule = Safe(), next(rule for rule in KNOWN if rule.name == "no_calls")
    assert safe.until(USUAL) == {}
    windows = Windows(set[int]().add)
    view: Any = SimpleNamespace(expected=USUAL, at=AT, passed=AT, rolling=windows)
    safe.note(rule, no_calls(), view)
    assert _asked(no_calls(), safe=safe) == []
    safe.forget()
    assert _asked(no_calls(), safe=safe) == ["no_calls"]


def test_other_usual_calls_end_what_was_safe_by_the_former() -> None:
    safe, rule = Safe(), next(rule for rule in KNOWN if rule.name == "no_calls")
    view: Any = SimpleNamespace(expected=None, at=AT, passed=AT)
    safe.note(rule, no_calls(), view)
    assert safe.until(None).keys() == {"no_calls"}
    assert safe.until(ExpectedCalls(profile(), targets())) == {}


@pytest.mark.parametrize("rule", KNOWN, ids=lambda rule: rule.name)
def test_by_default_a_rule_knows_no_short_look_and_is_never_safe(rule: Rule[Any]) -> None:
    assert not Rule.cannot_be_raised(rule, HoldingTimes(), None)  # type: ignore[arg-type]
    assert Rule.safe_until(rule, HoldingTimes(), None) == 0  # type: ignore[arg-type]
