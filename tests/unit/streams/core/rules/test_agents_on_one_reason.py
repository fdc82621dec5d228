"""Too many pause for one reason: which pauses count, from when on, and in which queues."""

from typing import Any

import pytest

from schemas.agents import Activity, RosterEntry, RoutingState
from schemas.millis import MINUTE, SECOND
from schemas.opening import Opening, parse_weekly
from schemas.queues_toml import parse_queues
from schemas.toml_reading import ConfigurationError
from streams.core.roster import Roster
from streams.core.rule import ALWAYS
from streams.core.rule_catalogue import RULE_TABLES
from streams.core.rules.agents_on_one_reason import RULE, AgentsOnOneReasonTable
from tests.support.builders import BILLING, clock, mark
from tests.support.ruled import agents_on_one_reason, ruled
from tests.support.story import Story

AT_ONCE = agents_on_one_reason(clear_hold_ms=0)
NAME = "agents_on_one_reason"


def day_with(table: AgentsOnOneReasonTable = AT_ONCE, **more: Any) -> Story:
    """A queue with a call, and two agents who take calls."""
    day = Story(name="Bills", roster=Roster(), alerts=ruled(table), **more)
    for agent in ("x", "y"):
        is_at(day, agent, "available", since="08:00")
    day.at("09:00:00").queued("ada").at("09:00:05").answered("ada")
    return day


def is_at(
    day: Story, agent: str, state: RoutingState, reason: str = "", *, since: str = "09:00",
    activity: Activity = "idle", only_in: tuple[str, ...] = (),
) -> None:  # fmt: skip
    at = clock(since)  # also the version: what began later is newer
    entry = RosterEntry(
        agent, at, "node", state, activity, reason, at, at, (BILLING,), not_ready_queues=only_in
    )
    day.roster.update(entry)


def until(day: Story, text: str) -> Story:
    """Time passes minute by minute, as ticks of a source tell it."""
    first = day.records[-1].timestamp // MINUTE * MINUTE + MINUTE
    for at in range(first, clock(text), MINUTE):
        day.say(mark("tick", at + 5 * SECOND))
    return day.tick(text)


def test_pauses_for_one_reason_warn_when_the_last_of_them_is_too_long_and_name_nobody() -> None:
    day = day_with()
    is_at(day, "ann", "not_ready", "lunch", since="09:00")
    is_at(day, "bo", "not_ready", "lunch", since="09:05")
    until(day, "09:25:10")
    assert day.alerts() == []  # not longer than 20 minutes yet
    until(day, "09:26:10")
    (alert,) = day.alert_records()
    assert (alert.state, alert.severity, alert.onset_at) == ("firing", "warn", clock("09:26"))
    assert (alert.value, alert.threshold, alert.n) == (0.5, 0.3, 4)
    assert alert.reason == (
        "Bills: 2 of 4 agents have paused for more than 20m (lunch): 50 % (limit 30 %)"
    )
    is_at(day, "ann", "available", since="09:26:30")
    until(day, "09:27:10")
    (alert,) = day.alert_records()
    assert alert.state == "resolved"
    assert alert.reason == "Bills: fewer agents pause for one reason, or the queue has no calls now"


def test_each_reason_counts_for_itself_and_a_new_reason_is_a_new_pause() -> None:
    day = day_with()
    is_at(day, "ann", "not_ready", "lunch")
    is_at(day, "bo", "not_ready", "training")
    assert until(day, "09:40:10").alerts() == []
    is_at(day, "bo", "not_ready", "lunch", since="09:40:20")
    assert until(day, "10:00:10").alerts() == []
    until(day, "10:01:10")
    assert day.alerts() == [f"{NAME} firing"]


def test_where_no_reason_is_told_it_says_so() -> None:
    day = day_with()
    is_at(day, "ann", "not_ready")
    is_at(day, "bo", "not_ready")
    until(day, "09:30:10")
    (alert,) = day.alert_records()
    assert "(no reason told)" in alert.reason


