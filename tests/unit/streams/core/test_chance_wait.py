"""Whether a wait is one that chance makes: agents, load, and how often a week."""

from typing import Any

import pytest

from schemas.agents import Activity, RosterEntry
from schemas.millis import MINUTE, SECOND
from streams.core.chance_wait import is_chance
from streams.core.erlang_a import ErlangA
from streams.core.profiles import Profiles
from streams.core.queue_view import QueueView
from streams.core.roster import Roster
from tests.support.builders import BILLING, MONDAY, call, clock
from tests.support.profiles import profile
from tests.support.story import Story

AN_HOUR = 10.0


def view_with(
    agents: int, activity: Activity = "talking", usual: Any = AN_HOUR / 4, timed: int = 90
) -> QueueView:
    """Ten calls an hour since midnight, of 4 minutes each, as usual; of so many the end was told."""
    profiles = Profiles()
    if usual is not None:
        profiles.update(profile(per_slot=usual))
    day = Story(roster=Roster(), profiles=profiles, goal=0.8)
    for number in range(agents):
        entry = RosterEntry(
            f"a{number}", number + 1, "node", "available", activity, "", MONDAY, MONDAY, (BILLING,)
        )
        day.roster.update(entry)
    for number in range(90):
        at = clock("00:00") + number * 6 * MINUTE
        day.say(call("queued", f"leg{number}", at))
        day.say(call("answered", f"leg{number}", at + SECOND))
        if number < timed:
            day.say(call("ended", f"leg{number}", at + SECOND + 4 * MINUTE))
    day.tick("09:00:10")
    monitor = day.unit.monitors[day.queue]
    return monitor.decisions.view(day.versions[-1].queues[0], clock("09:00"))


def longer(agents: int, wait_ms: int) -> float:
    """Of all calls, those that wait longer, by Erlang A."""
    model = ErlangA(agents, round(AN_HOUR * 4 / 60, 2), 4 * MINUTE, 5 * MINUTE)
    return 1 - model.answered_within(wait_ms) - model.abandoned_within(wait_ms)


def test_on_two_agents_a_wait_is_chance_until_it_comes_once_in_so_many_weeks() -> None:
    view = view_with(2)
    for minutes in (5, 6, 7, 8, 9, 10, 12):
        a_week = AN_HOUR * 24 * 7 * longer(2, minutes * MINUTE)
        assert is_chance(view, minutes * MINUTE, 8) == (a_week * 8 > 1)
    assert is_chance(view, 5 * MINUTE, 8)
    assert not is_chance(view, 15 * MINUTE, 8)


def test_with_many_agents_for_the_load_no_long_wait_is_chance() -> None:
    assert not is_chance(view_with(6), 5 * MINUTE, 8)


@pytest.mark.parametrize(
    "view",
    [view_with(1), view_with(2, "idle"), view_with(0), view_with(2, usual=None)],
    ids=["too few agents", "a free agent", "no agents", "no profile"],
)
def test_where_it_cannot_be_chance_or_nobody_knows(view: QueueView) -> None:
    assert not is_chance(view, 5 * MINUTE, 8)


def test_no_weeks_is_never() -> None:
    assert not is_chance(view_with(2), 5 * MINUTE, 0)


def test_a_handling_time_is_known_from_twenty_conversations_on() -> None:
    assert is_chance(view_with(2, timed=20), 5 * MINUTE, 8)
    assert not is_chance(view_with(2, timed=19), 5 * MINUTE, 8)
