"""Somebody waits too long: from the events to the sentence that people get."""

from schemas.agents import RosterEntry
from schemas.millis import MINUTE, SECOND
from streams.core.profiles import Profiles
from streams.core.roster import Roster
from streams.core.rules.oldest_wait import OldestWaitTable
from tests.support.builders import BILLING, MONDAY, call, clock, mark
from tests.support.profiles import profile
from tests.support.ruled import oldest_wait, ruled
from tests.support.story import Story

LONG_WAIT = oldest_wait(5 * MINUTE, 4 * MINUTE, hold_ms=30 * SECOND, clear_hold_ms=60 * SECOND)


def test_a_caller_who_waits_too_long_is_pending_then_firing_then_resolved() -> None:
    day = Story(name="Bills", alerts=ruled(LONG_WAIT), owner="duty")
    day.at("09:00:00").queued("ada")
    day.tick("09:05:05")
    assert day.alerts() == []
    day.tick("09:05:10")
    assert day.alerts() == ["oldest_wait pending"]
    day.tick("09:05:40")
    (alert,) = day.alert_records()
    assert (alert.state, alert.severity, alert.owner, alert.replay) == (
        "firing",
        "page",
        "duty",
        False,
    )
    assert alert.reason == "Bills: 1 waiting, the oldest for 5m35s (limit 5m)"
    assert (alert.onset_at, alert.fired_at) == (clock("09:05:05"), clock("09:05:35"))
    day.at("09:06:00").answered("ada")
    day.tick("09:07:00")
    assert day.alerts() == ["oldest_wait firing"]
    day.tick("09:07:10")
    (alert,) = day.alert_records()
    assert (alert.state, alert.resolved_at) == ("resolved", clock("09:07:05"))


def test_it_is_told_at_once_that_nobody_waits_so_long_any_more() -> None:
    day = Story(name="Bills", alerts=ruled(LONG_WAIT), owner="duty")
    day.at("09:00:00").queued("ada")
    day.at("09:01:17").queued("bob")
    day.tick("09:05:40")
    day.alert_records()
    day.at("09:06:07").answered("ada")
    day.at("09:06:07").answered("bob")
    day.at("09:06:08").queued("eve")
    day.tick("09:06:15")
    (calm,) = day.alert_records()
    assert (calm.state, calm.calm, calm.held_at) == ("firing", True, clock("09:06:10"))
    day.tick("09:06:20")
    assert day.alert_records() == [calm]  # once a change
    day.tick("09:07:20")
    over = day.alert_records()[-1]
    assert (over.state, over.calm) == ("resolved", False)


def test_a_wait_that_ends_in_time_is_taken_back() -> None:
    day = Story(alerts=ruled(LONG_WAIT))
    day.at("09:00:00").queued("ada", replay=True)
    day.tick("09:05:10")
    day.at("09:05:12").answered("ada", replay=True)
    day.tick("09:05:20")
    (alert,) = day.alert_records()
    assert (alert.state, alert.replay, alert.fired_at) == ("inactive", True, None)


def with_a_doubtful_caller(table: OldestWaitTable = LONG_WAIT) -> Story:
    """Lost has waited since nine, and five who came later were answered first."""
    day = Story(name="Bills", alerts=ruled(table))
    day.at("09:00:00").queued("lost")
    for number in range(5):
        day.at(f"09:00:1{number}").queued(f"leg{number}")
        day.at(f"09:00:2{number}").answered(f"leg{number}")
    assert day.snapshot().doubtful == 1
    return day


def until(day: Story, text: str) -> None:
    """A tick every five seconds, as a source sends them: a longer step is a gap, in which nothing is decided."""
    for at in range(day.records[-1].timestamp, clock(text) + 1, 5 * SECOND):
        day.say(mark("tick", at))
    day.tick(text)


