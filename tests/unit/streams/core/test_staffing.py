"""Work that comes in, agents who take it, and how many calls say something of their own."""

import pytest

from schemas.counters import COUNTERS
from schemas.millis import HOUR, MINUTE, SECOND
from streams.core.staffing import Handled, Work, effective_n, handled, work


def lately(**counts: int) -> Handled:
    """Of two days, the second of which brought nothing."""
    return handled([by_place(**counts), by_place()])


def by_place(**counts: int) -> list[int]:
    return [counts.get(name, 0) for name in COUNTERS]


def test_the_load_is_arrivals_times_handling_over_the_hour() -> None:
    day = lately(service_timed=40, talk_hold_ms=40 * 3 * MINUTE, wrap_timed=10, wrap_ms=10 * MINUTE + 9_000)  # fmt: skip
    assert work(66, day) == Work(66, 40, 4 * MINUTE + SECOND, 66 * (4 * MINUTE + SECOND) / HOUR)


def test_all_days_count_alike() -> None:
    one, two = by_place(answered=3, service_timed=1, talk_hold_ms=MINUTE), by_place(service_timed=3)
    assert handled([one, two]) == Handled(3, 4, 15 * SECOND)


def test_where_wrap_up_is_not_measured_the_conversation_alone_counts() -> None:
    assert lately(service_timed=2, talk_hold_ms=10 * SECOND).handling_ms == 5 * SECOND


def test_without_measured_conversations_there_is_no_load() -> None:
    assert work(9, lately(answered=9)) == Work(9, 0, 0, 0)


def test_calls_of_one_line_say_less_than_they_are_many() -> None:
    assert effective_n(330, 33) == pytest.approx(330 / 49.5)
    assert effective_n(6, 0.3) == 6
    assert effective_n(0, 0) == 0
