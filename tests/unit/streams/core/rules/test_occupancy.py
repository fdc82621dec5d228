"""Occupancy: the half hour that is measured, what counts as busy, and what must be known."""

from typing import Any

import pytest

from schemas.agents import Activity, RosterEntry, RoutingState
from schemas.millis import MINUTE, SECOND
from schemas.queues_toml import parse_queues
from schemas.toml_reading import ConfigurationError
from streams.core.roster import Roster
from streams.core.rule import ALWAYS
from streams.core.rule_catalogue import RULE_TABLES
from streams.core.rules.occupancy import RULE, OccupancyTable
from tests.support.builders import BILLING, MONDAY, clock, targets
from tests.support.ruled import occupancy, oldest_wait, ruled
from tests.support.story import Story

AT_ONCE = occupancy(hold_ms=0, clear_hold_ms=0)
NAME = "occupancy"


def day_with(table: OccupancyTable = AT_ONCE, *agents: str, **more: Any) -> Story:
    """A queue with these agents, who talk."""
    day = Story(name="Bills", roster=Roster(), alerts=ruled(table), **more)
    for agent in agents:
        works(day, agent, "available", "talking")
    return day


def works(day: Story, agent: str, state: RoutingState, activity: Activity = "idle") -> None:
    version = len(day.records) + 1
    entry = RosterEntry(agent, version, "node", state, activity, "", MONDAY, MONDAY, (BILLING,))
    day.roster.update(entry)


def minutes(day: Story, first: str, count: int) -> Story:
    """A call a minute, answered at once."""
    for number in range(count):
        at = clock(first) + number * MINUTE
        moment = day.at(f"{at // 3_600_000 % 24:02}:{at // MINUTE % 60:02}:06")
        moment.queued(f"{first}-{number}")
        moment.answered(f"{first}-{number}", agent="bo")
    return day


def test_a_half_hour_in_which_nearly_everybody_was_busy_is_noted_and_ends_below_the_lower_limit() -> (
    None
):
    day = day_with(AT_ONCE, "ann", "bo")
    minutes(day, "09:00", 30)
    assert day.alerts() == []  # counted from 09:01 to 09:29
    minutes(day, "09:30", 1)
    (alert,) = day.alert_records()
    assert (alert.state, alert.severity, alert.onset_at) == ("firing", "note", clock("09:30"))
    assert (alert.value, alert.threshold, alert.n) == (1.0, 0.88, 30)
    assert alert.reason == (
        "Bills: the agents were busy for 100 % of the last 30 minutes "
        "(limit 88 %; 2.0 agents took calls on average)"
    )
    works(day, "bo", "available")
    minutes(day, "09:31", 9)
    assert day.alerts() == [f"{NAME} firing"]  # 51 of 60 agent-minutes: on the lower limit
    minutes(day, "09:40", 1)
    (alert,) = day.alert_records()
    assert (alert.state, alert.resolved_at, alert.value) == ("resolved", clock("09:40"), 0.8333)


def test_pauses_are_no_time_in_which_calls_are_taken_and_wrap_up_is_work() -> None:
    day = day_with(AT_ONCE, "ann")
    works(day, "bo", "not_ready")
    works(day, "cy", "available", "wrap")
    works(day, "dee", "not_ready", "talking")
    minutes(day, "09:00", 32)
    (alert,) = day.alert_records()
    assert alert.value == 1.0
    assert alert.reason.endswith("3.0 agents took calls on average)")


def test_who_is_free_keeps_it_below_the_limit() -> None:
    day = day_with(AT_ONCE, *(f"a{number}" for number in range(7)))
    works(day, "free", "available")
    minutes(day, "09:00", 40)  # 7 of 8 are 87.5 %
    assert (day.alerts(), day.snapshot().not_evaluated) == ([], {})


def test_what_is_not_known_is_said() -> None:
    nobody = minutes(day_with(), "09:00", 40)
    assert (nobody.alerts(), nobody.snapshot().not_evaluated) == ([], {NAME: "no agents reported"})
    few = minutes(day_with(AT_ONCE, "ann"), "09:00", 10)
    assert few.snapshot().not_evaluated == {NAME: "too few calls"}
    brief = minutes(day_with(AT_ONCE, "ann"), "09:00", 20)
    assert brief.snapshot().not_evaluated == {NAME: "agents known too briefly"}
    whole = minutes(brief, "09:20", 15)
    assert (whole.alerts(), whole.snapshot().not_evaluated) == ([f"{NAME} firing"], {})


def test_where_nobody_took_calls_there_is_no_occupancy() -> None:
    day = day_with()
    works(day, "ann", "not_ready")
    minutes(day, "09:00", 40)
    assert (day.alerts(), day.snapshot().not_evaluated) == ([], {})


def test_agents_who_seem_to_be_gone_while_calls_are_answered_are_not_known() -> None:
    day = day_with()
    works(day, "ann", "logged_out")
    minutes(day, "09:00", 40)
    assert (day.alerts(), day.snapshot().not_evaluated) == ([], {NAME: "agents reported in part"})


def test_the_half_hour_outlives_a_restart_and_not_a_gap() -> None:
    day = minutes(day_with(AT_ONCE, "ann"), "09:00", 20)
    day.restart()
    minutes(day, "09:20", 12)
    assert day.alerts() == [f"{NAME} firing"]
    gap = minutes(day_with(AT_ONCE, "ann"), "09:00", 20)
    minutes(gap, "09:30", 15)
    assert gap.snapshot().not_evaluated == {NAME: "agents known too briefly"}


def test_agents_are_counted_only_where_the_rule_is_on() -> None:
    off = day_with(AT_ONCE, "ann")
    off.publish(targets(alerts=ruled(oldest_wait(MINUTE, SECOND))))
    minutes(off, "09:00", 40)
    assert off.unit.monitors[off.queue].decisions.agent_minutes.busy == []


def test_a_wrong_table_is_one_line() -> None:
    head = f'[queues.q]\nanswer_within = "20s"\ngoal = 0.8\n[queues.q.alerts.{NAME}]\n'
    assert parse_queues(head, RULE_TABLES).queues[0].alerts == ruled(occupancy())
    for line, problem in (
        ("clear_below = 0.9", "clear_below: must not exceed raise_above"),
        ("raise_above = 88", "raise_above: expected a share above 0 and at most 1"),
        ("minimum = 0", "minimum: expected a whole number of at least 1"),
    ):
        with pytest.raises(ConfigurationError) as error:
            parse_queues(head + line, RULE_TABLES)
        assert str(error.value).startswith(f"queues.q.alerts.{NAME}.{problem}")


def test_no_boundary_between_whole_minutes_is_looked_at() -> None:
    day = minutes(day_with(AT_ONCE, "ann"), "09:00", 32)
    legs = day.unit.monitors[day.queue].legs
    assert RULE.quiet_until(AT_ONCE, legs.line, legs.windows) == ALWAYS
    assert RULE.arrival_cannot_raise_for_ms(AT_ONCE) == ALWAYS
    assert legs.windows.boundary == clock("09:31")


def test_a_half_hour_by_chance_is_not_enough() -> None:
    day = minutes(day_with(occupancy(), "ann"), "09:00", 59)
    assert day.alerts() == [f"{NAME} pending"]
    assert minutes(day, "09:59", 3).alerts() == [f"{NAME} firing"]
