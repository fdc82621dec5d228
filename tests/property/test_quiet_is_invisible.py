"""Boundaries that a quiet queue passes by decide nothing: looking at each of them finds the same."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from schemas.agents import Activity, RosterEntry, RoutingState
from schemas.calls import Event
from schemas.millis import HOUR, MINUTE, SECOND
from schemas.opening import Opening, parse_weekly
from streams.core import queue_decisions
from streams.core.active_rules import ActiveRules
from streams.core.alert_rules import figure
from streams.core.lookout import Asked
from streams.core.profiles import Profiles
from streams.core.queue_view import QueueView
from streams.core.shown_rules import ShownRules
from streams.core.usual_calls import UsualCalls
from tests.support.builders import BILLING, MONDAY, call, mark
from tests.support.profiles import profile
from tests.support.ruled import (
    abandonment,
    agents_on_one_reason,
    late_calls_left,
    no_calls,
    nobody_signed_in,
    occupancy,
    oldest_wait,
    ruled,
    service_level_burn,
    surge,
    understaffed,
    waiting_per_agent,
)
from tests.support.story import Story

START = MONDAY + 9 * HOUR
RULED: dict[str, Any] = {
    "alerts": ruled(
        oldest_wait(
            40 * SECOND, 20 * SECOND, hold_ms=0, clear_hold_ms=0, doubtful_extra_ms=20 * SECOND
        ),
        abandonment(0.3, 0.2, minimum=2),
        nobody_signed_in(
            waiting_longer_than_ms=10 * SECOND,
            hold_ms=0,
            clear_hold_ms=0,
            doubtful_extra_ms=20 * SECOND,
        ),
        waiting_per_agent(
            minimum=1, waiting_longer_than_ms=10 * SECOND, hold_ms=0, clear_hold_ms=0
        ),
        service_level_burn(minimum=0.1, clear_hold_ms=0),
        understaffed(minimum=1, waiting_longer_than_ms=10 * SECOND, agents_gone=1, clear_hold_ms=0),
        occupancy(raise_above=0.4, clear_below=0.3, minimum=1, hold_ms=0, clear_hold_ms=0),
        agents_on_one_reason(minimum=1, longer_than_ms=MINUTE, clear_hold_ms=0),
        late_calls_left(raise_below=2, clear_above=3, minimum=1, clear_hold_ms=0),
        surge(threshold=2.0, weeks=0.1, clear_hold_ms=0),
        no_calls(weeks=0.1),
    ),
    "opening": Opening(weekly=parse_weekly("Mon-Fri 07:00-11:30")),
}
USUAL = 1.0  # calls in a quarter of an hour: a pause is a silence, and some of these callers are a surge
_TALKED_MS = 15 * MINUTE  # so long that few callers are more than one agent can serve
_SILENT_MS = 110 * MINUTE  # until the queue is idle, and until that was too long


Came = tuple[int, int, str]  # (after the caller before him, waited for, how he left); seconds
# The answered leave the half hour before the lost one does: his share rises while nothing happens.
_RISING: list[Came] = [(0, 5, "answered")] * 6 + [(28 * 60, 30, "abandoned"), (5, 5, "abandoned")]


@st.composite
def hours(draw: st.DrawFn) -> list[Came]:
    """Callers close behind each other, some of them lost; in between one long pause."""
    pause = draw(st.integers(2, 9))
    return [
        (
            draw(st.integers(0, 20)) + (draw(st.integers(27, 30)) * 60 if number == pause else 0),
            draw(st.integers(1, 90)),
            draw(st.sampled_from(["answered", "answered", "abandoned"])),
        )
        for number in range(draw(st.integers(1, 12)))
    ]


def _told(callers: list[Came]) -> list[Event]:
    """Their events, and a tick every five seconds."""
    told: list[Event] = []
    at = START
    for number, (gap_s, waited_s, end) in enumerate(callers):
        at += gap_s * SECOND
        told += [
            call("queued", f"leg{number}", at),
            call(end, f"leg{number}", at + waited_s * SECOND),
        ]
        if end == "answered":
            told.append(call("ended", f"leg{number}", at + waited_s * SECOND + _TALKED_MS))
    last = max(event.at for event in told) + 2 * MINUTE
    told += [mark("tick", tick) for tick in range(START, last, 5 * SECOND)]
    told += [mark("tick", tick) for tick in range(last, last + _SILENT_MS, 20 * SECOND)]
    return sorted(told, key=lambda event: event.at)


@st.composite
def stays(draw: st.DrawFn) -> list[int]:
    """When the only agent signs in and out by turns, in seconds; no event of the queue says so."""
    return sorted(draw(st.lists(st.integers(0, 400), max_size=8)))


def _sign(day: Story, number: int, at: int) -> None:
    """The third time she comes she talks, and pauses then."""
    state: RoutingState = "logged_out" if number % 2 else "available"
    activity: Activity = "talking" if number % 8 == 4 else "idle"
    if number % 8 == 6:
        state = "not_ready"
    entry = RosterEntry("ann", number + 1, "node", state, activity, "", at, at, (BILLING,))
    day.roster.update(entry)


def _all_that_are_on(
    rules: ActiveRules, progress: object, view: QueueView, *_: object, **__: object
) -> list[Asked]:
    minute, rest = divmod(view.at, MINUTE)
    return [
        (rule, table)
        for rule, table in rules.tables
        if not rule.each_minute
        or (not rest and (rule.name in progress or minute % rule.every_minutes == 0))  # type: ignore[operator]
    ]


def _lacks_what_it_measures(day: Story, at: int) -> None:
    """What screens ask each minute is what a whole look would say."""
    promise = day.versions[-1].queues[0]
    for monitor in day.unit.monitors.values():
        view = monitor.decisions.view(promise, at)
        for rule, table in ActiveRules(promise).tables:
            assert rule.lacks(table, view) == figure(rule, table, view, None).not_evaluated


# Five later callers are answered while the first one waits for a minute and a half.
_OVERTAKING: list[Came] = [(0, 90, "abandoned")] + [(1, 2, "answered")] * 6

# Three conversations, the only agent, and a load of almost one: too few agents.
_TOO_FEW: list[Came] = [(0, 5, "answered")] * 3 + [(16 * 60, 90, "abandoned")]

# Half of them late, for half an hour: while the only agent talks, and while she pauses.
_LATE: list[Came] = [(60, 5 + 30 * (number % 2), "answered") for number in range(40)]


@example(_RISING, [])
@example(_TOO_FEW, [0])
@example(_OVERTAKING, [])
@example(_OVERTAKING, [0, 10])
@example([(0, 5, "answered"), (20, 90, "abandoned")], [0, 60])
@example(_LATE, [0, 0, 0, 0, 0])
@example(_LATE, [0, 0, 0, 0, 0, 0, 0])
@example([(12, 1, "answered")], [0, 0, 125, 195, 208, 299])  # she goes while nobody waits
@example([(0, 47, "answered"), (1, 90, "abandoned")], [0, 2])  # answered by whom nobody told
@given(hours(), stays())
def test_asking_at_every_boundary_changes_no_output(callers: list[Came], stays: list[int]) -> None:
    profiles = Profiles()
    profiles.update(profile(per_slot=USUAL))
    trusting, asking = (Story(profiles=profiles, **RULED) for _ in range(2))
    turns = [START + second * SECOND for second in stays]
    for event in _told(callers):
        for day in (trusting, asking):
            for number, at in enumerate(turns):
                if at <= event.at:
                    _sign(day, number, at)
            with pytest.MonkeyPatch.context() as patch:
                if day is asking:
                    patch.setattr(queue_decisions, "asked", _all_that_are_on)
                day.say(event)
        if event.at % MINUTE == 0:
            _lacks_what_it_measures(trusting, event.at)
        for monitor in asking.unit.monitors.values():
            monitor.decisions.ask_again()
            monitor.decisions._shown = ShownRules()  # what rules lack is asked whole
            monitor.decisions._usual = UsualCalls(profiles)
            monitor.decisions._load.forget()
            monitor.decisions._sleeps = lambda at, rules, view=None: False  # type: ignore[method-assign]
            monitor.decisions._may_idle = lambda boundary, target: False  # type: ignore[method-assign]
    assert trusting.alert_records() == asking.alert_records()
    assert trusting.minutes() == asking.minutes()
    assert trusting.legs() == asking.legs()
