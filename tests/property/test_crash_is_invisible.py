"""A worker that dies after a checkpoint and another that reads the state: nobody can tell from outside."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.calls import Event
from schemas.millis import HOUR, MINUTE, SECOND
from schemas.opening import Opening, parse_weekly
from streams.core.profiles import Profiles
from tests.support.builders import BILLING, targets
from tests.support.days import Day, days
from tests.support.profiles import profile
from tests.support.ruled import abandonment, no_calls, oldest_wait, ruled, surge
from tests.support.story import Story

PROMISE: dict[str, Any] = {
    "opening": Opening(parse_weekly("Mon 08:00-10:00")),
    "alerts": ruled(
        oldest_wait(2 * MINUTE, MINUTE, hold_ms=30 * SECOND, clear_hold_ms=30 * SECOND),
        abandonment(0.3, 0.2, minimum=2),
        surge(threshold=1.0, clear_hold_ms=0),
        no_calls(weeks=0.01),
    ),
    "day_start_minute": 9 * 60 + 20,
}
ALWAYS_OPEN = PROMISE | {"opening": Opening()}
GAPS = st.lists(st.tuples(st.integers(0, 60), st.sampled_from([1, 2, 4, 6, 7, 13])), max_size=3)


@given(days())
def test_a_crash_changes_no_output_and_no_snapshot(day: Day) -> None:
    profiles = Profiles()
    profiles.update(profile(per_slot=2.0))
    calm, shaken = (Story(profiles=profiles, **PROMISE) for _ in range(2))
    for position, event in enumerate(day.events):
        if position in day.crashes:
            shaken.restart()
        calm.say(event)
        shaken.say(event)
        if BILLING in calm.unit.monitors:
            assert shaken.snapshot() == calm.snapshot()
    assert shaken.legs() == calm.legs()
    assert shaken.minutes() == calm.minutes()
    assert shaken.alert_records() == calm.alert_records()
    assert shaken.totals() == calm.totals()
    assert shaken.quarantined() == calm.quarantined()
    assert shaken.outputs.pieces.keys() == calm.outputs.pieces.keys()
    assert shaken.unit.results == calm.unit.results


@given(days(most_legs=3))
def test_targets_published_while_the_worker_is_dead_are_applied_as_if_it_had_lived(
    day: Day,
) -> None:
    alive, dead = Story(configured=False), Story(configured=False)
    alive_from = min(day.crashes, default=0)
    for position, event in enumerate(day.events):
        if position == alive_from:
            alive.publish(targets())
            dead.restart(*alive.versions)
        alive.say(event)
        dead.say(event)
    assert dead.totals() == alive.totals()
    assert {leg: row.in_target for leg, row in dead.legs().items()} == {
        leg: row.in_target for leg, row in alive.legs().items()
    }


@given(days(), GAPS, st.sampled_from([PROMISE, ALWAYS_OPEN]), st.booleans())
def test_a_crash_behind_every_record_changes_no_row_also_over_hours_without_any(
    day: Day, gaps: list[tuple[int, int]], promise: dict[str, Any], always: bool
) -> None:
    """Legs leave the state in a gap, queues become idle; the calm worker makes one checkpoint, at the end."""
    profiles = Profiles()
    profiles.update(profile(per_slot=2.0))
    calm, shaken = (Story(profiles=profiles, **promise) for _ in range(2))
    for position, event in enumerate(_with_gaps(day.events, gaps)):
        calm.say(event)
        shaken.say(event)
        if always or position in day.crashes:
            shaken.restart()
    for story in (calm, shaken):
        story.visits()  # with the last checkpoint
    assert shaken.outputs.legs == calm.outputs.legs
    assert shaken.minutes() == calm.minutes()
    assert shaken.alert_records() == calm.alert_records()
    assert shaken.totals() == calm.totals()
    assert shaken.quarantined() == calm.quarantined()
    assert shaken.outputs.pieces.keys() == calm.outputs.pieces.keys()


def _with_gaps(events: list[Event], gaps: list[tuple[int, int]]) -> list[Event]:
    """The same, with so many hours before the event at each of these positions. Of a call some facts may lie behind one."""
    return [
        replace(
            event,
            at=event.at + sum(hours * HOUR for behind, hours in gaps if position >= behind),
        )
        for position, event in enumerate(events)
    ]
