"""Idle queues are shown together, none of them seldom, and not all of a large unit at once."""

from hypothesis import given
from hypothesis import strategies as st

from schemas.timing import IDLE_SHOWN_EVERY_MS
from streams.core.idle_turns import AT_ONCE, turn

NOW = 1_795_000_000_000  # a multiple of two seconds


def test_queues_of_a_small_unit_have_their_turn_at_one_moment() -> None:
    for number in range(AT_ONCE):
        assert turn(NOW, number) == turn(NOW - 1, number) + 1


@given(shown_at=st.integers(NOW, NOW + 10**6), number=st.integers(0, 5_000))
def test_no_queue_waits_longer_than_the_time_that_is_promised(shown_at: int, number: int) -> None:
    assert turn(shown_at + IDLE_SHOWN_EVERY_MS, number) == turn(shown_at, number) + 1


def test_a_large_unit_spreads_its_queues_over_the_time_between_two_turns() -> None:
    queues = 1_000
    moments: list[int] = []
    for now in range(NOW, NOW + IDLE_SHOWN_EVERY_MS, 100):
        due = sum(turn(now, number) > turn(now - 100, number) for number in range(queues))
        moments.append(due)
    assert moments == [AT_ONCE] * (queues // AT_ONCE)
