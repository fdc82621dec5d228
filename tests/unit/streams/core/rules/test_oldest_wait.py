"""Somebody waits too long: from the events to the sentence that people get."""

from schemas.millis import MINUTE, SECOND
from tests.support.builders import clock
from tests.support.ruled import oldest_wait, ruled
from tests.support.story import Story

LONG_WAIT = oldest_wait(5 * MINUTE, 4 * MINUTE, hold_ms=30 * SECOND, clear_hold_ms=60 * SECOND)


def test_a_caller_who_waits_too_long_is_pending_then_firing_then_resolved() -> None:
    day = Story(name="Bills", alerts=ruled(LONG_WAIT), owner="duty")
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
    day = Story(alerts=ruled(LONG_WAIT))
    day.at("09:00:00").queued("ada", replay=True)
    day.tick("09:05:10")
    day.at("09:05:12").answered("ada", replay=True)
    day.tick("09:05:20")
    (alert,) = day.alert_records()
    assert (alert.state, alert.replay, alert.fired_at) == ("inactive", True, None)


def test_a_doubtful_caller_pages_nobody() -> None:
    day = Story(alerts=ruled(LONG_WAIT))
    day.at("09:00:00").queued("lost")
    for number in range(5):
        day.at(f"09:00:1{number}").queued(f"leg{number}")
        day.at(f"09:00:2{number}").answered(f"leg{number}")
    day.tick("09:20:00")
    assert (day.alerts(), day.snapshot().doubtful) == ([], 1)


def test_a_wait_on_the_limit_at_which_it_is_over_keeps_it_up() -> None:
    day = Story(alerts=ruled(oldest_wait(5 * MINUTE, 4 * MINUTE, clear_hold_ms=0)))
    day.at("09:00:00").queued("ada")
    day.at("09:01:10").queued("eve")
    day.tick("09:05:10")
    day.at("09:05:09").answered("ada")
    day.tick("09:05:15")  # as of ten seconds past, eve has waited four minutes
    assert day.alerts() == ["oldest_wait firing"]
    day.at("09:05:14").answered("eve")
    day.tick("09:05:20")
    assert day.alerts() == ["oldest_wait resolved"]
