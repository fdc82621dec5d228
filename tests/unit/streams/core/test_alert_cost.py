"""What an alert cost, exactly: which callers are counted, from which boundary, over restarts and long alerts."""

from typing import Any

from schemas.alerts import Alert
from schemas.millis import MINUTE, SECOND
from streams.core.alert_cost import Cost, cost_until, kept
from streams.core.alerting import Progress
from streams.core.windows import Windows
from tests.support.builders import clock
from tests.support.ruled import oldest_wait, ruled
from tests.support.story import Story

ONSET = "09:02:05"  # ada has waited for more than 2 minutes
RULES: dict[str, Any] = {
    "alerts": ruled(oldest_wait(2 * MINUTE, MINUTE, hold_ms=0, clear_hold_ms=30 * SECOND)),
    "answer_within_ms": 20 * SECOND,
    "short_abandon_ms": 5 * SECOND,
}


def begun() -> Story:
    day = Story(**RULES)
    day.at("09:00:00").queued("ada")
    return day


def the_end(day: Story) -> Alert:
    (alert,) = day.alert_records()
    assert (alert.state, alert.onset_at) == ("resolved", clock(ONSET))
    return alert


def test_what_left_within_onset_and_end_is_counted_and_nothing_else() -> None:
    day = begun()
    day.at("09:01:00").queued("early")
    day.at("09:02:04").abandoned("early")  # before the onset
    for leg, at in (("late", "09:02:05"), ("quick", "09:02:06"), ("short", "09:02:07")):
        day.at(at).queued(leg)
    day.at("09:02:08").queued("lost")
    day.at("09:02:09").queued("later")
    day.at("09:02:10").abandoned("short")  # 3 s: a short abandon
    day.at("09:02:15").answered("quick")
    day.at("09:02:30").answered("late")  # 25 s
    day.at("09:02:40").abandoned("lost")
    day.at("09:03:00").answered("ada")
    day.tick("09:03:20")
    assert [(alert.state, alert.late_calls) for alert in day.alert_records()] == [("firing", None)]
    day.at("09:03:34").answered("later")  # the last 5 seconds before the end
    day.at("09:04:00").queued("after")
    day.at("09:04:30").answered("after")
    day.tick("09:05:00")
    end = the_end(day)
    assert end.resolved_at == clock("09:04:05")
    assert (end.late_calls, end.abandoned) == (3, 1)  # late, ada, later; lost


def test_it_does_not_depend_on_when_a_fact_is_told() -> None:
    day = begun()
    day.at("09:02:10").queued("lost")
    day.tick("09:02:50")
    day.at("09:03:00").answered("ada")
    day.tick("09:03:30")
    day.at("09:02:40").abandoned("lost")  # 50 s late
    day.tick("09:05:00")
    assert (the_end(day).late_calls, the_end(day).abandoned) == (1, 1)


def test_it_is_the_same_after_a_restart() -> None:
    day = begun()
    day.at("09:02:10").queued("lost")
    day.at("09:02:40").abandoned("lost")
    day.tick("09:02:50")
    day.restart()
    day.at("09:03:00").answered("ada")
    day.tick("09:05:00")
    assert (the_end(day).late_calls, the_end(day).abandoned) == (1, 1)


def test_an_alert_of_hours_has_its_whole_cost() -> None:
    day = begun()
    for hour in (9, 10, 11, 12, 13, 14):
        for minute in range(10, 60, 5):
            day.at(f"{hour:02}:{minute}:00").queued(f"leg{hour}{minute}")
            day.at(f"{hour:02}:{minute}:30").abandoned(f"leg{hour}{minute}")
            # The first in line is closed after 2 hours: another one is there by then.
            day.at(f"{hour:02}:{minute}:40").queued(f"next{hour}{minute}")
            day.tick(f"{hour:02}:{minute + 1}:00")
        if hour == 11:
            day.restart()
    (alert,) = day.alert_records()
    assert alert.state == "firing"
    decisions = day.unit.monitors[day.queue].decisions
    windows = day.unit.monitors[day.queue].legs.windows
    cost = decisions.progress["oldest_wait"].cost
    assert cost is not None
    found = cost_until(cost, windows, windows.boundary or 0)
    assert found.abandoned == 60
    assert len(windows.buckets) < 10 * 60  # those of the first hours are gone


def test_where_a_former_release_began_the_alert_it_is_not_known() -> None:
    day = begun()
    day.tick("09:02:50")
    day.unit.monitors[day.queue].decisions.progress["oldest_wait"] = Progress(
        "firing", clock(ONSET), clock(ONSET)
    )
    day.at("09:03:00").answered("ada")
    day.tick("09:05:00")
    assert (the_end(day).late_calls, the_end(day).abandoned) == (None, None)


def test_before_a_gap_in_time_what_was_counted_is_kept() -> None:
    day = begun()
    for minute in range(3, 50):
        day.at(f"09:{minute:02}:00").queued(f"leg{minute}")
        day.at(f"09:{minute:02}:30").abandoned(f"leg{minute}")
    day.tick("09:50:00")
    day.tick("11:30:00")
    day.at("11:31:00").answered("ada")
    day.tick("11:33:00")
    assert (the_end(day).late_calls, the_end(day).abandoned) == (1, 47)


def test_only_what_is_older_than_half_an_hour_is_added_up_for_good() -> None:
    windows = Windows(lambda _: None)
    young = Cost(0)
    assert kept(young, windows, 45 * MINUTE, 45 * MINUTE) is young
    assert kept(young, windows, 46 * MINUTE, 46 * MINUTE) == Cost(16 * MINUTE)
    assert kept(young, windows, 20 * MINUTE, 90 * MINUTE) == Cost(20 * MINUTE)
