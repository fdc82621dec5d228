"""Late calls left today: the number, what it means, and when it is told."""

from typing import Any

import pytest

from schemas.calls import Event
from schemas.millis import MINUTE, SECOND
from schemas.opening import Opening, parse_weekly
from schemas.queues_toml import parse_queues
from schemas.toml_reading import ConfigurationError
from streams.core.rule import ALWAYS
from streams.core.rule_catalogue import RULE_TABLES
from streams.core.rules.late_calls_left import RULE, LateCallsLeftTable
from tests.support.builders import call, clock, mark
from tests.support.ruled import late_calls_left, ruled
from tests.support.story import Story

AT_ONCE = late_calls_left(raise_below=2, clear_above=4, minimum=10, clear_hold_ms=0)
NAME = "late_calls_left"
ALWAYS_OPEN = Opening()


def day_with(table: LateCallsLeftTable = AT_ONCE, **promise: Any) -> Story:
    return Story(name="Bills", alerts=ruled(table), **promise)


def calls(day: Story, first: str, count: int, *, late: bool) -> Story:
    """A call a minute; the late ones wait for 30 s, beyond T."""
    told: list[Event] = []
    for number in range(count):
        at, leg = clock(first) + number * MINUTE, f"{first}-{number}"
        answered = at + (30 if late else 5) * SECOND
        told += [call("queued", leg, at), call("answered", leg, answered)]
        told += [call("ended", leg, answered + 20 * SECOND), mark("tick", at + 55 * SECOND)]
    for event in sorted(told, key=lambda each: each.at):
        day.say(event)
    return day


def test_the_number_is_how_many_of_the_next_calls_may_all_be_late() -> None:
    """12 in time at a goal of 80 %: 15 calls may have come in all, so 3 may be late."""
    day = calls(day_with(), "09:00", 12, late=False)
    calls(day, "09:12", 1, late=True)
    day.tick("09:13:10")
    assert day.alerts() == []  # 2 are left
    calls(day, "09:14", 1, late=True)
    day.tick("09:15:10")
    (alert,) = day.alert_records()
    assert (alert.state, alert.severity) == ("firing", "note")
    assert (alert.value, alert.threshold, alert.n) == (1, 2, 14)
    assert alert.reason == (
        "Bills: 1 late call left today (limit 2): 85 % of 14 within 20s so far, goal 80 %"
    )


def test_used_up_says_how_many_calls_in_time_would_reach_the_goal() -> None:
    day = calls(calls(day_with(), "09:00", 12, late=False), "09:12", 3, late=True)
    day.tick("09:15:10")
    (alert,) = day.alert_records()
    assert alert.reason == (
        "Bills: no late call left today (limit 2): 80 % of 15 within 20s so far, goal 80 %"
    )
    calls(day, "09:16", 1, late=True)
    day.tick("09:17:10")
    (alert,) = day.alert_records()
    assert alert.value == 0
    assert alert.reason == (
        "Bills: no late call left today (limit 2): 75 % of 16 within 20s so far, goal 80 %; "
        "the next 4 in time would reach it"
    )
    calls(day, "09:18", 4, late=False)  # 16 of 20
    day.tick("09:22:10")
    assert "80 % of 20" in day.alert_records()[0].reason


def test_it_is_over_at_the_upper_limit_alone() -> None:
    day = calls(calls(day_with(), "09:00", 12, late=False), "09:12", 2, late=True)
    calls(day, "09:14", 9, late=False)  # 21 in time, 23 in all: 3 are left
    day.tick("09:23:10")
    assert day.alerts() == [f"{NAME} firing"]
    calls(day, "09:24", 3, late=False)  # 24 in time, 26 in all: 4
    day.tick("09:27:10")
    (alert,) = day.alert_records()
    assert alert.state == "resolved"
    assert alert.reason == "Bills: 4 late calls left today; enough, or no calls come now"


def test_it_counts_by_the_formula_of_the_queue() -> None:
    for formula, expected in (("answered_only", []), ("offered", [f"{NAME} firing"])):
        day = calls(day_with(formula=formula), "09:00", 12, late=False)
        for number in range(4):
            day.at(f"09:12:0{number}").queued(f"lost{number}")
            day.at(f"09:12:5{number}").abandoned(f"lost{number}")
        day.tick("09:14:10")
        assert day.alerts() == expected, formula


def test_few_calls_and_a_goal_that_allows_none_are_said() -> None:
    few = calls(day_with(), "09:00", 9, late=True)
    few.tick("09:10:10")
    assert (few.alerts(), few.snapshot().not_evaluated) == ([], {NAME: "too few calls"})
    strict = calls(day_with(goal=1.0), "09:00", 12, late=True)
    strict.tick("09:13:10")
    assert (strict.alerts(), strict.snapshot().not_evaluated) == ([], {NAME: "goal out of reach"})


def test_a_new_day_begins_anew() -> None:
    day = calls(day_with(day_start_minute=10 * 60), "09:30", 28, late=True)
    day.tick("09:59:10")
    assert day.alerts() == [f"{NAME} firing"]
    day.tick("10:00:10")
    (alert,) = day.alert_records()
    assert alert.state == "resolved"
    assert alert.reason.endswith("not evaluated any more (too few calls)")


@pytest.mark.parametrize(
    ("opening", "expected"),
    [(ALWAYS_OPEN, []), (Opening(parse_weekly("Mon-Fri 08:00-09:20")), [f"{NAME} resolved"])],
)
def test_it_ends_when_the_queue_closes(opening: Opening, expected: list[str]) -> None:
    day = calls(day_with(opening=opening), "09:00", 15, late=True)
    day.tick("09:16:10")
    assert day.alerts() == [f"{NAME} firing"]
    day.tick("09:20:10")
    assert day.alerts() == (expected or [f"{NAME} firing"])


def test_a_wrong_table_is_one_line() -> None:
    head = f'[queues.q]\nanswer_within = "20s"\ngoal = 0.8\n[queues.q.alerts.{NAME}]\n'
    assert parse_queues(head, RULE_TABLES).queues[0].alerts == ruled(late_calls_left())
    for line, problem in (
        ("clear_above = 4", "clear_above: must not be less than raise_below"),
        ("raise_below = 0", "raise_below: expected a whole number of at least 1"),
    ):
        with pytest.raises(ConfigurationError) as error:
            parse_queues(head + line, RULE_TABLES)
        assert str(error.value) == f"queues.q.alerts.{NAME}.{problem}"


def test_it_is_asked_at_whole_minutes_alone() -> None:
    day = calls(day_with(), "09:00", 15, late=True)
    legs = day.unit.monitors[day.queue].legs
    assert RULE.quiet_until(AT_ONCE, legs.line, legs.windows) == ALWAYS
    assert RULE.arrival_cannot_raise_for_ms(AT_ONCE) == ALWAYS
    (alert,) = day.alert_records()
    assert alert.onset_at % MINUTE == 0
