"""What is ordinary in a cell: from nothing, from its topic and area, from its own calls, at this time of the day."""

import pytest

from streams.core.incident_baseline import FIRST_RATE, LEAST_RATE, Baseline, OwnCalls


def test_before_anything_is_known_a_cell_has_the_first_rate() -> None:
    assert Baseline().is_learning
    assert Baseline().rate("leak", "ward-1", OwnCalls(), others=0) == FIRST_RATE


def test_a_new_cell_is_expected_from_its_topic_and_area() -> None:
    known = Baseline()
    for _ in range(200):
        known.add_hour([("leak", "ward-1", 6), ("leak", "ward-2", 3), ("dark", "ward-1", 2)], 11)
    assert not known.is_learning
    # (dark: 2 an hour) x (ward 2: 3 of 11 calls); the first rate still weighs a little
    assert known.rate("dark", "ward-2", OwnCalls(), others=11) == pytest.approx(6 / 11, rel=0.02)
    assert known.rate("leak", "ward-1", OwnCalls(), others=11) == pytest.approx(72 / 11, rel=0.02)


def test_own_calls_outweigh_it_in_time() -> None:
    known, own = Baseline(), OwnCalls()
    for _ in range(300):
        known.add_hour([("leak", "ward-1", 2), ("dark", "ward-2", 2)], 4)
        own.add_hour(2)
    assert known.rate("leak", "ward-1", OwnCalls(), others=4) == pytest.approx(1, rel=0.05)
    assert known.rate("leak", "ward-1", own, others=2) == pytest.approx(1.85, rel=0.05)


def test_it_follows_the_time_of_the_day_but_not_a_handful_of_calls() -> None:
    known = Baseline()
    for _ in range(300):
        known.add_hour([("leak", "ward-1", 1)] * 100, 100)
    mean = known.rate("leak", "ward-2", OwnCalls(), others=100)
    assert known.rate("leak", "ward-2", OwnCalls(), others=220) == pytest.approx(2 * mean)
    assert known.rate("leak", "ward-2", OwnCalls(), others=100_000) == pytest.approx(4 * mean)
    small = Baseline()
    small.add_hour([("leak", "ward-1", 1)], 1)
    before = small.rate("leak", "ward-2", OwnCalls(), others=1)
    assert small.rate("leak", "ward-2", OwnCalls(), others=3) < 1.1 * before


def test_no_cell_is_without_any_calls() -> None:
    known, own = Baseline(), OwnCalls()
    for _ in range(1000):
        known.add_hour([("leak", "ward-1", 30)], 30)
        own.add_hour(0)
    assert known.rate("dark", "ward-9", own, others=30) == pytest.approx(LEAST_RATE)


def test_what_was_seen_long_ago_fades_and_is_forgotten() -> None:
    known = Baseline()
    known.add_hour([("once", "nowhere", 1)], 1)
    for _ in range(168):
        known.add_hour([("leak", "ward-1", 2)], 2)
    assert known.topics["once"] == pytest.approx(0.5)
    for _ in range(1200):
        known.add_hour([("leak", "ward-1", 2)], 2)
    assert "once" not in known.topics
    assert "nowhere" not in known.areas
