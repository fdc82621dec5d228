"""No call comes at all: how long a silence must be, when it is none, and that an idle queue is asked in time."""

from math import exp, log
from typing import Any

import pytest

from schemas.millis import HOUR, MINUTE, SECOND
from schemas.opening import Opening, parse_weekly
from schemas.queues_toml import parse_queues
from streams.core.profiles import Profiles
from streams.core.rule_catalogue import RULE_TABLES
from streams.core.rules.no_calls import QUIET_DAY, limit
from tests.support.builders import NODE, call, clock, mark, targets
from tests.support.profiles import profile
from tests.support.ruled import no_calls, ruled
from tests.support.story import Story

OFFICE = Opening(weekly=parse_weekly("Mon-Sun 08:00-17:00"), holidays=("2026-03-03",))


def day_with(usual: Any = 15.0, dispersion: float = 1.0, **promise: Any) -> Story:
    """By default one call a minute is usual, always."""
    profiles = Profiles()
    if usual is not None:
        profiles.update(profile(per_slot=usual, dispersion=dispersion))
    return Story(name="Bills", alerts=ruled(no_calls()), profiles=profiles, **promise)


def one_call(day: Story, at: str) -> Story:
    came = clock(at)
    told = [call("queued", at, came), call("answered", at, came + 5 * SECOND)]
    for event in (*told, call("ended", at, came + MINUTE)):
        day.say(event)
    return day


def ticks(day: Story, start: str, end: str, every_s: int = 5, source: str = NODE) -> Story:
    for at in range(clock(start), clock(end), every_s * SECOND):
        day.say(mark("tick", at, source))
    return day


def test_a_silence_of_so_many_expected_calls_pages_and_the_next_call_ends_it() -> None:
    day = ticks(one_call(day_with(), "09:00:30"), "09:02", "09:26")
    silent = 26  # minutes of one expected call each, from 09:01 on: ln(100,800) / 0.63 is 18.3
    assert limit(100_800, 1.0) == pytest.approx(log(10_080 * 10) / QUIET_DAY)
    (alert,) = day.alert_records()
    assert silent > limit(100_800, 1.0)
    assert (alert.state, alert.severity) == ("firing", "page")
    assert alert.onset_at == clock("09:20")
    assert alert.reason == "Bills: no call for 24m, 24 were expected"
    assert (alert.value, alert.n) == (24, 0)
    assert alert.threshold == pytest.approx(18.29, abs=0.01)
    one_call(day, "09:26:30").tick("09:28")
    (alert,) = day.alert_records()
    assert (alert.state, alert.resolved_at) == ("resolved", clock("09:27"))
    assert alert.reason == "Bills: calls come again, or it is closed"


def test_a_call_that_was_under_way_all_the_time_does_not_hide_it() -> None:
    day = day_with()
    day.say(call("queued", "long", clock("09:00:30")))
    day.say(call("answered", "long", clock("09:00:40")))
    ticks(day, "09:01", "09:21")
    assert day.alerts() == ["no_calls firing"]


def test_an_idle_queue_is_asked_in_time_whenever_its_last_call_was() -> None:
    """Two calls an hour are usual: the silence outlasts all windows."""
    day = ticks(one_call(day_with(0.5), "01:00:30"), "01:02", "10:00", 30)
    weekly = 0.5 * 4 * 24 * 7
    hours = log(weekly * 10) / QUIET_DAY / 2
    (alert,) = day.alert_records()
    late = alert.onset_at - clock("01:01") - hours * HOUR
    assert 0 <= late <= MINUTE


def test_while_it_cannot_be_raised_an_idle_queue_writes_nothing() -> None:
    day = ticks(one_call(day_with(0.5), "01:00:30"), "01:02", "03:00", 30)
    day.alerts()
    before = dict(day.outputs.pieces)
    ticks(day, "03:00", "05:00")
    day.alerts()
    changed = {key for key, value in day.outputs.pieces.items() if before.get(key) != value}
    assert changed == {b"calls|cursor"}


def test_in_closed_hours_and_on_holidays_nothing_is_missing_and_it_begins_anew_at_opening() -> None:
    day = one_call(day_with(opening=OFFICE), "16:55:30")
    ticks(day, "16:57", "32:00", 60)  # Tuesday is a holiday
    ticks(day, "32:00", "56:10", 60)
    assert day.alerts() == []
    ticks(day, "56:10", "56:21", 60)
    (alert,) = day.alert_records()
    assert alert.onset_at == clock("56:19")
    assert alert.reason.startswith("Bills: no call for ")


def test_an_open_alert_ends_when_the_queue_closes() -> None:
    day = ticks(one_call(day_with(opening=OFFICE), "16:30:30"), "16:32", "17:02")
    (alert,) = day.alert_records()
    assert (alert.state, alert.resolved_at) == ("resolved", clock("17:00"))


