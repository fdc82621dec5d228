"""Late calls use up the goal: both windows, what the goal allows, and how many calls it takes."""

from typing import Any

import pytest

from schemas.calls import Event
from schemas.millis import MINUTE, SECOND
from schemas.queues_toml import parse_queues
from schemas.toml_reading import ConfigurationError
from streams.core.profiles import Profiles
from streams.core.rule import ALWAYS
from streams.core.rule_catalogue import RULE_TABLES
from streams.core.rules.service_level_burn import RULE, ServiceLevelBurnTable
from tests.support.builders import call, clock, mark, targets
from tests.support.profiles import profile
from tests.support.ruled import ruled, service_level_burn
from tests.support.story import Story

AT_ONCE = service_level_burn(clear_hold_ms=0)
NAME = "service_level_burn"
TALK_MS = 2 * MINUTE


def day_with(table: ServiceLevelBurnTable = AT_ONCE, **promise: Any) -> Story:
    return Story(name="Bills", alerts=ruled(table), **promise)


def calls(
    day: Story, first: str, minutes: int, *, late: int, of: int = 1, ends: bool = True
) -> Story:
    """A call a minute from `first` on; of each `of` calls the first `late` wait for 30 s, beyond T."""
    told: list[Event] = []
    for number in range(minutes):
        at, leg = clock(first) + number * MINUTE, f"{first}-{number}"
        answered = at + (30 if number % of < late else 5) * SECOND
        told += [call("queued", leg, at), call("answered", leg, answered)]
        if ends:
            told.append(call("ended", leg, answered + TALK_MS))
        told += [mark("tick", at + each * SECOND) for each in range(5, 60, 5)]
    over = clock(first) + minutes * MINUTE
    for event in sorted(told, key=lambda each: each.at):
        if event.at < over:  # else time would be ahead of what is told next
            day.say(event)
    return day


def test_late_calls_in_both_windows_warn_with_both_levels_and_end_with_the_short_one() -> None:
    day = calls(day_with(), "09:00", 60, late=1, of=2)  # 50 %: 2.5 times what a goal of 80 % allows
    day.tick("10:00:10")
    (alert,) = day.alert_records()
    assert (alert.state, alert.severity, alert.threshold) == ("firing", "warn", 2)
    assert day.snapshot().not_evaluated == {}
    assert alert.reason == (
        f"Bills: {alert.value:.1f} times as many late calls as the goal allows (limit 2): 50 % of 60"
        " within 20s in the last 60 minutes, 53 % of 15 in the last 15; goal 80 %"
    )
    assert (alert.value, alert.n) == (2.5, 60)
    calls(day, "10:00", 14, late=0)
    day.tick("10:14:10")
    (alert,) = day.alert_records()
    assert alert.state == "resolved"
    assert alert.reason == (
        "Bills: 0.7 times as many late calls as the goal allows (limit 2): 86 % of 15 within 20s"
        " in the last 15 minutes, 58 % of 60 in the last 60; goal 80 %"
    )
    assert (alert.n, alert.minutes) == (15, 15)


def test_a_quarter_of_an_hour_without_a_late_call_says_so_in_words() -> None:
    """As `0.0 times as many late calls as the goal allows` it said nothing to anybody."""
    day = calls(day_with(service_level_burn(clear_hold_ms=5 * MINUTE)), "09:00", 60, late=1)
    calls(day, "10:00", 17, late=0)
    calm = [each for each in day.alert_records() if each.calm][-1]
    assert (calm.value, calm.minutes) == (0, 15)
    assert calm.reason.startswith("Bills: no late call: 100 % of 15 within 20s in the last 15 min")


def test_a_quarter_of_an_hour_in_which_no_call_was_counted_says_so() -> None:
    """0 % of the hour were in time: that nobody was served since then is no good news."""
    day = calls(day_with(service_level_burn(clear_hold_ms=5 * MINUTE)), "09:00", 60, late=1)
    day.tick("10:00:10")
    assert day.alerts() == [f"{NAME} firing"]
    for minute in range(1, 18):
        day.tick(f"10:{minute:02}:10")
    calm = [each for each in day.alert_records() if each.calm]
    assert calm[-1].reason == (
        "Bills: no call was counted in the last 15 minutes; 0 % of 43 within 20s in the last 60; goal 80 %"
    )
    assert (calm[-1].value, calm[-1].n, calm[-1].minutes) == (0, 0, 15)


