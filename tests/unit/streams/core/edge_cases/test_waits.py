"""E1, E3, E4: intervals that close over a caller, and the limits T and s to the millisecond."""

import pytest

from schemas.counters import Counts
from schemas.formulas import FORMULAS, ratio, service_level
from schemas.millis import MINUTE, SECOND
from tests.support.builders import call, clock
from tests.support.retold import check
from tests.support.story import Story


def test_e1_a_call_that_waits_when_the_interval_closes_stays_waiting() -> None:
    day = Story()
    day.at("09:29:50").queued("ada")
    day.tick("09:30:10")
    assert (day.snapshot().waiting, day.snapshot().waiting_past_target) == (1, 0)
    day.tick("09:30:10.001")
    assert day.snapshot().waiting_past_target == 1  # a miss now, not when she is answered
    level = service_level("offered")
    assert ratio(level, day.today()) is None
    assert ratio(level, day.today(), day.snapshot().waiting_past_target) == 0
    assert day.legs()["ada"].outcome == "open"
    assert day.history("09:00", "09:30").counts == {"offered": 1, "open": 1}
    day.at("09:30:15").answered("ada")
    row = day.legs()["ada"]
    assert (row.arrived_at, row.left_at) == (clock("09:29:50"), clock("09:30:15"))
    assert (row.outcome, row.wait_ms, row.in_target) == ("answered", 25 * SECOND, False)
    day.tick("09:31:10")
    half_past, next_minute = day.minute("09:30"), day.minute("09:31")
    assert half_past is not None
    assert next_minute is not None
    assert half_past.windows[1] == Counts(offered=1)
    assert (half_past.waiting, half_past.oldest_wait_ms) == (1, 10 * SECOND)
    assert next_minute.windows[1] == Counts(answered=1, answer_wait_ms=25 * SECOND)
    assert (next_minute.waiting, next_minute.in_service) == (0, 1)
    assert day.history("09:00", "09:30").counts == {"offered": 1, "answered": 1}
    assert day.history("09:00", "09:30", "event").counts == {"offered": 1}
    assert day.history("09:30", "10:00", "event").counts == {"answered": 1}
    check(day)


def test_e1_a_call_over_the_end_of_a_minute_stands_in_the_line_of_both() -> None:
    """On the very boundary it belongs to what begins there."""
    day = Story()
    day.at("09:00:00").queued("ada")
    day.at("09:01:00").answered("ada")
    day.tick("09:03:10")
    waiting = {text: row.waiting for text in ("09:01", "09:02") if (row := day.minute(text))}
    assert waiting == {"09:01": 1, "09:02": 0}
    answered = {
        t: r.windows[1].answered for t in ("09:01", "09:02", "09:03") if (r := day.minute(t))
    }
    assert answered == {"09:01": 0, "09:02": 1, "09:03": 0}
    assert day.minute("09:00") is None
    check(day)


@pytest.mark.parametrize(("waited", "in_target"), [("20.000", True), ("20.001", False)])
def test_e3_the_target_is_inclusive_to_the_millisecond(waited: str, in_target: bool) -> None:
    day = Story(answer_within_ms=20 * SECOND)
    day.at("09:00:00").queued("ada")
    day.at(f"09:00:{waited}").answered("ada")
    row = day.legs()["ada"]
    assert (row.in_target, row.answer_within_ms) == (in_target, 20 * SECOND)
    assert (day.today().answered, day.today().answered_in_target) == (1, int(in_target))
    assert day.today().answer_wait_ms == round(float(waited) * SECOND)  # in the ASA either way
    assert day.history("09:00", "10:00")["answered_in_target"] == int(in_target)
    check(day)


@pytest.mark.parametrize(("told_ms", "in_target"), [(20_000, True), (20_001, False)])
def test_e3_a_wait_that_the_platform_tells_decides_the_target(
    told_ms: int, in_target: bool
) -> None:
    """Times may be whole seconds where the platform measured milliseconds."""
    day = Story(answer_within_ms=20 * SECOND)
    day.at("09:00:00").queued("ada")
    day.at("09:00:22").answered("ada", wait_ms=told_ms)
    row = day.legs()["ada"]
    assert (row.wait_ms, row.in_target, row.flags) == (told_ms, in_target, ("wait_differs",))
    assert day.today().answered_in_target == int(in_target)
    check(day)


def test_e3_the_live_level_and_the_closed_one_agree_once_the_late_caller_is_answered() -> None:
    day = Story(answer_within_ms=20 * SECOND)
    for leg, at in (("ada", "09:00:00"), ("eve", "09:00:10")):
        day.at(at).queued(leg)
    day.at("09:00:15").answered("eve")
    day.tick("09:00:30")
    level, seen = service_level("offered"), day.snapshot()
    assert ratio(level, seen.windows[30]) == 1  # closed: ada is not decided yet
    assert ratio(level, seen.windows[30], seen.waiting_past_target) == 0.5
    day.at("09:00:31").answered("ada")
    seen = day.snapshot()
    assert seen.waiting_past_target == 0
    assert ratio(level, seen.windows[30]) == 0.5
    check(day)


def test_e4_one_hundred_calls_give_each_formula_its_own_figure() -> None:
    """The worked example: 70 answered within 20 s, 10 later, 6 + 4 + 7 abandoned, 3 timed out."""
    waits = [("answered", 12)] * 70 + [("answered", 45)] * 10 + [("abandoned", 2)] * 6
    waits += [("abandoned", 11)] * 4 + [("abandoned", 50)] * 7 + [("exited", 60)] * 3
    day = Story(answer_within_ms=20 * SECOND, short_abandon_ms=5 * SECOND)
    for number, (outcome, seconds) in enumerate(waits):
        arrived = clock("09:00:00") + number * MINUTE
        day.say(call("queued", f"leg{number}", arrived))
        day.say(call(outcome, f"leg{number}", arrived + seconds * SECOND))
    found = {rule.name: ratio(rule, day.today()) for rule in FORMULAS}
    assert {name: round(100 * (value or 0), 1) for name, value in found.items()} == {
        "sl_answered_only": 87.5,
        "sl_offered": 70.0,
        "sl_abandons_in_target_ignored": 77.8,
        "sl_abandons_in_target_good": 80.0,
        "sl_short_abandons_ignored": 74.5,
        "abandonment_ab1": 17.0,
        "abandonment_ab2": 11.7,
        "unanswered_ab7": 20.0,
    }
    check(day)


@pytest.mark.parametrize(("waited", "short"), [("4.999", True), ("5.000", False)])
def test_e4_an_abandon_is_short_below_the_limit_and_always_an_abandon(
    waited: str, short: bool
) -> None:
    day = Story(short_abandon_ms=5 * SECOND)
    day.at("09:00:00").queued("ada")
    day.at(f"09:00:0{waited}").abandoned("ada")
    assert (day.today().abandoned, day.today().short_abandoned) == (1, int(short))
    assert day.today().abandoned_in_target == 1
    row = day.legs()["ada"]
    assert (row.outcome, row.short, row.in_target) == ("abandoned", short, True)
    check(day)


@pytest.mark.parametrize(("waited", "in_target"), [("20.000", 1), ("20.001", 0)])
def test_e4_an_abandon_at_the_target_is_within_it(waited: str, in_target: int) -> None:
    day = Story(answer_within_ms=20 * SECOND)
    day.at("09:00:00").queued("ada")
    day.at(f"09:00:{waited}").abandoned("ada")
    assert (day.today().abandoned_in_target, day.today().short_abandoned) == (in_target, 0)
    check(day)
