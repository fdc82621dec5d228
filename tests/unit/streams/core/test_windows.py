"""Rolling counts: `[b - w, b)`, late additions included, idle time free."""

import pytest

from schemas.counters import COUNTERS, WINDOW_MINUTES, positions
from schemas.millis import DAY, MINUTE, SECOND
from streams.core.windows import Windows
from tests.support.builders import MONDAY

NOON = MONDAY + DAY // 2
OFFERED, ANSWERED, ABANDONED = positions(("offered", "answered", "abandoned"))


def add(windows: Windows, at: int, counter: int = OFFERED, n: int = 1) -> None:
    for slot in windows.slots(at):
        slot[counter] += n
    windows.correct(at, counter, n)


def step(windows: Windows) -> None:
    windows.leap((windows.boundary or 0) + 5 * SECOND)


def at_noon() -> Windows:
    windows = Windows(set[int]().add)
    windows.jump(NOON)
    return windows


def offered(windows: Windows, at: int) -> list[int]:
    return [windows.at(at)[minutes].offered for minutes in WINDOW_MINUTES]


def test_a_moment_belongs_to_the_window_that_it_begins_and_not_to_the_one_it_ends() -> None:
    windows = at_noon()
    add(windows, NOON - MINUTE)
    assert offered(windows, NOON) == [1, 1, 1, 1, 1]
    add(windows, NOON)
    assert offered(windows, NOON) == [1, 1, 1, 1, 1]
    step(windows)
    assert offered(windows, NOON + 5 * SECOND) == [1, 2, 2, 2, 2]


def test_late_equals_early() -> None:
    early, late = at_noon(), at_noon()
    add(early, NOON + 3 * SECOND, ABANDONED)
    for windows in (early, late):
        for _ in range(30):
            step(windows)
    add(late, NOON + 3 * SECOND, ABANDONED)
    here = NOON + 150 * SECOND
    assert early.at(here) == late.at(here)
    assert early.share() == late.share() == (1, 1)


def test_a_minute_at_once_is_twelve_steps() -> None:
    stepped, leapt = at_noon(), at_noon()
    for windows in (stepped, leapt):
        for at in (-30 * MINUTE, -MINUTE, 0, 20 * SECOND, 55 * SECOND, MINUTE, 61 * SECOND):
            add(windows, NOON + at, ABANDONED)
            add(windows, NOON + at, OFFERED, 2)
    for _ in range(12):
        step(stepped)
    leapt.leap(NOON + MINUTE)
    for windows in (stepped, leapt):
        step(windows)  # a part of the next minute
    assert leapt.at(NOON + MINUTE) == stepped.at(NOON + MINUTE)
    assert leapt.share() == stepped.share() == (6, 6)
    assert (leapt.waiting, leapt.in_service) == (stepped.waiting, stepped.in_service)


def test_what_was_taken_back_is_gone_from_every_window() -> None:
    windows = at_noon()
    add(windows, NOON - 20 * MINUTE)
    add(windows, NOON - 20 * MINUTE, n=-1)
    assert offered(windows, NOON) == [0, 0, 0, 0, 0]


def test_the_bounds_of_a_share_hold_to_the_end_of_the_minute() -> None:
    windows = at_noon()
    for at, counter in [(-30 * MINUTE, ANSWERED), (-29 * MINUTE, ANSWERED), (-MINUTE, ANSWERED),
                        (-MINUTE, ABANDONED), (10 * SECOND, ABANDONED), (10 * SECOND, ANSWERED),
                        (40 * SECOND, ABANDONED)]:  # fmt: skip
        add(windows, NOON + at, counter)
    assert (windows.share(), windows.most_lost(), windows.fewest_resolved()) == ((1, 4), 3, 3)
    ahead = windows.share(NOON + 15 * SECOND)  # before the boundary moves on
    for _ in range(3):
        step(windows)
    assert (windows.share(), windows.most_lost(), windows.fewest_resolved()) == ((2, 5), 3, 3)
    assert ahead == windows.share()


@pytest.mark.parametrize("steps", [0, 7, 12, 13])
def test_the_line_is_known_as_of_boundaries_that_are_past(steps: int) -> None:
    windows = at_noon()
    add(windows, NOON + 1, OFFERED)
    add(windows, NOON + 31 * SECOND, ANSWERED)
    for _ in range(13):
        step(windows)
    assert windows.line_at(NOON + steps * 5 * SECOND) == {
        0: (0, 0), 7: (0, 1), 12: (0, 1), 13: (0, 1),
    }[steps]  # fmt: skip
    assert windows.line_at(NOON + 5 * SECOND) == (1, 0)


