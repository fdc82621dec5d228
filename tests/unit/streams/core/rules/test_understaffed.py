"""Too few agents for the load: who is paged, by which figures, and where nothing can be told."""

from typing import Any

import msgspec
import pytest

from schemas.agents import RosterEntry, RoutingState
from schemas.millis import HOUR, MINUTE, SECOND
from schemas.opening import Opening, parse_weekly
from schemas.queues_toml import parse_queues
from schemas.toml_reading import ConfigurationError
from streams.core.erlang_a import ErlangA
from streams.core.profiles import Profiles
from streams.core.roster import Roster
from streams.core.rule_catalogue import RULE_TABLES
from streams.core.rules.understaffed import RULE, UnderstaffedTable
from tests.support.builders import BILLING, MONDAY, call, clock, mark, targets
from tests.support.profiles import profile
from tests.support.ruled import ruled, understaffed
from tests.support.story import Story

AT_ONCE = understaffed(clear_hold_ms=0)
LAST = "09:00:00"


def day_with(agents: int, table: UnderstaffedTable = AT_ONCE, **promise: Any) -> Story:
    """Until nine a call a minute was answered after 5 s and took 4 minutes: 4 Erlangs."""
    day = Story(name="Bills", roster=Roster(), alerts=ruled(table), **promise)
    staff(day, agents)
    return day


def usual_day(agents: int, table: UnderstaffedTable = AT_ONCE, **promise: Any) -> Story:
    """The same, and a call a minute is usual."""
    profiles = Profiles()
    profiles.update(profile(per_slot=15.0))
    return day_with(agents, table, profiles=profiles, **promise)


def staff(
    day: Story, agents: int, state: RoutingState = "available", first: int = 0, since: int = MONDAY
) -> None:
    for number in range(first, first + agents):
        entry = RosterEntry(
            f"a{number}", len(day.records) + 1, "node", state, "idle", "", since, since, (BILLING,)
        )  # fmt: skip
        day.roster.update(entry)


def an_hour(day: Story, calls: int = 60, *, ends: bool = True) -> Story:
    told = []
    for number in range(calls):
        at, leg = clock(LAST) - HOUR + number * HOUR // calls, f"leg{number}"
        told += [call("queued", leg, at), call("answered", leg, at + 5 * SECOND)]
        if ends and (end := at + 5 * SECOND + 4 * MINUTE) <= clock(LAST):
            told.append(call("ended", leg, end))
    for event in sorted(told, key=lambda each: each.at):
        day.say(event)
    return day.tick(LAST)


def waits(day: Story, for_s: int = 60) -> Story:
    came = clock(LAST) + SECOND
    day.say(call("queued", "ada", came))
    for at in range(came, came + for_s * SECOND + 10 * SECOND, 5 * SECOND):
        day.say(mark("tick", at))
    return day


def level(agents: int) -> float:
    """Of 60 calls an hour that take 4 minutes each."""
    model = ErlangA(agents, 4, 4 * MINUTE, 5 * MINUTE)
    return model.service_level("short_abandons_ignored", 20 * SECOND, 5 * SECOND)


def test_too_few_agents_page_with_the_cause_and_end_when_others_sign_in() -> None:
    day = waits(an_hour(day_with(4)))
    (alert,) = day.alert_records()
    assert (alert.state, alert.severity, alert.threshold) == ("firing", "page", 0.7)
    assert alert.value == pytest.approx(level(4), abs=1e-4)
    assert alert.n == 60
    assert alert.reason == (
        f"Bills: too few agents, {100 * level(4):.0f} % of callers will be answered in time (limit 70 %; goal"
        " 80 % within 20s; 4 take calls, 1 wait, 60 came in the last hour, 4m each)"
    )
    assert alert.onset_at == clock("09:00:25")
    staff(day, 4, first=4)
    day.tick("09:02:00")
    (alert,) = day.alert_records()
    assert alert.state == "resolved"
    assert alert.value == pytest.approx(level(8), abs=1e-2)
    assert alert.reason == "Bills: the agents are enough again, or nobody waits any more"


def test_enough_agents_and_a_line_in_which_nobody_waits_long_page_nobody() -> None:
    assert waits(an_hour(day_with(12))).alerts() == []
    assert waits(an_hour(day_with(4)), for_s=10).alerts() == []