def test_a_doubtful_caller_pages_five_minutes_later_and_is_said_to_be_perhaps_gone() -> None:
    day = with_a_doubtful_caller()
    until(day, "09:10:05")
    assert day.alerts() == []
    until(day, "09:10:40")
    (alert,) = day.alert_records()
    assert (alert.state, alert.severity, alert.doubtful) == ("firing", "page", True)
    assert (alert.onset_at, alert.fired_at) == (clock("09:10:05"), clock("09:10:35"))
    assert (alert.value, alert.threshold, alert.n) == (635, 600, 1)
    assert alert.reason == (
        "Bills: 1 waiting, perhaps gone (later callers were answered first), the oldest for 10m35s"
        " (limit 10m)"
    )
    assert day.snapshot().attention is not None
    assert "perhaps gone" in day.snapshot().attention.cause  # type: ignore[union-attr]
    day.at("09:12:00").abandoned("lost")
    until(day, "09:13:10")
    (alert,) = day.alert_records()
    assert (alert.state, alert.resolved_at, alert.doubtful) == ("resolved", clock("09:13:05"), True)


def test_how_much_later_a_doubtful_caller_pages_is_configured() -> None:
    later = oldest_wait(5 * MINUTE, 4 * MINUTE, doubtful_extra_ms=MINUTE)
    day = with_a_doubtful_caller(later)
    until(day, "09:06:05")
    assert day.alerts() == []
    until(day, "09:06:10")
    assert day.alerts() == ["oldest_wait firing"]


def test_a_caller_who_is_surely_there_pages_while_the_alert_of_a_doubtful_one_fires() -> None:
    day = with_a_doubtful_caller()
    until(day, "09:30:00")
    day.at("09:30:00").queued("ada")
    until(day, "09:35:40")
    doubtful, sure = day.alert_records()
    assert (doubtful.state, doubtful.resolved_at) == ("resolved", clock("09:35:05"))
    assert (sure.state, sure.doubtful) == ("firing", False)
    assert (sure.onset_at, sure.fired_at) == (clock("09:35:05"), clock("09:35:35"))
    assert sure.reason == "Bills: 1 waiting, the oldest for 5m35s (limit 5m)"
    day.at("09:36:00").answered("ada")
    until(day, "09:37:50")  # resolved at 09:37; the doubtful one waits still
    assert day.alerts() == ["oldest_wait resolved", "oldest_wait resolved", "oldest_wait firing"]
    assert day.alert_records()[2].doubtful


def test_a_caller_who_becomes_doubtful_has_a_later_alert_of_his_own() -> None:
    day = Story(alerts=ruled(oldest_wait(MINUTE, MINUTE, clear_hold_ms=0)))
    day.at("09:00:00").queued("lost")
    until(day, "09:01:30")
    assert day.alerts() == ["oldest_wait firing"]
    for number in range(5):
        day.at(f"09:01:3{number}").queued(f"leg{number}")
        day.at(f"09:01:4{number}").answered(f"leg{number}")
    until(day, "09:06:05")
    assert day.alerts() == ["oldest_wait resolved"]
    until(day, "09:06:10")
    assert [alert.doubtful for alert in day.alert_records()] == [False, True]


def test_a_doubtful_alert_that_has_not_fired_is_taken_back_for_one_who_is_surely_there() -> None:
    day = with_a_doubtful_caller()
    day.at("09:05:15").queued("ada")
    until(day, "09:10:30")
    assert day.alerts() == ["oldest_wait inactive", "oldest_wait pending"]
    until(day, "09:10:55")
    assert [alert.doubtful for alert in day.alert_records()] == [True, False]
    assert day.alerts() == ["oldest_wait inactive", "oldest_wait firing"]


def test_a_doubtful_caller_who_is_answered_raises_nothing_on_the_way_out() -> None:
    """The boundary before the answer is decided after it: there the caller must not count as certain."""
    day = with_a_doubtful_caller(oldest_wait(5 * MINUTE, 4 * MINUTE))
    until(day, "09:07:00")
    day.at("09:07:03").answered("lost")
    until(day, "09:07:20")
    assert day.alerts() == []


