"""Half hours beside the average."""

from streams.history.consistency import HalfHour, consistency
from streams.history.promises_kept import Kept

HALF = 30 * 60_000


def half(place: int, good: int, due: int, goal: float = 0.8) -> HalfHour:
    at = place * HALF
    return HalfHour(at, at + HALF, Kept(good, due, round(goal * 1_000_000) * due))


def test_a_fine_average_that_hides_four_bad_half_hours_of_48_is_named() -> None:
    """44 half hours of 20 calls with 90 %, 4 of 20 with 30 %: 85 % against 80 %."""
    found = consistency([half(n, 6 if n in (10, 11, 12, 30) else 18, 20) for n in range(48)])
    assert (found.whole.share, found.whole.against) == (816 / 960, "met")
    assert (found.eligible, found.missed, found.share_met) == (48, 4, 44 / 48)
    assert found.average_hides
    assert found.worst == half(10, 6, 20)
    assert found.longest is not None
    assert (found.longest.start, found.longest.half_hours) == (10 * HALF, 3)
    assert (found.calls_in_missed, found.share_of_calls_in_missed) == (80, 80 / 960)
    assert found.masking_gap is not None
    assert round(found.masking_gap, 6) == round(816 / 960 - 880 / 960, 6)


def test_one_slightly_missed_half_hour_of_many_hides_nothing_and_a_bad_one_does() -> None:
    slightly = [half(n, 15 if n == 3 else 18, 20) for n in range(48)]
    assert not consistency(slightly).average_hides
    badly = [half(n, 7 if n == 3 else 18, 20) for n in range(48)]
    assert consistency(badly).average_hides


def test_a_missed_average_hides_nothing() -> None:
    assert not consistency([half(n, 5, 20) for n in range(10)]).average_hides


def test_few_calls_are_judged_nowhere_and_do_not_end_a_run() -> None:
    found = consistency(
        [half(0, 0, 10), half(1, 0, 4), half(2, 0, 10), half(3, 10, 10), half(4, 0, 9)]
    )
    assert (found.eligible, found.missed, found.low_volume, found.calls) == (4, 3, 1, 39)
    assert found.longest is not None
    assert (found.longest.start, found.longest.end, found.longest.half_hours) == (0, 3 * HALF, 2)
    assert found.whole.due == 43


def test_a_closed_night_ends_a_run_and_few_calls_begin_none() -> None:
    found = consistency([half(0, 0, 3), half(1, 0, 10), half(20, 0, 10)])
    assert found.longest is not None
    assert (found.longest.start, found.longest.half_hours) == (HALF, 1)


def test_nothing_has_no_value() -> None:
    found = consistency([])
    assert (found.eligible, found.share_met, found.masking_gap, found.worst, found.longest) == (
        0, None, None, None, None,
    )  # fmt: skip
    assert found.share_of_calls_in_missed is None
    assert not found.average_hides
    few = consistency([half(0, 1, 1)])
    assert (few.low_volume, few.share_met, few.masking_gap) == (1, None, None)


def test_the_worst_of_equal_ones_has_more_calls() -> None:
    assert consistency([half(0, 1, 10), half(1, 2, 20), half(2, 2, 20)]).worst == half(1, 2, 20)
