"""A worker that dies after a checkpoint and another that reads the state: nobody can tell from outside."""

from typing import Any

from hypothesis import given

from schemas.millis import MINUTE, SECOND
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
