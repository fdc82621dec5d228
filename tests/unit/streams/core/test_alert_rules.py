"""The rules that page, from the events to the sentence that people get."""

from schemas.millis import MINUTE, SECOND
from schemas.targets import AbandonmentRule, OldestWaitRule
from tests.support.builders import call, clock, targets
from tests.support.story import Story

LONG_WAIT = OldestWaitRule(5 * MINUTE, 4 * MINUTE, 30 * SECOND, 60 * SECOND)


def test_a_caller_who_waits_too_long_is_pending_then_firing_then_resolved() -> None:
    day = Story(name="Bills", oldest_wait_alert=LONG_WAIT, owner="duty")
    day.at("09:00:00").queued("ada")
    day.tick("09:05:05")
    assert day.alerts() == []
    day.tick("09:05:10")
    assert day.alerts() == ["oldest_wait pending"]
    day.tick("09:05:40")
    (alert,) = day.alert_records()
    assert (alert.state, alert.severity, alert.owner, alert.replay) == (
        "firing",
        "page",
        "duty",
        False,
    )
    assert alert.reason == "Bills: 1 waiting, the oldest for 5m35s (limit 5m)"
    assert (alert.onset_at, alert.fired_at) == (clock("09:05:05"), clock("09:05:35"))
    day.at("09:06:00").answered("ada")
    day.tick("09:07:00")
    assert day.alerts() == ["oldest_wait firing"]
    day.tick("09:07:10")
    (alert,) = day.alert_records()
    assert (alert.state, alert.resolved_at) == ("resolved", clock("09:07:05"))


def test_a_wait_that_ends_in_time_is_taken_back() -> None:
    day = Story(oldest_wait_alert=LONG_WAIT)
    day.at("09:00:00").queued("ada", replay=True)
    day.tick("09:05:10")
    day.at("09:05:12").answered("ada", replay=True)
    day.tick("09:05:20")
    (alert,) = day.alert_records()
    assert (alert.state, alert.replay, alert.fired_at) == ("inactive", True, None)


def test_a_doubtful_caller_pages_nobody() -> None:
    day = Story(oldest_wait_alert=LONG_WAIT)
    day.at("09:00:00").queued("lost")
    for number in range(5):
        day.at(f"09:00:1{number}").queued(f"leg{number}")
        day.at(f"09:00:2{number}").answered(f"leg{number}")
    day.tick("09:20:00")
    assert (day.alerts(), day.snapshot().doubtful) == ([], 1)


def lost(day: Story, count: int, answered: int = 0) -> None:
    for number in range(count + answered):
        at = clock("09:00:00") + number * SECOND
        day.say(call("queued", f"leg{number}", at))
    for number in range(count + answered):
        at = clock("09:01:00") + number * SECOND
        day.say(call("abandoned" if number < count else "answered", f"leg{number}", at))


def test_many_who_hang_up_warn_and_few_do_not() -> None:
    rule = AbandonmentRule(0.2, 0.1, minimum=10, clear_hold_ms=0)
    day, few = Story(abandonment_alert=rule), Story(abandonment_alert=rule)
    lost(day, 4, answered=6)
    lost(few, 9)
    for story in (day, few):
        story.tick("09:02:00")
    assert few.alerts() == []
    (alert,) = day.alert_records()
    assert (alert.state, alert.severity, alert.value, alert.n) == ("firing", "warn", 0.4, 10)
    assert "40% of 10 callers hung up in the last 30 minutes (limit 20%" in alert.reason
    for minute in range(3, 36):
        day.tick(f"09:{minute:02}:00")
    assert day.alerts() == ["abandonment resolved"]  # half an hour later there are too few to say


def test_a_rule_that_is_taken_away_takes_its_alert_back() -> None:
    firing = OldestWaitRule(MINUTE, MINUTE)
    for rule in (firing, LONG_WAIT):
        day = Story(oldest_wait_alert=rule)
        day.at("09:00:00").queued("ada")
        day.tick("09:05:10")
        day.publish(targets(), valid_from="09:05:10")
        day.tick("09:05:20")
        expected = "resolved" if rule is firing else "inactive"
        assert day.alerts() == [f"oldest_wait {expected}"]


def test_a_queue_that_is_taken_out_of_the_file_takes_its_alerts_back() -> None:
    day = Story(oldest_wait_alert=OldestWaitRule(MINUTE, MINUTE), name="Bills")
    day.at("09:00:00").queued("ada")
    day.tick("09:02:00")
    assert day.alerts() == ["oldest_wait firing"]
    day.publish(targets("other"), valid_from="09:02:00")
    day.tick("09:02:10")
    (alert,) = day.alert_records()
    assert (alert.state, alert.queue_name) == ("resolved", "Bills")