def test_where_the_hour_is_the_calm_one_its_figures_are_said() -> None:
    day = calls(day_with(service_level_burn(clear_hold_ms=180 * MINUTE)), "09:00", 60, late=1)
    calls(day, "10:00", 55, late=0)
    calls(day, "10:55", 9, late=1)
    calm = day.alert_records()[-1]
    assert (calm.calm, calm.minutes, calm.value < 1) == (True, 60, True)
    assert " in the last 60 minutes, " in calm.reason
    assert calm.reason.endswith(" in the last 15; goal 80 %")


def test_a_bad_quarter_of_an_hour_alone_and_a_bad_hour_that_is_over_warn_nobody() -> None:
    short = calls(calls(day_with(), "09:00", 45, late=0), "09:45", 14, late=1)
    assert short.alerts() == []
    over = calls(calls(Story(), "09:00", 30, late=1), "09:30", 20, late=0)
    over.publish(targets(alerts=ruled(AT_ONCE)), valid_from="09:50")
    calls(over, "09:50", 5, late=0)
    assert (over.alerts(), over.snapshot().not_evaluated) == ([], {})


def test_what_counts_is_how_much_the_goal_allows() -> None:
    strict = calls(day_with(goal=0.95), "09:00", 60, late=1, of=8)
    assert strict.tick("10:00:05").alerts() == [f"{NAME} firing"]  # 12.5 % are late, 5 % may be
    mild = calls(day_with(goal=0.8), "09:00", 60, late=1, of=8)
    assert mild.tick("10:00:05").alerts() == []


@pytest.mark.parametrize(
    ("goal", "expected"),
    [(0.5, {NAME: "goal out of reach"}), (0.51, {}), (1.0, {NAME: "goal out of reach"})],
)
def test_a_burn_that_the_goal_cannot_reach_is_said(goal: float, expected: dict[str, str]) -> None:
    day = calls(day_with(goal=goal), "09:00", 60, late=1)
    assert day.snapshot().not_evaluated == expected


def test_too_few_independent_calls_say_nothing() -> None:
    """60 calls of two minutes are two Erlangs: they amount to 60 / 3 calls."""
    for minimum, expected in ((20.0, {}), (21.0, {NAME: "too few calls"})):
        day = calls(day_with(service_level_burn(minimum=minimum)), "09:00", 60, late=1)
        calls(day, "10:00", 1, late=1)
        assert day.snapshot().not_evaluated == expected, minimum
    assert day_with().tick("09:00").at("09:00:01").queued("ada").snapshot().not_evaluated == {
        NAME: "too few calls"
    }


def test_where_nobody_tells_how_long_calls_take_it_says_so() -> None:
    day = calls(day_with(), "09:00", 60, late=1, ends=False)
    assert (day.alerts(), day.snapshot().not_evaluated) == ([], {NAME: "no handling times"})


def test_a_wrong_table_is_one_line() -> None:
    head = f'[queues.q]\nanswer_within = "20s"\ngoal = 0.8\n[queues.q.alerts.{NAME}]\n'
    assert parse_queues(head, RULE_TABLES).queues[0].alerts == ruled(service_level_burn())
    for line, problem in (
        ("clear_below = 3", "clear_below: must not exceed raise_above"),
        ("raise_above = 0", "raise_above: expected a number above 0.0"),
        ("minimum = -1", "minimum: expected a number above 0.0"),
    ):
        with pytest.raises(ConfigurationError) as error:
            parse_queues(head + line, RULE_TABLES)
        assert str(error.value) == f"queues.q.alerts.{NAME}.{problem}"


def test_it_is_asked_at_whole_minutes_alone_and_no_other_boundary_is_looked_at() -> None:
    day = calls(day_with(), "09:00", 60, late=1)
    day.tick("10:00:05")
    day.tick("10:00:50")
    assert day.alerts() == [f"{NAME} firing"]
    decisions, legs = day.unit.monitors[day.queue].decisions, day.unit.monitors[day.queue].legs
    assert legs.windows.boundary == clock("10:00:00")
    assert decisions.passed_to == clock("10:00:45")
    assert RULE.quiet_until(AT_ONCE, legs.line, legs.windows) == ALWAYS
    assert RULE.arrival_cannot_raise_for_ms(AT_ONCE) == ALWAYS
    (alert,) = day.alert_records()
    assert alert.onset_at % MINUTE == 0


@pytest.mark.parametrize(("a_slot", "expected"), [(1.5, [f"{NAME} firing"]), (15.0, [])])
def test_an_hour_that_is_little_of_the_day_warns_nobody(a_slot: float, expected: list[str]) -> None:
    """30 late calls; the goal allows 29 of the 144 usual calls of a day, or 288 of 1,440."""
    profiles = Profiles()
    profiles.update(profile(per_slot=a_slot))
    day = calls(day_with(profiles=profiles), "09:00", 60, late=1, of=2)
    assert day.tick("10:00:10").alerts() == expected
