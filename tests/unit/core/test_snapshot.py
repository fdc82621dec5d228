"""A queue right now: what its snapshot says of the line, of windows and of targets."""

from schemas.millis import SECOND
from schemas.snapshots import CALLERS_SHOWN
from schemas.targets import OldestWaitRule
from tests.support.builders import clock, targets
from tests.support.story import Story


def test_the_oldest_callers_are_named_and_all_are_counted() -> None:
    day = Story()
    for number in range(CALLERS_SHOWN + 10):
        day.at(f"09:00:{number // 2:02}.{number % 2}").queued(f"c{number}")
    shown = day.snapshot()
    assert (shown.waiting, len(shown.callers)) == (CALLERS_SHOWN + 10, CALLERS_SHOWN)
    assert shown.callers[0].leg_id == "c0"
    assert shown.oldest_arrived_at == clock("09:00:00")


def test_counts_are_as_of_event_time_and_waits_as_of_now() -> None:
    day = Story(answer_within_ms=20 * SECOND).at("09:00:00").queued("ada")
    day.tick("09:00:15")
    (shown,) = day.unit.snapshots(now=clock("09:00:25"))
    assert (shown.as_of, shown.published_at) == (clock("09:00:15"), clock("09:00:25"))
    assert shown.waiting_past_target == 0
    assert shown.attention is not None
    assert shown.attention.level == "watch"


def test_a_queue_that_nobody_configured_has_no_promise_and_no_rules() -> None:
    day = Story(configured=False).at("09:00:00").queued("ada")
    shown = day.snapshot()
    assert (shown.configured, shown.goal, shown.targets_version) == (False, None, 0)
    assert shown.attention is not None
    assert shown.attention.level == "no_goal"


def test_targets_are_those_of_the_queues_own_time() -> None:
    day = Story(goal=0.8).at("09:00:00").queued("ada")
    rule = OldestWaitRule(raise_above_ms=30 * SECOND, clear_below_ms=10 * SECOND)
    day.publish(targets(goal=0.9, oldest_wait_alert=rule), valid_from="09:01:00")
    day.tick("09:00:59")
    assert day.snapshot().goal == 0.8
    day.tick("09:01:00")
    shown = day.snapshot()
    assert shown.goal == 0.9
    assert shown.attention is not None
    assert shown.attention.cause == "1 waiting, the oldest for 1m (limit 30s)"