def test_a_gap_in_time_leaves_nothing_behind() -> None:
    windows = at_noon()
    add(windows, NOON - MINUTE)
    windows.jump(NOON + 3 * 60 * MINUTE)
    assert offered(windows, NOON + 3 * 60 * MINUTE) == [0, 0, 0, 0, 0]
    assert (windows.buckets, windows.minutes) == ({}, {})
    assert windows.waiting == 1  # the caller is still there


def test_a_gap_begins_with_what_lies_at_the_boundary_before_it() -> None:
    windows = at_noon()
    add(windows, NOON)
    windows.jump(NOON + 3 * 60 * MINUTE)
    assert windows.waiting == 1


def test_an_hour_is_kept_and_not_more() -> None:
    windows = at_noon()
    add(windows, NOON)
    for _ in range(64 * 12):
        step(windows)
    assert (windows.buckets, windows.minutes) == ({}, {})
    add(windows, NOON)  # told now, it is beyond what any window will ask for
    assert (windows.buckets, windows.minutes) == ({}, {})
    assert windows.waiting == 2  # the one who came then, told in time, and this one


def test_a_question_from_years_ago_is_answered_without_walking_there() -> None:
    windows = at_noon()
    add(windows, NOON - MINUTE)
    long_ago = NOON - 16 * 365 * DAY
    assert offered(windows, long_ago - long_ago % (5 * SECOND)) == [0, 0, 0, 0, 0]
    assert offered(windows, NOON + 29 * MINUTE) == [0, 0, 0, 1, 1]


def test_kept_buckets_make_the_same_sums_again() -> None:
    windows = at_noon()
    for second in (-4000, -1790, -61, -3):
        add(windows, NOON + second * SECOND, ANSWERED, 2)
    again = Windows(set[int]().add)
    again.restore_line(
        windows.boundary, windows.waiting, windows.in_service, windows.arrived_before
    )
    for start in windows.minutes:
        again.restore(windows.minute_of_buckets(start))
    again.resum()
    assert again.at(NOON) == windows.at(NOON)
    assert again.share() == windows.share()


def test_before_the_first_event_there_is_no_boundary_to_move() -> None:
    windows = Windows(set[int]().add)
    with pytest.raises(ValueError, match="without a boundary"):
        windows.leap(NOON)
    assert windows.at(NOON)[60].offered == 0
    assert windows.is_idle()
    assert len(windows.sums[0]) == len(COUNTERS)


def test_what_a_row_that_may_still_be_cut_again_covers_is_kept() -> None:
    """The row of a minute ago covers an hour before that; the boundary has moved on since."""
    windows = at_noon()
    add(windows, NOON - 60 * MINUTE - 30 * SECOND)
    assert windows.at(NOON - MINUTE)[60].offered == 1
    assert windows.at(NOON)[60].offered == 0


def test_a_boundary_behind_the_whole_minute_is_told_by_taking_back_what_came_since() -> None:
    windows = at_noon()
    for second in (-3, -12, -61, -5 * 60 - 8, -60 * 60 - 8):
        add(windows, NOON + second * SECOND)
    assert offered(windows, NOON - 10 * SECOND) == [2, 3, 3, 3, 4]
    assert offered(windows, NOON - 2 * MINUTE) == [0, 1, 1, 1, 2]


def test_far_from_the_sums_a_moment_at_the_boundary_is_not_in_the_window_either() -> None:
    windows = at_noon()
    add(windows, NOON - 10 * MINUTE)
    assert offered(windows, NOON - 10 * MINUTE) == [0, 0, 0, 0, 0]
    assert offered(windows, NOON - 10 * MINUTE + 5 * SECOND) == [1, 1, 1, 1, 1]


def test_before_anything_happened_every_sum_is_zero() -> None:
    windows = Windows(set[int]().add)
    assert windows.sums == [[0] * len(COUNTERS) for _ in WINDOW_MINUTES]


