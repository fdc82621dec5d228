"""In the first hour a burst is held against the most that can have been ordinary before it."""

from random import Random

import pytest

from schemas.millis import HOUR, MINUTE, SECOND
from streams.core.incident_first_hour import LEAST_WATCHED_MS, FirstHour, highest_rate


def nobody(begin: int, end: int) -> int:
    return 0


def every(ms: int, start: int, end: int) -> list[int]:
    return list(range(start, end, ms))


def test_the_highest_rate_is_of_an_hour() -> None:
    assert highest_rate(5, HOUR // 2) == pytest.approx(2 * highest_rate(5, HOUR))
    assert highest_rate(0, HOUR) == pytest.approx(2.996, rel=0.02)


def test_a_burst_after_a_silence_is_found_and_one_from_the_first_call_on_is_not() -> None:
    start, burst = 30 * MINUTE, every(20 * SECOND, 30 * MINUTE, 34 * MINUTE)
    found = FirstHour(burst, 0, 34 * MINUTE, nobody).burst(0)
    assert (found.since, found.callers) == (start, 12)
    assert found.level > 0
    steady = every(20 * SECOND, 0, 33 * MINUTE)
    assert FirstHour(steady, 0, 33 * MINUTE, nobody).burst(0).level == 0


def test_in_the_first_minutes_nothing_is_found_however_strong() -> None:
    burst = every(SECOND, 3 * MINUTE, 6 * MINUTE)
    early = [at for at in burst if at < LEAST_WATCHED_MS - SECOND]
    assert FirstHour(early, 0, LEAST_WATCHED_MS - SECOND, nobody).burst(0).level == 0
    assert FirstHour(burst, 0, LEAST_WATCHED_MS, nobody).burst(0).level > 0


def test_the_longer_the_silence_the_fewer_callers_it_takes() -> None:
    def needed(silence: int) -> int:
        for number in range(1, 60):
            burst = every(20 * SECOND, silence, silence + number * 20 * SECOND)
            if FirstHour(burst, 0, burst[-1] + 5 * SECOND, nobody).burst(0).level:
                return number
        return 60

    counts = [needed(minutes * MINUTE) for minutes in (5, 15, 30, 45)]
    assert counts == sorted(counts, reverse=True)
    assert counts[-1] < counts[0] < 60


def test_where_all_places_become_busy_at_once_the_centre_has_opened() -> None:
    burst = every(20 * SECOND, 30 * MINUTE, 34 * MINUTE)

    def opening(begin: int, end: int) -> int:
        return max(0, end - max(begin, 30 * MINUTE)) // SECOND

    found = FirstHour(burst, 0, 34 * MINUTE, opening)
    assert found.burst(0).level == 0
    quiet = FirstHour(burst, 0, 34 * MINUTE, nobody)
    assert quiet.burst(0).level > 0
    assert found.most_ordinary(30 * MINUTE) > 100 * quiet.most_ordinary(30 * MINUTE)


def test_chance_at_places_as_busy_as_ever_is_no_burst() -> None:
    """Forty systems with six places of 2 to 60 callers an hour; with limits as shipped none of these raises anything."""
    draw = Random("first hour")
    raised = 0
    for _ in range(40):
        for rate in (2, 6, 12, 20, 40, 60):
            calls, at = list[int](), 0.0
            while (at := at + draw.expovariate(rate) * HOUR) < HOUR:
                calls.append(int(at))
                place = FirstHour(calls, 0, int(at) + 5 * SECOND, nobody)
                raised += len(calls) >= 5 and place.burst(0).level > 0
    assert raised == 0


def test_calls_before_it_may_be_asked_begin_no_burst() -> None:
    burst = every(20 * SECOND, 30 * MINUTE, 36 * MINUTE)
    place = FirstHour(burst, 0, 36 * MINUTE, nobody)
    assert place.burst(0).since == 30 * MINUTE
    assert place.burst(31 * MINUTE).since >= 31 * MINUTE or place.burst(31 * MINUTE).level == 0
