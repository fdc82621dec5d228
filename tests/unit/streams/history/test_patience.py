"""Patience with censored waits, against a known hazard and by hand."""

import math
import random

from streams.history.patience import Ended, patience


def test_by_hand() -> None:
    """10 waits: 2 give up at 5 s, 4 are answered at 10 s, 2 of the 4 left give up at 20 s, 2 are answered at 30 s."""
    ended = [Ended(5, 2, 0, 0), Ended(10, 0, 4, 0), Ended(20, 2, 0, 0), Ended(30, 0, 1, 1)]
    found = patience(ended, (4, 5, 10, 20, 30, 31))
    assert [limit.would_give_up for limit in found.limits] == [
        0.0, 1 - 0.8, 1 - 0.8, 1 - 0.8 * 0.5, 1 - 0.8 * 0.5, None,
    ]  # fmt: skip
    assert [limit.still_waiting for limit in found.limits] == [10, 8, 4, 2, 0, 0]
    assert [limit.gave_up for limit in found.limits] == [0, 2, 2, 4, 4, 4]
    assert (found.waits, found.gave_up, found.median_s) == (10, 4, 20)


def test_who_gave_up_comes_before_who_was_answered_in_the_same_second() -> None:
    (limit,) = patience([Ended(5, 1, 9, 0)], (5,)).limits
    assert limit.would_give_up is not None
    assert round(limit.would_give_up, 9) == 0.1


def test_a_known_hazard_is_found_though_most_are_answered() -> None:
    """Patience of 60 s on average, answers after 20 s on average: three of four are answered."""
    chance = random.Random(8)
    seconds: dict[int, list[int]] = {}
    for _ in range(40_000):
        gives_up, answered = chance.expovariate(1 / 60), chance.expovariate(1 / 20)
        second = math.ceil(min(gives_up, answered))
        seconds.setdefault(second, [0, 0])[gives_up > answered] += 1
    found = patience([Ended(s, n[0], n[1], 0) for s, n in sorted(seconds.items())], (30, 60))
    for limit in found.limits:
        known = 1 - math.exp(-limit.second / 60)
        assert limit.would_give_up is not None
        assert abs(limit.would_give_up - known) < 0.03
    assert found.median_s is not None
    assert abs(found.median_s - 60 * math.log(2)) < 3
    assert found.gave_up / found.waits < 0.27  # what a plain share would say


def test_nobody() -> None:
    found = patience([])
    assert (found.waits, found.median_s) == (0, None)
    assert {limit.would_give_up for limit in found.limits} == {None}