def test_who_talks_while_paused_or_paused_in_this_queue_alone_or_left_is_not_counted() -> None:
    day = day_with()
    is_at(day, "ann", "not_ready", "lunch")
    is_at(day, "bo", "not_ready", "lunch", activity="talking")
    is_at(day, "cy", "available", only_in=(BILLING,))
    is_at(day, "dee", "logged_out", "lunch")
    is_at(day, "eve", "unreachable", "lunch")
    assert until(day, "09:40:10").alerts() == []


def test_one_agent_is_not_too_many_unless_configured() -> None:
    for minimum, expected in ((2, []), (1, [f"{NAME} firing"])):
        day = day_with(agents_on_one_reason(minimum=minimum))
        is_at(day, "ann", "not_ready", "lunch")
        assert until(day, "09:40:10").alerts() == expected, minimum


def test_between_the_limits_an_alert_stays() -> None:
    day = day_with()
    for agent in ("ann", "bo"):
        is_at(day, agent, "not_ready", "lunch")
    until(day, "09:30:10")
    for number in range(4):
        is_at(day, f"more{number}", "available", since="09:31")
    until(day, "09:32:10")  # 2 of 8
    assert day.alerts() == [f"{NAME} firing"]
    for number in range(4, 8):
        is_at(day, f"more{number}", "available", since="09:33")
    until(day, "09:34:10")  # 2 of 12
    assert day.alerts() == [f"{NAME} resolved"]


def test_a_closed_queue_and_one_without_calls_for_an_hour_are_let_be() -> None:
    closed = day_with(opening=Opening(parse_weekly("Mon-Fri 10:00-12:00")))
    quiet = day_with()
    for day in (closed, quiet):
        day.at("09:01:00").ended("ada")
        is_at(day, "ann", "not_ready", "lunch", since="09:50")
        is_at(day, "bo", "not_ready", "lunch", since="09:50")
    assert until(closed, "10:04:55").alerts() == []
    assert until(quiet, "10:20:10").alerts() == []
    quiet.at("10:20:20").queued("cy")
    assert until(quiet, "10:21:10").alerts() == [f"{NAME} firing"]


def test_where_nobody_reports_agents_it_says_so() -> None:
    day = Story(alerts=ruled(AT_ONCE))
    day.at("09:00:00").queued("ada")
    assert until(day, "09:30:10").alerts() == []
    assert day.snapshot().not_evaluated == {NAME: "no agents reported"}


def test_a_wrong_table_is_one_line() -> None:
    head = f'[queues.q]\nanswer_within = "20s"\ngoal = 0.8\n[queues.q.alerts.{NAME}]\n'
    assert parse_queues(head, RULE_TABLES).queues[0].alerts == ruled(agents_on_one_reason())
    for line, problem in (
        ("clear_below = 0.4", "clear_below: must not exceed raise_above"),
        ("longer_than = 20", "longer_than: expected a duration"),
        ("minimum = 0", "minimum: expected a whole number of at least 1"),
    ):
        with pytest.raises(ConfigurationError) as error:
            parse_queues(head + line, RULE_TABLES)
        assert str(error.value).startswith(f"queues.q.alerts.{NAME}.{problem}")


def test_it_is_asked_at_whole_minutes_alone() -> None:
    day = day_with()
    until(day, "09:01:50")
    decisions, legs = day.unit.monitors[day.queue].decisions, day.unit.monitors[day.queue].legs
    assert (legs.windows.boundary, decisions.passed_to) == (clock("09:01"), clock("09:01:45"))
    assert RULE.quiet_until(AT_ONCE, legs.line, legs.windows) == ALWAYS
    assert RULE.arrival_cannot_raise_for_ms(AT_ONCE) == ALWAYS
    assert AT_ONCE.longer_than_ms == 20 * MINUTE
