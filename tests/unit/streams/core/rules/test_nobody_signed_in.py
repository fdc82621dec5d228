"""Nobody is signed in while calls wait: who is paged, and who is not."""

from typing import Any

import pytest

from schemas.agents import RosterEntry, RoutingState
from schemas.millis import MINUTE, SECOND
from schemas.opening import Opening, parse_weekly
from streams.core.roster import Roster
from tests.support.builders import BILLING, MONDAY, clock
from tests.support.ruled import nobody_signed_in, ruled
from tests.support.story import Story

RULE = nobody_signed_in(hold_ms=20 * SECOND, clear_hold_ms=10 * SECOND)  # after a wait of 30 s


def day_with(state: RoutingState | None, **promise: Any) -> Story:
    """A queue whose one agent is in this state; None: no agent was ever seen."""
    day = Story(name="Bills", roster=Roster(), alerts=ruled(RULE), **promise)
    return day if state is None else signs(day, state)


def signs(day: Story, state: RoutingState, since: int = MONDAY) -> Story:
    version = len(day.records) + 1
    day.roster.update(
        RosterEntry("ann", version, "node", state, "idle", "", since, since, (BILLING,))
    )
    return day


def test_a_caller_before_an_empty_room_is_pending_then_firing_then_resolved() -> None:
    day = day_with("logged_out")
    day.at("09:00:00").queued("ada")
    day.tick("09:00:35")
    assert day.alerts() == []  # nobody has waited for longer than 30 s as of 09:00:30
    day.tick("09:00:40")
    assert day.alerts() == ["nobody_signed_in pending"]
    day.tick("09:01:00")
    (alert,) = day.alert_records()
    assert (alert.state, alert.severity, alert.rule) == ("firing", "page", "nobody_signed_in")
    assert alert.reason == "Bills: nobody is signed in, 1 waiting, the oldest for 55s"
    assert (alert.value, alert.threshold, alert.n, alert.agents) == (55, 30, 1, {"available": 0})
    assert (alert.onset_at, alert.fired_at) == (clock("09:00:35"), clock("09:00:55"))
    signs(day, "not_ready")
    day.tick("09:01:20")
    (alert,) = day.alert_records()
    assert alert.state == "resolved"
    assert alert.reason == "Bills: somebody is signed in again, or nobody waits any more"


def test_the_last_agent_leaves_while_somebody_waits_and_no_event_says_so() -> None:
    day = day_with("available")
    day.at("09:00:00").queued("ada")
    day.tick("09:05:00")
    assert day.alerts() == []
    signs(day, "logged_out")
    day.tick("09:05:30")
    assert day.alerts() == ["nobody_signed_in firing"]


def test_agents_of_now_empty_no_room_of_then() -> None:
    """Calls of the morning are read after an outage, and the agents, who are read beside them, have gone home since."""
    day = signs(day_with(None), "logged_out", since=clock("09:10:00"))
    day.at("09:00:00").queued("ada")
    day.tick("09:10:00")
    assert day.alerts() == []
    day.tick("09:10:05")
    assert day.alerts() == ["nobody_signed_in pending"]
    (alert,) = day.alert_records()
    assert alert.onset_at == clock("09:10:00")


@pytest.mark.parametrize("state", ["available", "not_ready", None])
def test_agents_who_are_signed_in_or_were_never_seen_raise_nothing(
    state: RoutingState | None,
) -> None:
    day = day_with(state)
    day.at("09:00:00").queued("ada")
    day.tick("09:20:00")
    assert day.alerts() == []


def test_it_stays_up_while_callers_give_up_and_others_come() -> None:
    day = day_with("logged_out")
    day.at("09:00:00").queued("ada")
    day.tick("09:01:10")
    day.at("09:01:12").queued("bo")
    day.at("09:01:13").abandoned("ada")
    day.tick("09:01:35")
    assert day.alerts() == ["nobody_signed_in firing"]
    day.at("09:01:36").abandoned("bo")
    day.tick("09:02:00")
    assert day.alerts() == ["nobody_signed_in resolved"]


def test_a_doubtful_caller_pages_five_minutes_later_and_one_out_of_hours_nobody() -> None:
    day = day_with("available")
    day.at("09:00:00").queued("lost")
    for number in range(5):
        day.at(f"09:00:1{number}").queued(f"leg{number}")
        day.at(f"09:00:2{number}").answered(f"leg{number}")
    signs(day, "logged_out", since=clock("09:01:00"))
    day.tick("09:05:35")
    assert (day.alerts(), day.snapshot().doubtful) == ([], 1)
    day.tick("09:06:00")
    (alert,) = day.alert_records()
    assert (alert.state, alert.doubtful, alert.fired_at) == ("firing", True, clock("09:05:55"))
    assert alert.reason == (
        "Bills: nobody is signed in, 1 waiting, perhaps gone (later callers were answered first),"
        " the oldest for 5m55s"
    )
    signs(day, "available")
    day.tick("09:06:20")
    assert day.alerts() == ["nobody_signed_in resolved"]
    shut = day_with("logged_out", opening=Opening(parse_weekly("Mon 10:00-11:00")))
    shut.at("09:00:00").queued("ada")
    shut.tick("09:20:00")
    assert shut.alerts() == []


def test_by_default_it_takes_a_minute_to_page() -> None:
    table = nobody_signed_in()
    assert table.waiting_longer_than_ms + table.hold_ms == MINUTE
