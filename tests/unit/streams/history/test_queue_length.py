"""For how long how many waited at once."""

import random

from streams.history.queue_length import lengths


def test_two_who_wait_one_after_the_other_and_together() -> None:
    found = lengths([(10, 30), (20, 40)], [(0, 100)])
    assert found.ms == {0: 70, 1: 20, 2: 10}
    assert (found.mean, found.percentile(50), found.percentile(99), found.share(2)) == (
        0.4,
        0,
        2,
        0.1,
    )


def test_only_what_is_watched_counts() -> None:
    found = lengths([(10, 30), (20, 40)], [(25, 35), (50, 60)])
    assert found.ms == {2: 5, 1: 5, 0: 10}
    assert lengths([(0, 5), (5, 9)], [(0, 9)]).ms == {1: 9}


def test_equal_means_are_told_apart_by_their_bunches() -> None:
    even = lengths([(at * 10, at * 10 + 10) for at in range(10)], [(0, 100)])
    bunched = lengths([(0, 10)] * 10, [(0, 100)])
    assert (even.mean, bunched.mean) == (1.0, 1.0)
    assert (even.percentile(99), bunched.percentile(99)) == (1, 10)


def test_the_mean_is_the_sum_of_the_waits_over_the_time() -> None:
    chance = random.Random(2)
    stays = [(at := chance.randrange(10_000), at + chance.randrange(500)) for _ in range(1_000)]
    found = lengths(stays, [(0, 20_000)])
    assert found.mean == sum(left - arrived for arrived, left in stays) / 20_000
    for moment in (500, 5_000, 9_999):
        waiting = sum(arrived <= moment < left for arrived, left in stays)
        assert waiting in found.ms


def test_never_open_is_no_value_and_nobody_is_zero() -> None:
    assert (lengths([(1, 2)], []).mean, lengths([(1, 2)], []).percentile(50)) == (None, None)
    assert lengths([], [(0, 10)]).ms == {0: 10}
    assert lengths([(3, 3)], [(0, 10)]).ms == {0: 10}
