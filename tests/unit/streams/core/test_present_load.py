"""How many calls an hour come now: what the last hour, the day and the profile say of it."""

from math import exp, sqrt
from typing import Any

import pytest

from schemas.calls import Event
from schemas.millis import HOUR, MINUTE, SECOND
from schemas.opening import Opening, parse_weekly
from streams.core.present_load import PresentLoad
from streams.core.profiles import Profiles
from tests.support.builders import call, clock
from tests.support.profiles import profile
from tests.support.story import Story


def load_of(calls: dict[int, int], usual: Any = None, **promise: Any) -> PresentLoad:
    """At ten: so many calls in each hour of the day, evenly, of 3 minutes each; `usual` ones in a quarter of an hour."""
    profiles = Profiles()
    if usual is not None:
        profiles.update(profile(per_slot=usual))
    day = Story(profiles=profiles, **promise)
    told: list[Event] = []
    for hour, number in calls.items():
        for each in range(number):
            at = clock("00:00") + hour * HOUR + 10 * SECOND + each * HOUR // number
            told += [call("queued", f"{hour}-{each}", at)]
            told += [call("answered", f"{hour}-{each}", at + SECOND)]
            told += [call("ended", f"{hour}-{each}", at + SECOND + 3 * MINUTE)]
    for event in sorted(told, key=lambda each: each.at):
        if event.at < clock("10:00"):
            day.say(event)
    day.tick("10:00:10")
    monitor = day.unit.monitors[day.queue]
    view = monitor.decisions.view(day.versions[-1].queues[0], clock("10:00"))
    return view.load


OPEN = Opening(weekly=parse_weekly("Mon-Fri 08:00-12:00"))


def test_without_a_profile_it_is_the_last_hour_and_at_least_what_chance_leaves_of_it() -> None:
    found = load_of({8: 60, 9: 100})
    assert (found.work.arrivals, found.calls_an_hour, found.load) == (100, None, 5.0)
    assert found.low == pytest.approx(5 * exp(-0.5 * sqrt(1 / 100 + 1.3**2 / found.work.measured)))


def test_a_usual_hour_on_a_usual_day_is_the_profile() -> None:
    found = load_of({8: 60, 9: 60}, 15.0, opening=OPEN)
    assert found.calls_an_hour == pytest.approx(60)
    assert found.load == pytest.approx(3.0)
    assert found.low == found.load


def test_the_last_hour_and_the_rest_of_the_day_weigh_alike() -> None:
    busy = load_of({8: 60, 9: 90}, 15.0, opening=OPEN)
    assert busy.calls_an_hour == pytest.approx(75)
    before = (33 + 90) / (33 + 60)  # the hour before was busy, too
    longer = load_of({8: 90, 9: 90}, 15.0, opening=OPEN)
    assert longer.calls_an_hour == pytest.approx(60 * (before + 1.5) / 2)


def test_an_hour_of_a_few_calls_says_little() -> None:
    night = load_of({9: 12}, 1.5, opening=Opening(weekly=parse_weekly("Mon-Fri 09:00-12:00")))
    assert night.calls_an_hour == pytest.approx(6 * (33 + 12) / (33 + 6))


def test_it_is_what_is_usual_from_now_on() -> None:
    rises = load_of({8: 60, 9: 60}, lambda _, slot: 30.0 if slot >= 40 else 15.0, opening=OPEN)
    assert rises.calls_an_hour == pytest.approx(120)


def test_where_nothing_is_usual_now_it_is_the_last_hour() -> None:
    closed = load_of({9: 60}, 15.0, opening=Opening(weekly=parse_weekly("Mon-Fri 08:00-10:00")))
    assert (closed.calls_an_hour, closed.load) == (None, 3.0)


def test_between_whole_five_minutes_nothing_is_counted_twice_or_left_out() -> None:
    """At 09:04 the four minutes from the opening to 08:04 had as many calls as usual."""
    profiles = Profiles()
    profiles.update(profile(per_slot=150.0))
    day = Story(profiles=profiles, opening=OPEN)
    for number in range(640):
        at = clock("08:00") + number * 6 * SECOND
        day.say(call("queued", str(number), at))
        day.say(call("answered", str(number), at))
    day.tick("09:04:10")
    monitor = day.unit.monitors[day.queue]
    found = monitor.decisions.view(day.versions[-1].queues[0], clock("09:04")).load
    assert found.calls_an_hour == pytest.approx(600, rel=0.001)