def test_between_the_limits_it_is_neither_raised_nor_over() -> None:
    below = round(0.8 - level(5), 3)
    table = understaffed(points=below + 0.01, clear_points=below - 0.01, clear_hold_ms=0)
    day = waits(an_hour(day_with(4, table)))
    assert day.alerts() == ["understaffed firing"]
    staff(day, 1, first=4)
    day.tick("09:01:20")
    assert day.alerts() == ["understaffed firing"]
    staff(day, 1, first=5)
    day.tick("09:01:30")
    assert day.alerts() == ["understaffed resolved"]
    assert waits(an_hour(day_with(5, table))).alerts() == []


def test_it_ends_when_nobody_waits_any_more() -> None:
    day = waits(an_hour(day_with(4)))
    day.at("09:01:20").answered("ada")
    day.tick("09:01:35")
    assert day.alerts() == ["understaffed resolved"]


@pytest.mark.parametrize("state", ["not_ready", "unreachable", "logged_out"])
def test_agents_who_take_no_calls_are_as_good_as_none(state: RoutingState) -> None:
    day = day_with(0)
    staff(day, 9, state, since=clock(LAST))  # after all those calls
    waits(an_hour(day))
    (alert,) = day.alert_records()
    assert (alert.state, alert.value) == ("firing", 0)
    assert "; goal 80 % within 20s; 0 take calls, 1 wait," in alert.reason


def test_where_nobody_reports_agents_it_says_so_and_never_fires() -> None:
    day = waits(an_hour(day_with(0)), for_s=600)
    assert day.alerts() == []
    assert day.snapshot().not_evaluated == {"understaffed": "no agents reported"}


def test_with_few_calls_behind_it_nothing_is_predicted() -> None:
    day = waits(an_hour(day_with(1), calls=15))
    assert day.alerts() == []
    assert day.snapshot().not_evaluated == {"understaffed": "too few calls"}
    lower = waits(an_hour(day_with(1, understaffed(minimum=14)), calls=15))
    assert lower.snapshot().not_evaluated == {}


def test_where_nobody_tells_how_long_calls_take_it_says_so() -> None:
    day = waits(an_hour(day_with(1), ends=False))
    assert day.alerts() == []
    assert day.snapshot().not_evaluated == {"understaffed": "no handling times"}


def test_a_goal_that_leaves_no_room_for_the_points_is_said() -> None:
    day = waits(an_hour(day_with(1, goal=0.1)))
    assert (day.alerts(), day.snapshot().not_evaluated) == (
        [],
        {"understaffed": "goal out of reach"},
    )


def test_an_open_alert_ends_when_the_rule_cannot_be_evaluated_any_more() -> None:
    day = waits(an_hour(day_with(4)))
    more = understaffed(minimum=1_000, clear_hold_ms=0)
    day.publish(targets(name="Bills", alerts=ruled(more)), valid_from="09:01:15")
    day.tick("09:01:30")
    (alert,) = day.alert_records()
    assert alert.state == "resolved"
    assert alert.reason == (
        "Bills: too few agents for the load: not evaluated any more (too few calls)"
    )


def test_its_defaults_are_those_of_the_page_and_a_wrong_table_is_one_line() -> None:
    head = '[queues.q]\nanswer_within = "20s"\ngoal = 0.8\n[queues.q.alerts.understaffed]\n'
    settings = parse_queues(head, RULE_TABLES).queues[0].alerts["understaffed"]
    table = msgspec.convert(settings, UnderstaffedTable)
    assert (table.points, table.clear_points, table.minimum) == (0.10, 0.05, 20)
    assert (table.patience_ms, table.waiting_longer_than_ms) == (5 * MINUTE, 20 * SECOND)
    for line, problem in (
        (
            "points = 10",
            "points: expected a share above 0 and at most 1, got 10 (write 0.1 for 10 %)",
        ),
        ("clear_points = 0.2", "clear_points: must not exceed points"),
        ('patience = "0s"', "patience: must be between 1s and 1h"),
        ('patience = "2h"', "patience: must be between 1s and 1h"),
        ("minimum = 0", "minimum: expected a whole number of at least 1"),
    ):
        with pytest.raises(ConfigurationError) as error:
            parse_queues(head + line, RULE_TABLES)
        assert str(error.value) == f"queues.q.alerts.understaffed.{problem}"


