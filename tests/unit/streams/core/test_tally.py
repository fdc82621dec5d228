"""A contribution is counted in totals, day and windows at once, ahead of the boundary or behind it."""

from schemas.counters import COUNTERS, positions
from schemas.millis import MINUTE, SECOND
from streams.core.tally import Tally
from tests.support.builders import MONDAY

NOON = MONDAY + 12 * 60 * MINUTE
OFFERED, ANSWERED = positions(("offered", "answered"))


def at_noon() -> tuple[Tally, set[int]]:
    noted: set[int] = set()
    tally = Tally(lambda _: None, noted.add)
    tally.windows.jump(NOON)
    return tally, noted


def test_one_contribution_is_in_totals_day_and_window() -> None:
    tally, noted = at_noon()
    late = tally.count(((NOON - SECOND, OFFERED, 1), (NOON + SECOND, ANSWERED, 2)), ())
    assert late == NOON - SECOND
    added, reversed_ = tally.totals()
    assert (added.offered, added.answered, reversed_.offered) == (1, 2, 0)
    day = tally.days.holding(NOON)
    assert (day[1].offered, day[1].answered) == (1, 2)
    assert tally.windows.at(NOON)[1].offered == 1
    assert tally.windows.at(NOON)[1].answered == 0  # it happened after noon
    assert noted == {NOON - MINUTE, NOON}


def test_what_is_taken_back_leaves_the_day_and_rises_in_reversed() -> None:
    tally, _ = at_noon()
    tally.count(((NOON - SECOND, OFFERED, 1),), ())
    assert tally.count((), ((NOON - SECOND, OFFERED, 1),)) == NOON - SECOND
    added, reversed_ = tally.totals()
    assert (added.offered, reversed_.offered) == (1, 1)
    assert tally.windows.at(NOON)[1].offered == 0


def test_the_earliest_of_several_late_moments_is_told_and_none_ahead() -> None:
    tally, _ = at_noon()
    plus = ((NOON - SECOND, OFFERED, 1), (NOON + SECOND, OFFERED, 1))
    minus = ((NOON - 5 * SECOND, OFFERED, 1),)
    assert tally.count(plus, minus) == NOON - 5 * SECOND
    assert (
        tally.count(((NOON, OFFERED, 1),), ()) is None
    )  # a boundary belongs to what comes after it
    assert len(tally.added) == len(COUNTERS)


def test_it_says_the_earliest_late_moment_whether_it_was_added_or_taken_back() -> None:
    tally, _ = at_noon()
    earlier, later = (NOON - 2 * SECOND, OFFERED, 1), (NOON - SECOND, OFFERED, 1)
    assert tally.count((later, earlier), ()) == NOON - 2 * SECOND
    assert tally.count((later,), (earlier,)) == NOON - 2 * SECOND
    assert tally.count((earlier,), (later,)) == NOON - 2 * SECOND
    assert tally.count((), ((NOON, OFFERED, 1),)) is None
