"""While every source of a queue is silent none of its alerts begins, fires or ends; history and replays page nobody."""

from schemas.calls import FinishedLeg
from schemas.millis import HOUR, MINUTE, SECOND
from streams.sinks.alertmanager.decide import Known, Links, body, decide
from tests.support.builders import BILLING, call, clock, mark
from tests.support.ruled import abandonment, oldest_wait, ruled
from tests.support.story import Story

RULES = ruled(oldest_wait(2 * MINUTE, MINUTE, hold_ms=30 * SECOND, clear_hold_ms=30 * SECOND))


def others_go_on(day: Story, start: str, minutes: int) -> None:
    """Another node ticks in this partition, so that the silence of the queue's own one is in the log."""
    for second in range(0, minutes * 60, 5):
        day.say(mark("tick", clock(start) + second * SECOND, "other"))


def test_what_fires_goes_on_to_fire_and_ends_by_what_its_source_tells() -> None:
    day = Story(alerts=RULES)
    day.at("09:00:00").queued("ada")
    day.tick("09:02:50")
    assert day.alerts() == ["oldest_wait firing"]
    (before,) = day.alert_records()
    others_go_on(day, "09:02:50", 30)
    assert day.snapshot().source_stale
    (silent,) = day.alert_records()
    assert silent == before
    day.at("09:05:00").answered("ada")  # told half an hour late: it was over long ago
    day.tick("09:05:45")
    (ended,) = day.alert_records()
    assert (ended.state, ended.resolved_at) == ("resolved", clock("09:05:35"))
    assert ended.alert_id == silent.alert_id


def test_what_is_pending_does_not_fire_and_what_nobody_saw_does_not_begin() -> None:
    pending, unseen = Story(alerts=RULES), Story(alerts=RULES)
    for day, until in ((pending, "09:02:10"), (unseen, "09:01:30")):
        day.at("09:00:00").queued("ada")
        day.tick(until)
        others_go_on(day, until, 30)
        assert day.snapshot().source_stale
    assert pending.alerts() == ["oldest_wait pending"]
    assert unseen.alerts() == []
    for day in (pending, unseen):  # she was answered while nobody told it
        day.at("09:01:40").answered("ada")
        day.tick("09:40:00")
    assert [each.fired_at for each in pending.alert_records()] == [None]
    assert unseen.alerts() == []


def test_a_silent_source_of_two_does_not_hold_the_other_back() -> None:
    day = Story(alerts=RULES)
    day.say(call("queued", "eve", clock("08:59:00"), source="other"))
    day.say(call("answered", "eve", clock("08:59:10"), source="other"))
    day.at("09:00:00").queued("ada")
    others_go_on(day, "09:00:00", 5)
    assert not day.snapshot().source_stale
    assert day.alerts() == ["oldest_wait firing"]


def test_the_history_feed_raises_no_alert() -> None:
    day = Story(alerts=ruled(abandonment(0.3, 0.2, minimum=2), oldest_wait(MINUTE, MINUTE)))
    day.at("09:00:00").queued("live")
    day.at("09:00:05").answered("live")
    for number in range(20):
        left = clock("09:00:10") + number * SECOND
        leg = call(
            "leg", f"old{number}", left, feed="history", outcome="abandoned",
            arrived_at=left - 10 * MINUTE, left_at=left,
        )  # fmt: skip
        assert isinstance(leg, FinishedLeg)
        day.say(leg)
    day.tick("09:30:00")
    assert len(day.legs(BILLING)) == 21
    assert day.alerts() == []


def test_a_replay_says_in_each_alert_that_it_is_one() -> None:
    """The routes that ship tell nobody of that label (test_deploy)."""
    day = Story(alerts=RULES)
    day.say(call("queued", "ada", clock("09:00"), replay=True, replay_shift_ms=24 * HOUR))
    day.say(mark("tick", clock("09:02:50"), replay=True))
    (alert,) = day.alert_records()
    assert (alert.state, alert.replay) == ("firing", True)
    written_at = clock("09:02:50")
    (post,) = decide([Known(alert, written_at, written_at)], written_at, 30_000)
    told = body(post.known.alert, written_at, 30_000, Links())
    assert told["labels"]["replay"] == "true"  # type: ignore[index]  # a dict, as Alertmanager takes it
