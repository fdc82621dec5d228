"""One contribution, counted in the totals, its day and the windows alike."""

from schemas.millis import MINUTE, SECOND
from streams.core.tally import Tally
from streams.core.verdict import ABANDONED, OFFERED
from tests.support.builders import MONDAY

AT = MONDAY + 10 * MINUTE


def tally() -> Tally:
    made = Tally(lambda _: None, set[int]().add)
    made.windows.jump(AT)
    return made


def test_what_is_added_and_taken_back_is_in_all_of_them_or_in_none() -> None:
    counted = tally()
    counted.count(((AT - MINUTE, OFFERED, 1), (AT - MINUTE, ABANDONED, 1)), ())
    counted.count((), ((AT - MINUTE, ABANDONED, 1),))
    added, taken_back = counted.totals()
    assert (added.offered, added.abandoned, taken_back.abandoned) == (1, 1, 1)
    window = counted.windows.at(AT)[30]
    today = counted.days.holding(AT)
    assert today is not None
    assert (window.offered, window.abandoned) == (today[1].offered, today[1].abandoned) == (1, 0)


def test_it_says_the_earliest_moment_that_was_counted_behind_the_boundary() -> None:
    counted = tally()
    earlier, later = (AT - 2 * SECOND, OFFERED, 1), (AT - SECOND, OFFERED, 1)
    assert counted.count((later, earlier), ()) == AT - 2 * SECOND
    assert counted.count((later,), (earlier,)) == AT - 2 * SECOND
    assert counted.count((earlier,), (later,)) == AT - 2 * SECOND


def test_a_moment_at_the_boundary_or_ahead_of_it_is_not_late() -> None:
    counted = tally()
    for at in (AT, AT + SECOND):
        assert counted.count(((at, OFFERED, 1),), ()) is None
        assert counted.count((), ((at, OFFERED, 1),)) is None
