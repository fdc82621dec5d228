"""What is told as a change, and what is chance."""

from msgspec.structs import replace

from dashboards.wallboard.changes import CallsChange, LevelChange, changes
from schemas.half_hours import HalfHour, PastDay, PastDays
from schemas.millis import MINUTE

HALF = 30 * MINUTE
CLOCKS = ("08:00", "08:30", "09:00", "09:30", "10:00", "10:30")


def day(*levels: tuple[int, int], whole: int = 99, offered: int | None = None) -> PastDay:
    """Half hours from 08:00 with in time and n; from `whole` on they are not whole."""
    return PastDay(
        "2026-11-30",
        tuple(
            HalfHour(at * HALF, (at + 1) * HALF, CLOCKS[at], at < whole, n if offered is None else offered, 0, good, n)
            for at, (good, n) in enumerate(levels)
        ),
    )  # fmt: skip


def days(today: PastDay, yesterday: PastDay, week: PastDay | None = None) -> PastDays:
    return PastDays(0, "UTC", today, yesterday, yesterday if week is None else week)


GOOD = [(24, 30)] * 6


def test_it_is_told_since_when_the_level_differs_most() -> None:
    found = changes(
        days(day((24, 30), (24, 30), (25, 30), (10, 30), (9, 30), (11, 30)), day(*GOOD))
    )
    assert found.level == LevelChange("09:30", 6 * HALF, 30, 90, 72, 90)
    assert found.calls is None


def test_what_chance_moves_is_no_change() -> None:
    found = changes(days(day((24, 30), (22, 30), (25, 30), (22, 30)), day(*GOOD[:4])))
    assert (found.level, found.calls, found.compared) == (None, None, True)


def test_few_calls_say_nothing() -> None:
    assert changes(days(day((0, 4), (0, 4)), day((4, 4), (4, 4)))).level is None


def test_the_half_hour_that_runs_is_not_compared() -> None:
    today = day((24, 30), (24, 30), (0, 30), whole=2)
    assert changes(days(today, day(*GOOD))).level is None
    assert changes(days(today, day(*GOOD))).compared


def test_calls_are_compared_with_the_week_before_by_the_same_half_hours() -> None:
    found = changes(days(day(*[(40, 50)] * 3), day(*GOOD), day(*[(24, 30)] * 6)))
    assert found.calls == CallsChange(3 * HALF, 60)
    fewer = changes(days(day(*[(24, 30)] * 3), day(*GOOD), day(*[(40, 50)] * 3)))
    assert fewer.calls == CallsChange(3 * HALF, -60)


def test_a_few_calls_more_are_no_news() -> None:
    assert changes(days(day(*[(24, 33)] * 3), day(*GOOD))).calls is None


def test_half_hours_are_compared_by_their_names() -> None:
    """In the night in which the clock went back a day has a half hour more."""
    today = day(*GOOD)
    moved = PastDay("", tuple(replace(each, start=each.start + 2 * HALF) for each in today.halves))
    assert changes(days(day((10, 30), *GOOD[1:]), moved)).compared


def test_without_the_other_days_nothing_is_said_of_a_change() -> None:
    unknown = PastDay("", tuple(HalfHour(0, HALF, clock, False) for clock in CLOCKS))
    found = changes(days(day((0, 300)), unknown, unknown))
    assert (found.level, found.calls, found.compared) == (None, None, False)


def test_a_call_without_a_promise_leaves_its_half_hour_out() -> None:
    today = day((24, 30), (0, 30))
    gone = PastDay("", (today.halves[0], replace(today.halves[1], in_time=None, n=None)))
    assert changes(days(gone, day(*GOOD))).level is None