def test_a_doubtful_wait_on_the_limit_at_which_it_is_over_keeps_it_up() -> None:
    day = Story(
        alerts=ruled(
            oldest_wait(2 * MINUTE, MINUTE, doubtful_extra_ms=MINUTE, clear_hold_ms=0),
        )
    )
    day.at("09:00:00").queued("lost")
    day.at("09:01:10").queued("eve")
    for number in range(5):
        day.at(f"09:01:2{number}").queued(f"leg{number}")
        day.at(f"09:01:3{number}").answered(f"leg{number}")
    until(day, "09:03:10")
    assert day.alerts() == ["oldest_wait firing"]
    day.at("09:03:09").abandoned("lost")
    until(day, "09:03:15")  # as of ten seconds past, eve has waited for two minutes
    assert day.alerts() == ["oldest_wait firing"]
    day.at("09:03:14").abandoned("eve")
    until(day, "09:03:25")
    assert day.alerts() == ["oldest_wait resolved"]


def test_a_restart_between_keeps_what_a_doubtful_caller_raised() -> None:
    day = with_a_doubtful_caller()
    until(day, "09:10:15")
    day.restart()
    until(day, "09:10:40")
    assert [(a.state, a.doubtful) for a in day.alert_records()] == [("firing", True)]
    day.restart()
    day.at("09:12:00").abandoned("lost")
    until(day, "09:13:10")
    assert [(a.state, a.doubtful) for a in day.alert_records()] == [("resolved", True)]


def test_a_wait_on_the_limit_at_which_it_is_over_keeps_it_up() -> None:
    day = Story(alerts=ruled(oldest_wait(5 * MINUTE, 4 * MINUTE, clear_hold_ms=0)))
    day.at("09:00:00").queued("ada")
    day.at("09:01:10").queued("eve")
    day.tick("09:05:10")
    day.at("09:05:09").answered("ada")
    day.tick("09:05:15")  # as of ten seconds past, eve has waited four minutes
    assert day.alerts() == ["oldest_wait firing"]
    day.at("09:05:14").answered("eve")
    day.tick("09:05:20")
    assert day.alerts() == ["oldest_wait resolved"]


def with_two_agents_at_night(table: OldestWaitTable) -> Story:
    """Ten calls an hour, as usual; then both agents talk for long, and Ada waits from nine on."""
    profiles = Profiles()
    profiles.update(profile(per_slot=2.5))
    day = Story(roster=Roster(), profiles=profiles, alerts=ruled(table))
    for number in range(2):
        entry = RosterEntry(
            f"a{number}", number + 1, "node", "available", "talking", "", MONDAY, MONDAY, (BILLING,)
        )
        day.roster.update(entry)
    for number in range(90):
        at = MONDAY + number * 6 * MINUTE
        day.say(call("queued", f"leg{number}", at))
        day.say(call("answered", f"leg{number}", at + SECOND))
        day.say(call("ended", f"leg{number}", at + SECOND + 4 * MINUTE))
    day.tick("09:00:00")
    day.at("09:00:00").queued("ada")
    return day


def test_a_wait_that_chance_makes_on_a_small_desk_pages_later_and_at_twice_the_limit_at_last() -> (
    None
):
    day = with_two_agents_at_night(oldest_wait(2 * MINUTE, MINUTE))
    until(day, "09:04:00")
    assert day.alerts() == []
    until(day, "09:04:10")
    assert [(a.state, a.value, a.threshold) for a in day.alert_records()] == [("firing", 245, 120)]


def test_the_limit_holds_as_it_is_where_it_says_so() -> None:
    day = with_two_agents_at_night(oldest_wait(2 * MINUTE, MINUTE, weeks=0))
    until(day, "09:02:10")
    assert day.alerts() == ["oldest_wait firing"]
