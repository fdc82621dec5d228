"""Misses allowed, spent and left."""

from streams.history.error_budget import DaysSpending, error_budget
from streams.history.promises_kept import Kept


def day(good: int, due: int, goal: float = 0.8) -> Kept:
    return Kept(good, due, round(goal * 1_000_000) * due)


def test_of_a_thousand_calls_promised_80_percent_200_may_be_missed() -> None:
    found = error_budget([(1, day(450, 500)), (2, day(300, 400)), (3, day(100, 100))])
    assert (found.allowed, found.spent, found.left, found.share_spent) == (200.0, 150, 50.0, 0.75)
    assert found.worst_days == (DaysSpending(2, 100, 400), DaysSpending(1, 50, 500))


def test_missed_beyond_the_promise_is_below_zero() -> None:
    found = error_budget([(1, day(10, 100))])
    assert (found.left, found.share_spent) == (-70.0, 4.5)


def test_of_equal_days_the_first_and_no_more_than_asked() -> None:
    found = error_budget([(at, day(0, 10)) for at in range(9)], worst=2)
    assert [each.start for each in found.worst_days] == [0, 1]


def test_nothing_may_be_missed() -> None:
    assert error_budget([]).share_spent is None
    assert error_budget([(1, day(9, 10, 1.0))]).share_spent is None
