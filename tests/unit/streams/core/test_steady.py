"""What ends that a queue in which somebody waits long is steady, and what does not."""

from typing import Any

import pytest

from schemas.agents import RosterEntry
from schemas.millis import MINUTE, SECOND
from streams.core.roster import Roster
from streams.core.steady import Steady
from tests.support.builders import BILLING, MONDAY
from tests.support.ruled import nobody_signed_in, oldest_wait, ruled, waiting_per_agent
from tests.support.story import Story

WAITS = {"waiting_longer_than_ms": 10 * SECOND, "hold_ms": 0}


def agent(version: int, state: Any, activity: Any = "idle", name: str = "ann") -> RosterEntry:
    return RosterEntry(name, version, "node", state, activity, "", MONDAY, MONDAY, (BILLING,))


def waiting(*tables: Any) -> tuple[Story, Steady, Roster]:
    """Ada has waited for 20 seconds, and one agent takes calls."""
    roster = Roster()
    roster.update(agent(1, "available", "talking"))
    day = Story(roster=roster, alerts=ruled(*tables))
    day.at("09:00:01").queued("ada")
    for second in range(6, 27, 5):  # a boundary that is left out is looked at by a whole step
        day.tick(f"09:00:{second:02d}")
    (monitor,) = day.unit.monitors.values()
    return day, monitor.decisions._steady, roster


def at(second: int) -> int:
    return MONDAY + 9 * 60 * MINUTE + second * SECOND


def test_while_somebody_is_signed_in_it_is_looked_at_once() -> None:
    day, steady, _ = waiting(nobody_signed_in(**WAITS))
    assert steady.until == at(55)  # never a whole minute
    (monitor,) = day.unit.monitors.values()
    before = monitor.decisions.passed_to
    day.tick("09:00:31")
    assert monitor.decisions.passed_to == before + 5 * SECOND
    assert day.alerts() == []


def test_who_signs_out_is_seen_at_the_next_boundary() -> None:
    day, _, roster = waiting(nobody_signed_in(**WAITS))
    roster.update(agent(2, "logged_out"))
    day.tick("09:00:31")
    assert day.alerts() == ["nobody_signed_in firing"]


def test_it_ends_when_somebody_may_reach_the_limit_of_another_rule() -> None:
    both = nobody_signed_in(**WAITS), oldest_wait(40 * SECOND, SECOND, hold_ms=0)
    day, steady, _ = waiting(*both)
    assert steady.until == at(41)
    day.tick("09:00:50")
    assert day.alerts() == ["oldest_wait firing"]


@pytest.mark.parametrize(
    ("kind", "ends"), [("answered", False), ("abandoned", True)]
)  # one more is lost
def test_of_facts_those_end_it_that_may_raise_a_rule(kind: str, *, ends: bool) -> None:
    day, steady, _ = waiting(nobody_signed_in(**WAITS))
    getattr(day.at("09:00:27"), kind)("ada")
    assert (steady.until == 0) == ends


def test_one_caller_more_ends_it_where_a_rule_counts_callers() -> None:
    counts = waiting_per_agent(minimum=2, waiting_longer_than_ms=10 * SECOND, hold_ms=0)
    day, steady, _ = waiting(counts)
    assert steady.until == at(55)
    day.at("09:00:28").queued("bo")
    assert steady.until == 0
    day.tick("09:00:36")
    assert day.alerts() == ["waiting_per_agent firing"]


def test_a_late_fact_ends_it() -> None:
    day, steady, _ = waiting(nobody_signed_in(**WAITS))
    day.at("08:59:50").queued("late")
    assert steady.until == 0


@pytest.mark.parametrize("cannot_raise", [True, False])
def test_an_answer_ends_it_where_it_may_raise_a_rule_that_was_looked_at(
    monkeypatch: pytest.MonkeyPatch, *, cannot_raise: bool
) -> None:
    """Of a queue with several versions of its targets it was asked of no rule at all."""
    day, steady, _ = waiting(nobody_signed_in(**WAITS))
    (monitor,) = day.unit.monitors.values()
    monkeypatch.setattr(monitor.decisions, "_sole_rules", None)
    steady.until = 0  # it is looked at again
    day.tick("09:00:31")
    assert steady.until > 0
    monkeypatch.setattr(steady._rules, "answer_cannot_raise", cannot_raise)
    day.at("09:00:32").answered("ada")
    assert (steady.until > 0) == cannot_raise
