"""Too many wait for each agent: who is paged, and what pauses and empty rooms count as."""

from typing import Any

import pytest

from schemas.agents import RosterEntry, RoutingState
from schemas.millis import MINUTE, SECOND
from schemas.queues_toml import parse_queues
from schemas.toml_reading import ConfigurationError
from streams.core.roster import Roster
from streams.core.rule_catalogue import RULE_TABLES
from streams.core.rules.waiting_per_agent import RULE
from tests.support.builders import BILLING, MONDAY, clock
from tests.support.ruled import ruled, waiting_per_agent
from tests.support.story import Story

AT_ONCE = waiting_per_agent(raise_above=1, clear_below=0.5, minimum=3, hold_ms=0, clear_hold_ms=0)


def day_with(*states: RoutingState, **more: Any) -> Story:
    """A queue with one agent in each of these states."""
    day = Story(name="Bills", roster=Roster(), alerts=ruled(more.pop("table", AT_ONCE)), **more)
    for number, state in enumerate(states):
        signs(day, f"a{number}", state)
    return day


def signs(day: Story, agent: str, state: RoutingState) -> None:
    version = len(day.records) + 1
    entry = RosterEntry(agent, version, "node", state, "idle", "", MONDAY, MONDAY, (BILLING,))
    day.roster.update(entry)


def come(day: Story, callers: int, text: str = "09:00:00") -> Story:
    for number in range(callers):
        day.at(text).queued(f"{text}-{number}")
    return day


def test_more_callers_than_the_limit_for_each_agent_page_and_fewer_do_not() -> None:
    day = come(day_with("available", "available"), 3)
    day.tick("09:00:35")
    (alert,) = day.alert_records()
    assert (alert.state, alert.severity) == ("firing", "page")
    assert (alert.value, alert.threshold, alert.n) == (1.5, 1, 3)
    assert alert.onset_at == clock("09:00:25")
    assert alert.reason == "Bills: 3 waiting, 2 agents take calls: 1.5 for each (limit 1)"
    on_the_limit = come(day_with("available", "available", "available"), 3)
    assert on_the_limit.tick("09:00:40").alerts() == []


def test_it_takes_two_minutes_unless_configured() -> None:
    day = come(day_with("available", table=waiting_per_agent()), 4)
    day.tick("09:02:25")
    assert day.alerts() == ["waiting_per_agent pending"]
    day.tick("09:02:35")
    assert day.alerts() == ["waiting_per_agent firing"]


def test_it_is_over_below_the_lower_limit_alone() -> None:
    day = come(day_with("available", "available"), 3)
    day.tick("09:00:35")
    day.at("09:00:36").answered("09:00:00-0")
    day.at("09:00:37").answered("09:00:00-1")
    day.tick("09:00:50")  # half a caller for each agent
    assert day.alerts() == ["waiting_per_agent firing"]
    signs(day, "a9", "available")
    day.tick("09:01:00")
    assert day.alerts() == ["waiting_per_agent resolved"]


def test_few_callers_are_no_line() -> None:
    day = come(day_with("available"), 2)
    assert day.tick("09:05:00").alerts() == []
    lower = come(day_with("available", table=waiting_per_agent(minimum=2, hold_ms=0)), 2)
    assert lower.tick("09:05:00").alerts() == ["waiting_per_agent firing"]


def test_where_all_who_are_signed_in_pause_one_caller_is_too_many() -> None:
    day = come(day_with("not_ready", "unreachable", "logged_out"), 1)
    day.tick("09:00:40")
    (alert,) = day.alert_records()
    assert alert.reason == "Bills: 1 waiting, 0 agents take calls: 1 for each (limit 1)"
    assert alert.state == "firing"
    signs(day, "a0", "available")
    day.tick("09:00:50")  # one caller for one agent: not calm yet
    assert day.alerts() == ["waiting_per_agent firing"]
    day.at("09:00:51").answered("09:00:00-0")
    day.tick("09:01:00")
    (alert,) = day.alert_records()
    assert alert.state == "resolved"
    assert alert.reason == "Bills: 0 waiting, 1 agent takes calls: 0 for each (limit 1)"


def test_an_empty_room_is_left_to_the_other_rule_and_ends_no_alert() -> None:
    assert come(day_with("logged_out"), 9).tick("09:05:00").alerts() == []
    day = come(day_with("available"), 3)
    day.tick("09:00:35")
    signs(day, "a0", "logged_out")
    day.tick("09:05:00")
    assert day.alerts() == ["waiting_per_agent firing"]
    for number in range(3):
        day.at("09:05:01").abandoned(f"09:00:00-{number}")
    day.tick("09:05:10")
    assert day.alerts() == ["waiting_per_agent resolved"]


def test_where_nobody_reports_agents_it_says_so_and_never_fires() -> None:
    day = come(day_with(), 50)
    assert day.tick("09:30:00").alerts() == []
    assert day.snapshot().not_evaluated == {"waiting_per_agent": "no agents reported"}


def test_a_wrong_table_is_one_line() -> None:
    head = '[queues.q]\nanswer_within = "20s"\ngoal = 0.8\n[queues.q.alerts.waiting_per_agent]\n'
    assert parse_queues(head, RULE_TABLES).queues[0].alerts == ruled(waiting_per_agent())
    for line, problem in (
        ("clear_below = 2", "clear_below: must not exceed raise_above"),
        ("raise_above = 0", "raise_above: expected a number above 0.0"),
        ("minimum = 0", "minimum: expected a whole number of at least 1"),
    ):
        with pytest.raises(ConfigurationError) as error:
            parse_queues(head + line, RULE_TABLES)
        assert str(error.value) == f"queues.q.alerts.waiting_per_agent.{problem}"


def test_no_boundary_is_looked_at_while_nobody_waits_long() -> None:
    day = come(day_with("available"), 3)
    legs = day.unit.monitors[day.queue].legs
    until = RULE.quiet_until(AT_ONCE, legs.line, legs.windows)
    assert until == clock("09:00:20")
    assert RULE.arrival_cannot_raise_for_ms(AT_ONCE) == 20 * SECOND
    assert AT_ONCE.waiting_longer_than_ms < MINUTE
