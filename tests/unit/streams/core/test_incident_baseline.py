"""What is ordinary in a cell: from nothing, from its topic and area, from its own calls, at this time of the day."""

import pytest

from schemas.millis import HOUR, LATEST, MINUTE
from streams.core.incident_baseline import FIRST_RATE, LEAST_RATE, Baseline, OwnCalls, most_calls


def test_before_anything_is_known_a_cell_has_the_first_rate() -> None:
    assert Baseline().is_learning
    assert Baseline().rate("leak", "ward-1", OwnCalls(), others=0) == FIRST_RATE


def test_a_new_cell_is_expected_from_its_topic_and_area() -> None:
    known = Baseline()
    for _ in range(200):
        known.add_hour([("leak", "ward-1", 6), ("leak", "ward-2", 3), ("dark", "ward-1", 2)], 11)
    assert not known.is_learning
    # (dark: 2 an hour) x (ward 2: 3 of 11 calls), up to 12 % more: so well is a topic known by 270 calls
    assert 6 / 11 < known.rate("dark", "ward-2", OwnCalls(), others=11) < 1.12 * 6 / 11
    assert 72 / 11 < known.rate("leak", "ward-1", OwnCalls(), others=11) < 1.06 * 72 / 11


def test_what_the_first_hour_shows_is_not_halved_by_what_was_thought_before_it() -> None:
    known = Baseline()
    known.add_hour([("leak", "ward-1", 40), ("dark", "ward-2", 40)], 80)
    assert known.rate("dark", "ward-1", OwnCalls(), others=80) > 20


def test_a_topic_without_calls_has_the_highest_rate_that_chance_can_hide() -> None:
    known = Baseline()
    known.add_hour([("leak", "ward-1", 40), ("leak", "ward-2", 40)], 80)
    assert 1.5 < known.rate("dark", "ward-1", OwnCalls(), others=80) < 2  # half of three
    for _ in range(100):
        known.add_hour([("leak", "ward-1", 40), ("leak", "ward-2", 40)], 80)
    assert known.rate("dark", "ward-1", OwnCalls(), others=80) < 0.05


@pytest.mark.parametrize(("calls", "limit"), [(0, 2.996), (1, 4.744), (5, 10.513), (20, 29.062)])
def test_the_most_calls_are_the_upper_limit_of_a_poisson_mean(calls: int, limit: float) -> None:
    """Against the tables of the exact limits at 95 %."""
    assert most_calls(calls) == pytest.approx(limit, rel=0.02)


def diagonal(hours: int, an_hour: int = 70) -> Baseline:
    """Each topic is called about from one area alone, which no product of shares explains."""
    known = Baseline()
    for _ in range(hours):
        known.add_hour([(f"topic-{n}", f"ward-{n}", an_hour) for n in range(10)], 10 * an_hour)
    return known


def test_a_place_has_at_least_the_rate_of_its_own_calls() -> None:
    known, own = diagonal(1), OwnCalls()
    own.add_hour(70)
    assert known.rate("topic-1", "ward-1", own, others=630) == pytest.approx(70)


def test_a_place_has_at_most_the_rate_that_its_own_calls_allow() -> None:
    """Nobody called about topic 1 from ward 2: seven an hour were to be expected."""
    known, own = diagonal(3), OwnCalls()
    for _ in range(3):
        own.add_hour(0)
    assert known.rate("topic-1", "ward-2", OwnCalls(), others=700) > 7
    assert known.rate("topic-1", "ward-2", own, others=700) == pytest.approx(1, rel=0.02)


def test_fewer_own_calls_than_expected_weigh_as_much_after_a_day() -> None:
    known, own = Baseline(), OwnCalls()
    for _ in range(24):
        known.add_hour([("leak", "ward-1", 2), ("dark", "ward-2", 2)], 4)
        own.add_hour(0 if own.hours < 6 else 1)
    expected = known.rate("leak", "ward-1", OwnCalls(), others=4)
    assert own.mean < known.rate("leak", "ward-1", own, others=4) < expected
    assert known.rate("leak", "ward-1", own, others=4) == pytest.approx(
        (expected * 24 + own.calls) / (24 + own.hours), rel=0.05
    )


def test_some_minutes_are_no_hour() -> None:
    known, own = Baseline(), OwnCalls()
    known.add_hour([("leak", "ward-1", 2)], 2, part=0.8)
    own.add_hour(2, part=0.1)
    assert own.mean == 2


def test_a_busy_place_that_had_more_in_its_newest_hour_is_busy() -> None:
    known, own = Baseline(), OwnCalls()
    for _ in range(3):
        known.add_hour([("rates", "city", 16)], 16)
        own.add_hour(16)
    seldom = known.rate("rates", "city", own, others=0)
    assert seldom == pytest.approx(known.rate("rates", "city", own, others=0, newest=5), rel=0.01)
    assert known.rate("rates", "city", own, others=0, newest=45) > 3 * seldom
    for _ in range(30):  # its hours of the day are known: it has no twice as many
        own.add_hour(16)
    assert known.rate("rates", "city", own, others=0, newest=45) < 3 * seldom


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


@pytest.mark.parametrize(("first_call", "since"), [(0, 0), (10, 0), (11, 11)])
def test_a_queue_whose_first_call_comes_soon_was_open_when_the_watching_began(
    first_call: int, since: int
) -> None:
    """In minutes. Else a pipe that bursts some minutes after the start, as in the demonstration, is taken for ordinary."""
    known = Baseline()
    known.watch(MINUTE)
    known.meet("bills", MINUTE, 0)
    known.watch((1 + first_call) * MINUTE)
    known.meet("bursts", (1 + first_call) * MINUTE, 0)
    assert known.learning_since(["bursts"], 0) == (1 + since) * MINUTE


@pytest.mark.parametrize(
    ("clocks", "first", "began"),
    [(0, 0, 0), (1, 3, 1), (2, 7, 2), (2, 8, 3), (2, 12, 7), (2, 13, 13), (3, 2, 2)],
)
def test_silence_counts_where_clocks_began_to_pass_shortly_before_the_first_call(
    clocks: int, first: int, began: int
) -> None:
    """In minutes after midnight: five of silence at most, and none where clocks passed for more than ten."""
    known = Baseline(clocks_from=clocks * MINUTE)
    known.watch(first * MINUTE)
    assert known.began == began * MINUTE
    assert known.watched_from == first * MINUTE


def test_of_a_former_release_nobody_knows_when_clocks_began() -> None:
    known = Baseline()
    known.watch(7 * MINUTE)
    assert known.began == 7 * MINUTE


@pytest.mark.parametrize(("heard", "hours"), [(None, 3), (0, 3), (2 * HOUR, 2), (LATEST, 0)])
def test_hours_without_a_call_are_those_in_which_the_node_was_heard(
    heard: int | None, hours: int
) -> None:
    known = Baseline()
    known.meet("bursts", HOUR + MINUTE, 0)
    for end in range(1, 8):
        known.count(end * HOUR)
    assert known.hours_without("bursts", 4 * HOUR + MINUTE, heard) == hours


def test_a_place_that_is_known_for_fewer_hours_has_as_many_calls_an_hour() -> None:
    own = OwnCalls(10.0, 40.0)
    own.know_for(50)
    assert (own.calls, own.hours) == (10.0, 40.0)
    own.know_for(8)
    assert (own.calls, own.hours) == (2.0, 8)
    own.know_for(0)
    assert (own.calls, own.hours) == (0.0, 0)
