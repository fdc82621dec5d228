"""Many more calls than usual: from events and a profile to the sentence, and when it must not come."""

from typing import Any

import pytest

from schemas.calls import Event
from schemas.millis import MINUTE, SECOND
from schemas.opening import Opening, parse_weekly
from schemas.queues_toml import parse_queues
from schemas.toml_reading import ConfigurationError
from streams.core.profiles import Profiles
from streams.core.queue_view import QueueView
from streams.core.rule_catalogue import RULE_TABLES
from streams.core.rules.surge import RULE
from tests.support.builders import BILLING, call, clock, mark
from tests.support.profiles import profile
from tests.support.ruled import ruled, surge
from tests.support.story import Story


def day_with(usual: Any = 15.0, dispersion: float = 1.0, **promise: Any) -> Story:
    """By default one call a minute is usual."""
    profiles = Profiles()
    if usual is not None:
        profiles.update(profile(per_slot=usual, dispersion=dispersion))
    table = surge(
        weeks=1, clear_hold_ms=0
    )  # always open: one false alarm a week, and the limit is `threshold`
    return Story(name="Burst pipes", alerts=ruled(table), profiles=profiles, **promise)


def events(first: str, minutes: int, a_minute: int) -> list[Event]:
    told: list[Event] = []
    for minute in range(minutes):
        at = clock(first) + minute * MINUTE
        for number in range(a_minute):
            leg, came = f"{first}-{minute}-{number}", at + (number + 1) * SECOND
            told += [call("queued", leg, came), call("answered", leg, came + 20 * SECOND)]
        told += [mark("tick", at + each * SECOND) for each in range(0, 60, 5)]
    return sorted(told, key=lambda each: each.at)


def calls(day: Story, first: str, minutes: int, a_minute: int) -> Story:
    for event in events(first, minutes, a_minute):
        day.say(event)
    return day


def test_three_times_as_many_calls_page_after_ten_minutes_and_end_when_the_usual_come() -> None:
    day = day_with()
    calls(day, "09:00", 20, 1)
    assert day.alerts() == []
    calls(day, "09:20", 10, 3)
    day.tick("09:30:10")
    (alert,) = day.alert_records()
    assert (alert.state, alert.severity, alert.onset_at) == ("firing", "page", clock("09:30"))
    assert alert.reason == (
        "Burst pipes: 30 calls in 10 minutes, 10 expected at this time of the week"
    )
    assert (alert.value, alert.n, alert.threshold) == (30, 30, 23.4)  # 9 calls and 10 / ln 2
    calls(day, "09:30", 15, 1)
    day.tick("09:45:10")
    (alert,) = day.alert_records()
    assert (alert.state, alert.resolved_at) == ("resolved", clock("09:45"))
    assert alert.reason == "Burst pipes: about as many calls as usual come again, or it is closed"


def test_calls_that_come_in_clusters_need_more() -> None:
    day = day_with(dispersion=2.0)
    calls(calls(day, "09:00", 20, 1), "09:20", 10, 3).tick("09:30:10")
    assert day.alerts() == []


def test_calls_that_are_told_late_count_as_if_they_had_been_told_in_time() -> None:
    told = events("09:00", 10, 3)
    late = [each for each in told if each.at % MINUTE == 2 * SECOND]  # arrivals
    assert len(late) == 10
    in_time, late_day = day_with(), day_with()
    for event in told:
        in_time.say(event)
        if event not in late:
            late_day.say(event)
    for event in late:
        late_day.say(event)
    (alert,) = in_time.tick("09:11:10").alert_records()
    (other,) = late_day.tick("09:11:10").alert_records()
    assert (other.reason, other.threshold) == (alert.reason, alert.threshold)


def test_a_restart_changes_nothing() -> None:
    day, whole = day_with(), day_with()
    calls(whole, "09:00", 10, 3)
    for number, event in enumerate(events("09:00", 10, 3)):
        day.say(event)
        if number % 20 == 0:
            day.restart()
    assert day.tick("09:10:10").alert_records() == whole.tick("09:10:10").alert_records()


def test_a_day_that_is_known_to_be_busy_is_no_surge() -> None:
    day = day_with()
    for start in range(0, 6 * 60, 5):  # nine calls where five are usual
        calls(day, f"{start // 60:02}:{start % 60:02}", 4, 2)
        calls(day, f"{start // 60:02}:{start % 60 + 4:02}", 1, 1)
    (alert,) = day.tick("06:00:10").alert_records()
    assert alert.state == "resolved"
    assert clock("00:20") < alert.onset_at < clock("00:40")
    assert (alert.resolved_at or 0) < clock("01:45")


def test_in_closed_hours_and_on_holidays_it_is_never_raised() -> None:
    for opening in (
        Opening(weekly=parse_weekly("Mon-Fri 10:00-17:00")),
        Opening(holidays=("2026-03-02",)),
    ):
        day = calls(day_with(opening=opening), "09:00", 15, 6).tick("09:15:10")
        assert day.alerts() == []
        assert day.snapshot().not_evaluated == {}


def test_an_open_alert_ends_when_the_queue_closes() -> None:
    day = day_with(opening=Opening(weekly=parse_weekly("Mon-Fri 08:00-09:20")))
    calls(day, "09:00", 15, 4).tick("09:15:10")
    assert day.alerts() == ["surge firing"]
    calls(day, "09:16", 5, 4).tick("09:21:10")
    assert day.alerts() == ["surge resolved"]


@pytest.mark.parametrize("usual", [None, lambda _day, _slot: None])
def test_without_a_profile_it_is_not_evaluated(usual: Any) -> None:
    day = calls(day_with(usual), "09:00", 15, 6).tick("09:15:10")
    assert day.alerts() == []
    assert day.snapshot().not_evaluated == {"surge": "no profile"}


def test_a_profile_that_is_published_later_is_used_from_then_on() -> None:
    day = calls(day_with(None), "09:00", 15, 3)
    day.profiles.update(profile())
    calls(day, "09:15", 1, 3).tick("09:16:10")
    assert day.alerts() == ["surge firing"]


def test_its_keys_in_queues_toml() -> None:
    text = "[defaults]\ntime_zone='UTC'\nanswer_within='20s'\ngoal=0.8\n[queues.a]\nalerts.surge = {}\n"
    (queue,) = parse_queues(text, RULE_TABLES).queues
    assert queue.alerts["surge"] == {
        "hold_ms": 0, "clear_hold_ms": 5 * MINUTE, "threshold": 9.0, "weeks": 8.0, "clear_below": 1.5,
    }  # fmt: skip
    with pytest.raises(ConfigurationError, match="clear_below: must not exceed 2"):
        parse_queues(text.replace("{}", "{ clear_below = 2.5 }"), RULE_TABLES)


def test_the_last_quarter_of_an_hour_alone_excludes_it() -> None:
    day = day_with()
    calls(day, "09:00", 15, 1)
    day.tick("09:15:10")
    assert RULE.cannot_be_raised(surge(), view(day, "09:15"))
    calls(day, "09:15", 15, 3)
    day.tick("09:30:10")
    assert not RULE.cannot_be_raised(surge(), view(day, "09:30"))
    without = day_with(usual=None)
    calls(without, "09:15", 15, 3)
    without.tick("09:30:10")
    assert RULE.cannot_be_raised(surge(), view(without, "09:30"))


def view(day: Story, at: str) -> QueueView:
    monitor = day.unit.monitors[BILLING]
    promise = monitor.legs.book.at(BILLING, clock(at))[0]
    assert promise is not None
    return monitor.decisions.view(promise, clock(at))
