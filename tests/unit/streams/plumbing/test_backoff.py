"""Pauses double up to their limit, and a success begins anew."""

import pytest

from streams.plumbing.backoff import Backoff, pause_after


def test_pauses_grow_to_a_limit_and_start_anew() -> None:
    backoff = Backoff(0.5, 30.0)
    assert [backoff.pause_s() for _ in range(8)] == [0.5, 1, 2, 4, 8, 16, 30, 30]
    backoff.reset()
    assert backoff.pause_s() == 0.5


def test_chance_shortens_a_pause_by_up_to_a_fifth() -> None:
    assert Backoff(0.5, 30.0, lambda: 1.0).pause_s() == pytest.approx(0.4)


def test_no_number_of_failures_overflows() -> None:
    assert pause_after(10_000, 0.5, 10.0) == 10.0
    assert pause_after(0, 0.5, 10.0) == 0.5