def test_where_the_source_is_silent_time_stands_still_and_nothing_is_missing() -> None:
    day = ticks(one_call(day_with(), "09:00:30"), "09:02", "09:10")
    ticks(day, "09:10", "11:00", source="other")
    assert day.alerts() == []
    snapshot = day.unit.snapshots(now=clock("11:00"))[0]
    assert snapshot.attention is None or snapshot.attention.level != "act"


def test_a_restart_keeps_the_last_call_and_a_former_state_does_not_know_it() -> None:
    day = ticks(one_call(day_with(0.5), "01:00:30"), "01:02", "03:00", 30)
    day.restart()
    ticks(day, "03:00", "10:00", 30)
    whole = ticks(one_call(day_with(0.5), "01:00:30"), "01:02", "10:00", 30)
    assert [each.onset_at for each in day.alert_records()] == [
        each.onset_at for each in whole.alert_records()
    ]
    unknown = ticks(one_call(day_with(0.5), "01:00:30"), "01:02", "03:00", 30)
    unknown.restart()
    unknown.unit.monitors[unknown.queue].legs.windows.arrived_before = None
    assert ticks(unknown, "03:00", "10:00", 30).alerts() == []


def test_new_targets_and_profiles_hold_for_a_queue_that_is_idle() -> None:
    day = ticks(one_call(day_with(0.5), "01:00:30"), "01:02", "02:30", 30)
    day.profiles.update(profile(version=2, valid_from=clock("03:00")))
    ticks(day, "02:30", "03:00", 30)
    assert day.alerts() == []
    ticks(day, "03:00", "03:01", 30)
    assert day.alerts() == ["no_calls firing"]
    other = ticks(one_call(day_with(0.5), "01:00:30"), "01:02", "02:30", 30)
    other.publish(targets(other.queue, alerts={}), valid_from="03:00")
    assert ticks(other, "02:30", "12:00", 30).alerts() == []


def test_calls_in_clusters_leave_longer_silences() -> None:
    once = limit(100_800, 1.0)
    assert limit(100_800, 2.0) == pytest.approx(once / log(2))
    # phi ** (-mu / (phi - 1)) is the chance of no call, and exp(-mu) without clusters
    assert 2 ** -(once / log(2)) == pytest.approx(exp(-once))
    assert limit(100_800, 1.0001) == pytest.approx(once)


@pytest.mark.parametrize("usual", [None, lambda _day, _slot: None])
def test_without_a_profile_it_is_not_evaluated(usual: Any) -> None:
    day = ticks(one_call(day_with(usual), "09:00:30"), "09:02", "12:00", 30)
    assert day.alerts() == []
    assert day.snapshot().not_evaluated == {"no_calls": "no profile"}


def test_its_keys_in_queues_toml() -> None:
    text = (
        "[defaults]\ntime_zone='UTC'\nanswer_within='20s'\ngoal=0.8\n"
        "[queues.a]\nalerts.no_calls = {}\n"
    )
    (queue,) = parse_queues(text, RULE_TABLES).queues
    assert queue.alerts["no_calls"] == {"hold_ms": 0, "clear_hold_ms": 0, "weeks": 10.0}


@pytest.mark.parametrize("dies", [False, True])
def test_a_queue_that_was_idle_before_its_first_call_is_asked_after_it(dies: bool) -> None:
    """Idle again by one step of time that ends between two whole minutes, at which nothing is asked."""
    day = day_with()
    day.at("08:00:00").ended("lost")  # nobody knows when this call came: none is known to have come
    day.tick("08:10:00")
    one_call(day, "08:11:00")
    day.tick("10:00:17")
    if dies:
        day.restart()
    day.tick("10:01:06")
    (alert,) = day.alert_records()
    assert (alert.state, alert.onset_at) == ("firing", clock("10:01"))


def test_a_late_fact_that_makes_the_silence_longer_is_not_passed_over() -> None:
    """The only call came five minutes earlier than was told at first, and nothing else says that it is time to ask."""
    onsets = []
    for told_late in (False, True):
        day = day_with()
        came = clock("09:00:00")
        for number in range(30):
            at = came + number * 10 * SECOND
            day.say(call("queued", f"a{number}", at))
            day.say(call("abandoned", f"a{number}", at + SECOND))
        early = call("queued", "bo", clock("09:05:30"))
        day.say(call("queued", "bo", clock("09:10:30")) if told_late else early)
        day.say(call("abandoned", "bo", clock("09:10:31")))
        ticks(day, "09:10:40", "09:20:00")  # at 09:19 it was safe until 09:29, by what was told
        if told_late:
            day.say(early, appended_at=clock("09:20:00"))
        ticks(day, "09:20:05", "10:00:00")
        onsets += [alert.onset_at for alert in day.alert_records()][:1]
    assert onsets == [clock("09:25:00")] * 2
