"""A finished file that is sent as live traffic may leap: ticks each minute and before events decide what ticks each 5 seconds do."""

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from producers import timeline
from producers.event_order import TimedEvent
from producers.timeline import Item, Marks, QueueTick, with_ticks
from schemas.alerts import Alert
from schemas.legs import LegRow
from schemas.millis import DAY, HOUR, MINUTE, SECOND
from schemas.minutes import MinuteRow
from schemas.opening import Opening, parse_weekly
from streams.core.profiles import Profiles
from tests.support.builders import MONDAY, NODE, call, targets
from tests.support.profiles import profile
from tests.support.ruled import (
    abandonment,
    late_calls_left,
    no_calls,
    oldest_wait,
    ruled,
    service_level_burn,
    surge,
)
from tests.support.story import Story

START = MONDAY + 9 * HOUR
SENT_AT = MONDAY + 3 * DAY
PARTITION_OF = {"billing": 0, "meters": 0, "water": 1}
RULED: dict[str, Any] = {
    "alerts": ruled(
        oldest_wait(40 * SECOND, 20 * SECOND, hold_ms=0, clear_hold_ms=0),
        abandonment(0.3, 0.2, minimum=2),
        service_level_burn(minimum=0.1, clear_hold_ms=0),
        late_calls_left(raise_below=2, clear_above=3, minimum=1, clear_hold_ms=0),
        surge(threshold=2.0, weeks=0.1, clear_hold_ms=0),
        no_calls(weeks=0.1),
    ),
    "opening": Opening(weekly=parse_weekly("Mon-Fri 07:00-11:30")),
}

Came = tuple[
    str, int, int, str
]  # queue, after the caller before, waited for (seconds), how it ended


@st.composite
def days(draw: st.DrawFn) -> list[Came]:
    """Callers of three queues close behind each other, with one long pause: minutes or hours."""
    pause = draw(st.integers(0, 9))
    length = draw(st.sampled_from([90, 27 * 60, 30 * 60, 3 * 3600]))
    return [
        (
            draw(st.sampled_from(sorted(PARTITION_OF))),
            draw(st.integers(0, 70)) + (length if number == pause else 0),
            draw(st.integers(1, 150)),
            draw(st.sampled_from(["answered", "answered", "abandoned", "stays"])),
        )
        for number in range(draw(st.integers(1, 12)))
    ]


def _events(day: list[Came]) -> list[TimedEvent]:
    told: list[TimedEvent] = []
    at = START
    for number, (queue, gap_s, waited_s, end) in enumerate(day):
        at += gap_s * SECOND
        left = at + waited_s * SECOND
        told.append(call("queued", f"leg{number}", at, queue))
        if end != "stays":
            told.append(call(end, f"leg{number}", left, queue))
        if end == "answered":
            told.append(call("ended", f"leg{number}", left + 7 * SECOND, queue))
    return sorted(told, key=lambda event: event.at)


def _heard(items: list[Item]) -> list[Story]:
    """Each partition after all that was sent into it."""
    profiles = Profiles()
    profiles.update(profile(per_slot=1.0))
    partitions = [Story(configured=False, profiles=profiles) for _ in range(2)]
    for number, story in enumerate(partitions):
        story.publish(*(targets(q, **RULED) for q, p in PARTITION_OF.items() if p == number))
    for item in items:
        if isinstance(item, QueueTick):
            partitions[PARTITION_OF[item.queue]].say(item.tick)
        elif hasattr(item, "queue"):
            partitions[PARTITION_OF[item.queue]].say(item)
        else:
            for story in partitions:
                story.say(item)
    for story in partitions:
        story.outputs.take(story.unit)
        assert not story.outputs.quarantined
    return partitions


def _decided(
    partitions: list[Story],
) -> tuple[list[LegRow], dict[tuple[str, int], MinuteRow], dict[str, Alert]]:
    """All but the places in the log, which are those of other ticks."""
    legs = [
        replace(row, version=0, known_at=0) for s in partitions for row in s.outputs.legs.values()
    ]
    minutes = {
        key: replace(row, version=0, known_at=0)
        for s in partitions
        for key, row in s.outputs.minutes.items()
    }
    alerts = {
        key: replace(row, version=0, known_at=0)
        for s in partitions
        for key, row in s.outputs.alerts.items()
    }
    return sorted(legs, key=lambda row: row.leg_id), minutes, alerts


def _timeline(day: list[Came], watched_ms: int) -> list[Item]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timeline, "WATCHED_MS", watched_ms)
        return list(with_ticks(_events(day), Marks(NODE), lambda: SENT_AT))


@example(
    [("billing", 0, 20, "abandoned"), ("water", 3, 100, "answered"), ("billing", 57, 2, "stays")]
)
@example([("meters", 0, 7_300, "abandoned"), ("water", 40 * 60, 60, "answered")])
@example([("meters", 0, 20, "stays"), ("meters", 25 * 3600, 60, "answered")])
@given(days())
@settings(max_examples=20)  # a pause of hours is thousands of ticks
def test_leaps_decide_what_each_step_does(day: list[Came]) -> None:
    each, leaping = _timeline(day, 10 * DAY), _timeline(day, 10 * MINUTE)
    assert _decided(_heard(leaping)) == _decided(_heard(each))
    assert len(leaping) <= len(each)
