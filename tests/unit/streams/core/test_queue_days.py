"""Business days of a queue: apart, without a gap, on the clock of its zone."""

from schemas.counters import Counts, positions
from schemas.millis import DAY, HOUR
from streams.core.queue_days import Days
from streams.core.staffing import Handled
from tests.support.builders import MONDAY, targets

OFFERED, ANSWERED = positions(("offered", "answered"))


def test_a_queue_without_targets_has_days_of_utc() -> None:
    days = Days(lambda _: None)
    days.counts_of(MONDAY + HOUR)[OFFERED] += 1
    assert days.holding(MONDAY + 2 * HOUR) == days.holding(MONDAY)
    start, counts = days.holding(MONDAY)
    assert (start, counts.offered) == (MONDAY, 1)


def test_a_day_on_which_nothing_happened_is_one_of_zeros_and_no_state() -> None:
    days = Days(lambda _: targets(day_start_minute=6 * 60))
    days.counts_of(MONDAY + 7 * HOUR)[OFFERED] += 1
    assert days.holding(MONDAY + DAY + 7 * HOUR) == (MONDAY + DAY + 6 * HOUR, Counts())
    assert len(days.freeze()) == 1


def test_the_day_before_is_found_again_by_a_late_fact() -> None:
    days = Days(lambda _: targets(day_start_minute=6 * 60))
    days.counts_of(MONDAY + 5 * HOUR)[OFFERED] += 1
    days.counts_of(MONDAY + 7 * HOUR)[OFFERED] += 1
    days.counts_of(MONDAY + 5 * HOUR)[OFFERED] += 1
    assert [(day.start, day.counts[OFFERED]) for day in days.freeze()] == [
        (MONDAY - 18 * HOUR, 2), (MONDAY + 6 * HOUR, 1),
    ]  # fmt: skip


def test_another_zone_holds_from_the_next_day_on_so_that_no_hour_counts_twice() -> None:
    zone = ["UTC"]
    days = Days(lambda _: targets(time_zone=zone[0]))
    days.counts_of(MONDAY + 12 * HOUR)
    zone[0] = "Africa/Johannesburg"
    for hour in (23, 25, 47, -1):
        days.counts_of(MONDAY + hour * HOUR)
    spans = sorted((day.start, day.end) for day in days.freeze())
    assert spans == [
        (MONDAY - 2 * HOUR, MONDAY),
        (MONDAY, MONDAY + DAY),
        (MONDAY + DAY, MONDAY + DAY + 22 * HOUR),
        (MONDAY + DAY + 22 * HOUR, MONDAY + 2 * DAY + 22 * HOUR),
    ]


def test_days_go_when_they_are_over_and_come_back_from_the_state() -> None:
    days = Days(lambda _: None)
    days.counts_of(MONDAY)[OFFERED] = 3
    again = Days(lambda _: None)
    again.thaw(days.freeze())
    assert again.counts_of(MONDAY)[OFFERED] == 3
    again.forget(MONDAY + DAY)
    assert again.counts_of(MONDAY)[OFFERED] == 3
    again.forget(MONDAY + 2 * DAY)
    assert again.freeze() == []
    assert again.counts_of(MONDAY)[OFFERED] == 0
    assert len(again.freeze()) == 1  # what comes after all is kept, not lost in a forgotten day


def test_the_first_instant_of_a_former_day_is_counted_in_it() -> None:
    days = Days(lambda _: None)
    days.counts_of(MONDAY + HOUR)[OFFERED] = 3
    days.counts_of(MONDAY + DAY)[OFFERED] = 1
    days.counts_of(MONDAY)[OFFERED] += 1
    assert [day.counts[OFFERED] for day in days.freeze()] == [4, 1]


def test_what_was_handled_lately_is_of_today_and_yesterday() -> None:
    days = Days(lambda _: None)
    assert days.handled(MONDAY) == Handled(0, 0, 0)
    for day, answered in enumerate((1, 10, 100, 1_000)):
        days.counts_of(MONDAY + day * DAY)[ANSWERED] = answered
    found = [days.handled(MONDAY + day * DAY + HOUR).answered for day in range(5)]
    assert found == [1, 11, 110, 1_100, 1_000]
    assert days.handled(MONDAY + 5 * DAY) == Handled(0, 0, 0)
