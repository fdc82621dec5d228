"""Boundaries that a quiet queue passes by decide nothing: looking at each of them finds the same."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from schemas.calls import Event
from schemas.millis import HOUR, MINUTE, SECOND
from schemas.targets import AbandonmentRule, OldestWaitRule
from tests.support.builders import MONDAY, call, mark
from tests.support.story import Story

START = MONDAY + 9 * HOUR
RULED: dict[str, Any] = {
    "oldest_wait_alert": OldestWaitRule(40 * SECOND, 20 * SECOND, 0, 0),
    "abandonment_alert": AbandonmentRule(0.3, 0.2, minimum=2),
}


@st.composite
def hours(draw: st.DrawFn) -> list[Event]:
    """Callers close behind each other, some of them lost, and a tick every five seconds."""
    told: list[Event] = []
    at = START
    for number in range(draw(st.integers(1, 12))):
        at += draw(st.integers(0, 20)) * SECOND
        left_at = at + draw(st.integers(1, 90)) * SECOND
        end = draw(st.sampled_from(["answered", "abandoned"]))
        told += [call("queued", f"leg{number}", at), call(end, f"leg{number}", left_at)]
    last = max(event.at for event in told) + 2 * MINUTE
    told += [mark("tick", tick) for tick in range(START, last, 5 * SECOND)]
    return sorted(told, key=lambda event: event.at)


@given(hours())
def test_asking_at_every_boundary_changes_no_output(events: list[Event]) -> None:
    trusting, asking = Story(**RULED), Story(**RULED)
    for event in events:
        trusting.say(event)
        asking.say(event)
        for monitor in asking.unit.monitors.values():
            monitor.quiet_to = 0
            monitor._may_pass = lambda target: False  # type: ignore[method-assign]
    assert trusting.alert_records() == asking.alert_records()
    assert trusting.minutes() == asking.minutes()
    assert trusting.legs() == asking.legs()
