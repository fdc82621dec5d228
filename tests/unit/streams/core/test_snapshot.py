"""A queue right now: who waits, how the books stand, and what is shown when every source is silent."""

from schemas.millis import SECOND
from schemas.snapshots import CALLERS_SHOWN
from tests.support.builders import call, clock, targets
from tests.support.ruled import nobody_signed_in, oldest_wait, ruled
from tests.support.story import Story


def test_callers_are_shown_with_their_ringing_and_their_doubt() -> None:
    day = Story()
    day.at("09:00:00").queued("ada")
    day.at("09:00:05").offered("ada", agent="ann")
    for number in range(5):
        day.say(call("queued", f"later{number}", clock("09:00:10") + number))
        day.say(call("answered", f"later{number}", clock("09:00:20") + number))
    seen = day.snapshot()
    (ada,) = seen.callers
    assert (ada.ringing, ada.doubtful, seen.doubtful, seen.waiting) == (True, True, 1, 1)
    day.at("09:00:30").offer_missed("ada", agent="ann")
    assert not day.snapshot().callers[0].ringing


def test_past_target_counts_those_who_wait_longer_than_t() -> None:
    day = Story(answer_within_ms=20 * SECOND)
    day.at("09:00:00").queued("ada")
    day.tick("09:00:20")
    assert day.snapshot().waiting_past_target == 0
    day.at("09:00:20.001").queued("eve")
    assert day.snapshot().waiting_past_target == 1


def test_a_queue_that_nobody_configured_has_no_target_to_be_past() -> None:
    day = Story(configured=False)
    day.at("09:00:00").queued("ada")
    day.tick("09:30:00")
    seen = day.snapshot()
    assert (seen.configured, seen.waiting, seen.waiting_past_target) == (False, 1, 0)
    assert (seen.goal, seen.formula) == (None, None)


def test_the_books_balance_while_somebody_waits() -> None:
    day = Story()
    day.at("09:00:00").queued("ada")
    day.at("09:00:00").queued("eve")
    day.at("09:00:09").abandoned("eve")
    assert day.snapshot().unexplained_legs == 0


def test_with_every_source_silent_the_last_that_was_known_stands_and_is_said_to_be_stale() -> None:
    day = Story()
    day.at("09:00:00").queued("ada")
    day.at("09:05:00").end_of_input()
    seen = day.snapshot()
    assert (seen.source_stale, seen.as_of) == (True, clock("09:05:00"))


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
    rules = ruled(oldest_wait(30 * SECOND, 10 * SECOND))
    day.publish(targets(goal=0.9, alerts=rules), valid_from="09:01:00")
    day.tick("09:00:59")
    assert day.snapshot().goal == 0.8
    day.tick("09:01:00")
    shown = day.snapshot()
    assert shown.goal == 0.9
    assert shown.attention is not None
    assert shown.attention.cause == "1 waiting, the oldest for 1m (limit 30s)"


def test_with_two_sources_silent_the_later_of_their_clocks_stands() -> None:
    day = Story()
    day.at("09:00:00").queued("ada", source="north")
    day.at("09:01:00").queued("eve", source="south")
    day.at("09:02:00").end_of_input(source="north")
    day.at("09:05:00").end_of_input(source="south")
    seen = day.snapshot()
    assert (seen.source_stale, seen.as_of) == (True, clock("09:05:00"))


def test_rules_that_cannot_be_evaluated_are_named_with_the_reason() -> None:
    day = Story(alerts=ruled(oldest_wait(60 * SECOND, 60 * SECOND), nobody_signed_in()))
    day.at("09:00:00").queued("ada")
    assert day.snapshot().not_evaluated == {"nobody_signed_in": "no agents reported"}
    assert Story(configured=False).at("09:00:00").queued("ada").snapshot().not_evaluated == {}