def test_no_boundary_is_looked_at_while_nobody_waits_long() -> None:
    day = an_hour(day_with(4))
    legs = day.unit.monitors[day.queue].legs
    day.at("09:00:01").queued("ada")
    until = RULE.quiet_until(AT_ONCE, legs.line, legs.windows)
    assert until == clock("09:00:21")
    assert RULE.arrival_cannot_raise_for_ms(AT_ONCE) == 20 * SECOND


HOURS = Opening(weekly=parse_weekly("Mon-Fri 08:00-09:30"))


def minutes(day: Story, first: str, last: str) -> Story:
    """A tick every five seconds."""
    for at in range(clock(first), clock(last) + 1, 5 * SECOND):
        day.say(mark("tick", at))
    return day


def sign_out(day: Story, *agents: int, state: RoutingState = "logged_out") -> None:
    for number in agents:
        entry = RosterEntry(
            f"a{number}", 10_000 + len(day.records), "node", state, "idle", "", MONDAY, MONDAY, (BILLING,)
        )  # fmt: skip
        day.roster.update(entry)


def test_with_a_profile_the_sentence_says_what_is_expected_now() -> None:
    (alert,) = waits(an_hour(usual_day(4, opening=HOURS))).alert_records()
    assert "60 came in the last hour, 60 an hour expected now, 4m each" in alert.reason


def test_an_hour_of_many_calls_by_chance_is_not_the_load() -> None:
    """110 where 60 are usual: by the last hour alone seven agents are too few, by what is expected they are enough."""
    assert waits(an_hour(day_with(7), 110)).alerts() == ["understaffed firing"]
    assert waits(an_hour(usual_day(7, opening=HOURS), 110)).alerts() == []


def test_agents_who_sign_out_at_once_page_before_anybody_waits() -> None:
    day = minutes(an_hour(usual_day(8, opening=HOURS)), "09:00:05", "09:12:00")
    sign_out(day, 0, 1, 2, 3)
    minutes(day, "09:12:05", "09:13:00")
    assert day.alerts() == []
    minutes(day, "09:13:05", "09:13:10")
    (alert,) = day.alert_records()
    assert (alert.state, alert.onset_at) == ("firing", clock("09:13"))
    assert "4 take calls, 4 fewer than minutes ago, 0 wait" in alert.reason


@pytest.mark.parametrize("somebody_waits", [False, True])
def test_it_ends_at_the_boundary_at_which_they_are_back_and_not_at_the_next_whole_minute(
    somebody_waits: bool,
) -> None:
    """It began at a look that also says up to when no other alert can begin: that look ends with it."""
    day = minutes(an_hour(usual_day(8, opening=HOURS)), "09:00:05", "09:12:00")
    sign_out(day, 0, 1, 2, 3)
    minutes(day, "09:12:05", "09:12:50")
    if somebody_waits:
        day.at("09:12:58").queued("ada")
    minutes(day, "09:12:55", "09:13:10")
    assert day.alerts() == ["understaffed firing"]
    sign_out(day, 0, 1, 2, 3, state="available")
    minutes(day, "09:13:15", "09:13:40")
    (alert,) = day.alert_records()
    assert (alert.state, alert.resolved_at) == ("resolved", clock("09:13:10"))


@pytest.mark.parametrize("case", ["one", "enough", "pause", "no profile", "closed"])
def test_sign_outs_that_do_no_harm_page_nobody(
    case: str,
) -> None:
    made = day_with if case == "no profile" else usual_day
    hours = Opening(weekly=parse_weekly("Mon-Fri 08:00-09:11")) if case == "closed" else HOURS
    agents = {"one": 5, "enough": 12}.get(case, 8)
    day = minutes(an_hour(made(agents, opening=hours)), "09:00:05", "09:12:00")
    gone = {"one": [0], "enough": [0, 1]}.get(case, [0, 1, 2, 3])
    sign_out(day, *gone, state="not_ready" if case == "pause" else "logged_out")
    assert minutes(day, "09:12:05", "09:16:00").alerts() == []
