"""A queue has a first hour of its own, unless it is known; some stray calls long before it opens are none."""

from schemas.millis import DAY, HOUR, MINUTE
from streams.core.incident_queue import KnownQueue

NINE = 9 * HOUR


def queue(*calls: int) -> KnownQueue:
    made = KnownQueue(calls[0], calls[0], calls[0])
    for at in calls:
        made.meet(at, 0)
    return made


def every(minutes: int, number: int, start: int = NINE) -> list[int]:
    return [start + minutes * MINUTE * place for place in range(number)]


def test_it_is_known_once_most_of_an_hour_with_ten_calls_is_counted() -> None:
    assert not queue(*every(1, 10)).known_by(NINE)
    assert not queue(*every(1, 9)).known_by(NINE + HOUR)
    assert queue(*every(1, 10)).known_by(NINE + HOUR)
    assert queue(*every(1, 10, NINE + 15 * MINUTE)).known_by(NINE + HOUR)
    assert not queue(*every(1, 10, NINE + 16 * MINUTE)).known_by(NINE + HOUR)


def test_a_stray_call_in_the_night_begins_no_first_hour() -> None:
    known = queue(3 * HOUR, *every(1, 5))
    assert (known.first, known.since) == (3 * HOUR, NINE)
    assert not known.known_by(NINE)


def test_a_quiet_queue_is_known_after_a_day() -> None:
    assert not queue(NINE, NINE + DAY - 1).known_by(NINE + DAY + HOUR)
    assert queue(NINE, NINE + DAY).known_by(NINE + DAY + HOUR)


def test_once_known_it_stays_known() -> None:
    known = queue(*every(1, 10))
    known.meet(NINE + 9 * HOUR, ended=NINE + HOUR)
    assert known.known_by(NINE)
    assert (known.since, known.calls) == (NINE, 10)


def test_calls_that_are_told_late_begin_it_earlier_but_not_by_an_hour() -> None:
    known = queue(NINE, NINE - 20 * MINUTE, NINE - 50 * MINUTE)
    assert (known.first, known.since, known.newest) == (NINE - 50 * MINUTE,) * 2 + (NINE,)
    known.meet(NINE - 50 * MINUTE - HOUR, 0)
    assert (known.first, known.since) == (NINE - 110 * MINUTE, NINE - 50 * MINUTE)