def test_the_counts_as_of_the_last_whole_minute_leave_out_what_came_since() -> None:
    windows = at_noon()
    add(windows, NOON - 40 * MINUTE)
    add(windows, NOON + SECOND)
    for _ in range(3):
        step(windows)
    found = [windows.summed(minutes)[OFFERED] for minutes in WINDOW_MINUTES]
    assert found == [0, 0, 0, 0, 1]
    for _ in range(9):
        step(windows)
    assert [windows.summed(minutes)[OFFERED] for minutes in (1, 60)] == [1, 2]


def test_arrivals_are_counted_by_the_minute_and_late_ones_where_they_belong() -> None:
    windows = at_noon()
    for at in (NOON - 7 * MINUTE, NOON - 3 * MINUTE + SECOND, NOON - MINUTE, NOON + SECOND):
        add(windows, at)
    add(windows, NOON - 2 * MINUTE, ABANDONED)
    assert windows.arrived(NOON - 10 * MINUTE, 5 * MINUTE, 2) == [1, 2]
    assert windows.arrived_since(NOON - MINUTE) == 2


def test_the_last_arrival_is_known_also_when_its_minute_is_no_longer_kept() -> None:
    windows = at_noon()
    assert windows.last_arrival(NOON) is None
    add(windows, NOON - 5 * MINUTE)
    add(windows, NOON + SECOND)
    add(windows, NOON - MINUTE, ABANDONED)
    assert windows.last_arrival(NOON) == NOON - 5 * MINUTE
    assert windows.last_arrival(NOON + MINUTE) == NOON
    add(windows, NOON + SECOND, n=-1)  # it was no arrival
    assert windows.last_arrival(NOON + MINUTE) == NOON - 5 * MINUTE
    for minute in range(90):
        windows.leap(NOON + (minute + 1) * MINUTE)
    assert windows.is_idle() == (not windows.minutes)
    assert windows.last_arrival(NOON + 90 * MINUTE) == NOON - 5 * MINUTE
    windows.jump(NOON + DAY)
    assert windows.last_arrival(NOON + DAY) == NOON - 5 * MINUTE


def test_what_is_kept_is_the_same_for_a_whole_minute() -> None:
    """Where the boundary lies within the minute depends on what a worker remembers of the time before a restart."""
    for steps in (0, 5, 11):
        windows = at_noon()
        for _ in range(steps):
            step(windows)
        add(windows, NOON - 62 * MINUTE)
        add(windows, NOON - 62 * MINUTE - SECOND)
        assert set(windows.minutes) == {NOON - 62 * MINUTE}
        while windows.boundary != NOON + MINUTE:
            step(windows)
        assert windows.minutes == {}


def test_after_a_gap_nothing_stays_that_no_later_minute_takes_away() -> None:
    windows = at_noon()
    for minute in (61, 62, 63):
        add(windows, NOON + 10 * MINUTE - minute * MINUTE)
    windows.jump(NOON + 10 * MINUTE)
    for minute in range(11, 75):
        windows.leap(NOON + minute * MINUTE)
    assert windows.is_idle() or windows.waiting
    assert windows.minutes == {}


@pytest.mark.parametrize("ahead_ms", [0, 2 * MINUTE, DAY])
def test_arrivals_since_any_minute_are_those_of_the_minutes(ahead_ms: int) -> None:
    """What is taken from the sums is the same, also where a source is a day ahead."""
    windows = at_noon()
    for minute in range(0, 62, 3):
        add(windows, NOON - minute * MINUTE, n=minute + 1)
    add(windows, NOON + ahead_ms, n=7)
    windows.leap(NOON + MINUTE)
    add(windows, NOON - 30 * MINUTE)  # told late
    for minute in range(62):
        start = NOON + MINUTE - minute * MINUTE
        counted = sum(n[OFFERED] for at, n in windows.minutes.items() if at >= start)
        assert windows.arrived_since(start) == counted, minute


def test_the_last_arrival_is_found_however_long_ago_and_however_far_ahead_others_are() -> None:
    windows = at_noon()
    add(windows, NOON - 40 * MINUTE)
    add(windows, NOON + DAY)
    assert windows.last_arrival(NOON) == NOON - 40 * MINUTE
    add(windows, NOON - 2 * MINUTE)
    assert windows.last_arrival(NOON) == NOON - 2 * MINUTE
    assert windows.last_arrival(NOON - 2 * MINUTE) == NOON - 40 * MINUTE
