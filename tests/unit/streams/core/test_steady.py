"""What ends that a queue in which somebody waits long is steady, and what does not."""

from typing import Any

import pytest

from schemas.agents import RosterEntry
from schemas.millis import MINUTE, SECOND
from streams.core.roster import Roster
from streams.core.steady import Steady
from tests.support.builders import BILLING, MONDAY
from tests.support.ruled import abandonment, nobody_signed_in, oldest_wait, ruled, waiting_per_agent
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
    ("kind", "tables", "ends"),
    [
        ("answered", (), False),
        ("abandoned", (), False),
        (
            "abandoned",
            (abandonment(0.5, 0.4, minimum=1),),
            True,
        ),  # he is all who were lost or answered
        ("abandoned", (abandonment(0.5, 0.4, minimum=2),), False),
    ],
)
def test_of_facts_those_end_it_that_may_raise_a_rule(
    kind: str, tables: tuple[Any, ...], *, ends: bool
) -> None:
    day, steady, _ = waiting(nobody_signed_in(**WAITS), *tables)
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


# ---- alerts that just go on ------------------------------------------------------------------

LONG = oldest_wait(20 * SECOND, 10 * SECOND, hold_ms=0, clear_hold_ms=0, doubtful_extra_ms=MINUTE)


def fired(*tables: Any) -> tuple[Story, Steady, Roster]:
    """As `waiting`, and the alert that Ada's wait raises has been looked at once since it fired."""
    day, steady, roster = waiting(*tables)
    for second in (31, 36):
        day.tick(f"09:00:{second}")
    assert day.alerts() == [f"{next(iter(ruled(*tables)))} firing"]
    return day, steady, roster


def test_an_alert_that_just_goes_on_is_looked_at_once() -> None:
    day, steady, _ = fired(LONG)
    assert steady.until == at(55)
    day.at("09:00:37").queued("bo")  # who comes later does not make the first wait shorter
    assert steady.until == at(55)
    day.tick("09:00:56")
    assert day.alerts() == ["oldest_wait firing"]


def test_it_is_over_at_the_boundary_after_the_answer() -> None:
    day, steady, _ = fired(LONG)
    day.at("09:00:38").answered("ada")
    assert steady.until == 0
    day.tick("09:00:46")
    assert day.alerts() == ["oldest_wait resolved"]


def test_who_is_known_to_leave_after_the_boundary_holds_no_alert() -> None:
    day, steady, _ = fired(LONG)
    day.at("09:00:38").answered("ada")  # the queue is at 09:00:30
    day.tick("09:00:41")
    assert day.alerts() == ["oldest_wait firing"]
    assert steady.until == 0


def test_a_doubtful_alert_goes_on_until_somebody_who_is_there_reaches_the_limit() -> None:
    day = Story(alerts=ruled(LONG))
    day.at("09:00:01").queued("gone")
    for number in range(5):
        clock = f"09:00:{2 + number:02d}"
        day.at(clock).queued(f"later{number}")
        day.at(clock).answered(f"later{number}")
    for second in range(11, 112, 5):
        day.tick(f"09:{second // 60:02d}:{second % 60:02d}")
    first = day.alert_records()
    assert [(each.state, each.doubtful) for each in first] == [("firing", True)]
    (monitor,) = day.unit.monitors.values()
    steady = monitor.decisions._steady
    assert steady.until == at(110)  # looked at at 09:01:30, when nobody else waited
    day.at("09:01:52").queued("there")
    for second in range(116, 142, 5):
        day.tick(f"09:{second // 60:02d}:{second % 60:02d}")
    assert [each.state for each in day.alert_records()] == ["resolved", "firing"]


def test_a_pending_alert_fires_when_its_time_has_come() -> None:
    many = waiting_per_agent(
        minimum=1, waiting_longer_than_ms=10 * SECOND, raise_above=0.5, hold_ms=20 * SECOND
    )
    day, steady, _ = waiting(many)
    assert day.alerts() == ["waiting_per_agent pending"]  # since 09:00:15
    assert steady.until == at(35) - 1
    for second, state in ((36, "pending"), (41, "firing")):
        day.tick(f"09:00:{second}")
        assert day.alerts() == [f"waiting_per_agent {state}"]


def test_an_agent_who_talked_and_is_free_ends_nothing_and_one_who_comes_does() -> None:
    _, steady, roster = fired(LONG)
    roster.update(agent(2, "available"))
    assert steady.is_staffed(roster, BILLING)
    roster.update(agent(1, "available", name="bea"))
    assert not steady.is_staffed(roster, BILLING)


def test_nobody_signed_in_goes_on_until_somebody_signs_in() -> None:
    day, steady, roster = waiting(nobody_signed_in(**WAITS, clear_hold_ms=0))
    roster.update(agent(2, "logged_out"))
    for second in (31, 36):
        day.tick(f"09:00:{second}")
    assert day.alerts() == ["nobody_signed_in firing"]
    assert steady.until == at(55)
    roster.update(agent(3, "available"))
    day.tick("09:00:41")
    assert day.alerts() == ["nobody_signed_in resolved"]
