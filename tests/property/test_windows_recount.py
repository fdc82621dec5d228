"""At every event the rolling windows, the line and the day equal a naive recount of what was told so far."""

from hypothesis import given

from schemas.calls import Event
from schemas.counters import WINDOW_MINUTES, Counts
from schemas.millis import MINUTE, SECOND
from tests.support.builders import BILLING
from tests.support.days import Day, believed, days
from tests.support.recount import Recorded, recount
from tests.support.story import Story

COUNTED = (
    "offered", "answered", "abandoned", "exited", "transferred", "callback", "dropped", "ghost",
    "answered_in_target", "abandoned_in_target", "short_abandoned", "rejected", "missed_offers",
    "callback_left", "callback_answered_in_target", "callback_abandoned_in_target",
    "callback_short_abandoned",
)  # fmt: skip


def naive(legs: list[Recorded], start: int, end: int) -> dict[str, int]:
    found = recount(legs, start, end, "event")
    rung_back = found.callback_waits
    return {name: found[name] for name in COUNTED} | {
        "answer_wait_ms": sum(found.answer_waits) + sum(rung_back),
        "abandon_wait_ms": sum(found.abandon_waits),
        "talk_hold_ms": sum(found.talks),
        "callback_answered": len(rung_back),
        "callback_answer_wait_ms": sum(rung_back),
    }


def ours(counts: Counts) -> dict[str, int]:
    sums = ("answer_wait_ms", "abandon_wait_ms", "talk_hold_ms")
    names = (*COUNTED, *sums, "callback_answered", "callback_answer_wait_ms")
    return {name: getattr(counts, name) for name in names}


@given(days())
def test_every_window_at_every_boundary_equals_a_recount(day: Day) -> None:
    story, told = Story(), list[Event]()
    for position, event in enumerate(day.events):
        if position in day.crashes:
            story.restart()
        story.say(event)
        told.append(event)
        if BILLING in story.unit.monitors:
            _compare(story, list(believed(told).values()))


def _compare(story: Story, legs: list[Recorded]) -> None:
    monitor = story.unit.monitors[BILLING]
    boundary = monitor.legs.windows.boundary
    if boundary is None:
        return
    for at in (boundary - boundary % MINUTE, boundary, boundary + 10 * SECOND):
        for minutes, counts in monitor.legs.windows.at(at).items():
            assert ours(counts) == naive(legs, at - minutes * MINUTE, at), (minutes, at)
    assert set(monitor.legs.windows.at(boundary)) == set(WINDOW_MINUTES)
    in_line = [leg for leg in legs if leg.outcome != "rejected"]
    waiting = sum(leg.arrived_at < boundary for leg in in_line) - sum(
        leg.left_at is not None and leg.left_at < boundary for leg in in_line
    )
    assert monitor.legs.windows.line_at(boundary)[0] == waiting
    newest = max((leg.left_at or leg.arrived_at for leg in legs), default=boundary)
    assert ours(story.today()) == naive(legs, 0, newest + 24 * 60 * MINUTE)
