"""The sum that finds surges: against a Markov chain of the same chart, and over simulated weeks.

The chain knows nothing of ours: it is the usual discretisation (Brook and Evans) in steps of 1/20 call.
"""

from math import exp, lgamma, log
from random import Random

import pytest

from streams.core.rules.surge import LOOKED_BACK
from streams.core.surge_cusum import NO_RUN, PER_EXPECTED, cusum, limit, rarer

STEPS = 20  # of the chain, in one call
WEEK_BINS = 2_016


def probabilities(mean: float, dispersion: float, up_to: int) -> list[float]:
    """P(n calls), n below `up_to`: Poisson, or negative binomial with variance dispersion x mean."""
    if dispersion == 1:
        return [exp(n * log(mean) - mean - lgamma(n + 1)) for n in range(up_to)]
    size = mean / (dispersion - 1)
    return [
        exp(lgamma(n + size) - lgamma(size) - lgamma(n + 1)
            + size * log(1 / dispersion) + n * log(1 - 1 / dispersion))
        for n in range(up_to)
    ]  # fmt: skip


def run_length(usual: float, mean: float, dispersion: float, bins: int, more: float = 0.0) -> float:
    """Mean bins until the alarm by the Markov chain: summed up over `bins`, then a geometric tail."""
    height = round((limit(9, dispersion) + more) * STEPS)
    down = round(usual / log(2) * STEPS)
    chances = probabilities(mean, dispersion, height // STEPS + down // STEPS + 2)
    states, total, before = [1.0] + [0.0] * (height - 1), 0.0, 1.0
    alive = 1.0
    for _ in range(bins):
        total += alive
        after = [0.0] * height
        for state, weight in enumerate(states):
            if weight < 1e-12:
                continue
            for n, chance in enumerate(chances):
                to = state + n * STEPS - down
                if to >= height:
                    break
                after[max(to, 0)] += weight * chance
        states, before, alive = after, alive, sum(after)
        if alive < 1e-9:
            return total
    return total + alive / (1 - alive / before)


def drawn(random: Random, mean: float, dispersion: float) -> int:
    """One Poisson or negative binomial count."""
    if dispersion > 1:
        mean = random.gammavariate(mean / (dispersion - 1), dispersion - 1)
    n, p, left = 0, exp(-mean), random.random()
    while left > p:
        left -= p
        n += 1
        p *= mean / n
    return n


def simulated(
    seed: int, usual: float, mean: float, dispersion: float, runs: int, look_back: int | None
) -> float:
    """Mean bins until the alarm of `cusum`, whole or over the last `look_back` bins."""
    random, total = Random(seed), 0
    for _ in range(runs):
        bins: list[tuple[int, float | None]] = []
        score, n = 0.0, 0
        while score < limit(9, dispersion) and n < 20 * WEEK_BINS:
            calls, n = drawn(random, mean, dispersion), n + 1
            if look_back is None:
                score = max(0.0, score + calls - usual * PER_EXPECTED)
            else:
                bins = [*bins[1 - look_back :], (calls, usual)]
                score = cusum(bins).score
        total += n
    return total / runs


def test_each_call_counts_one_and_what_is_expected_takes_off() -> None:
    run = cusum([(2, 3.0), (9, 3.0), (5, 3.0)])
    assert run.score == pytest.approx(14 - 6 / log(2))
    assert run[1:] == (14, 6.0, 2)
    assert cusum([(2, 3.0)]) == NO_RUN


def test_closed_hours_begin_it_anew() -> None:
    assert cusum([(20, 3.0), (0, None), (4, 1.0)]) == cusum([(4, 1.0)])


def test_the_whole_sum_is_that_of_the_textbook() -> None:
    random = Random(5)
    counts = [drawn(random, 5, 1.5) for _ in range(500)]
    score = 0.0
    for n, calls in enumerate(counts, 1):
        score = max(0.0, score + calls * log(2) - 5)
        assert cusum((each, 5.0) for each in counts[:n]).score == pytest.approx(score / log(2))


def test_clusters_need_more_calls() -> None:
    assert (limit(9, 1), limit(9, 1.5), limit(9, 3)) == (9, 14, 29)


# Mean delays of calls that come at twice and three times the usual rate, in bins.
TABLE = [
    (2, 1.0, 8.3, 3.5), (5, 1.0, 4.0, 1.7), (5, 1.5, 5.8, 2.5), (5, 2.0, 7.6, 3.2),
    (10, 1.0, 2.3, 1.1), (10, 1.5, 3.3, 1.5),
]  # fmt: skip


@pytest.mark.parametrize(("usual", "dispersion", "twice", "thrice"), TABLE)
def test_delays_are_those_of_the_published_table(
    usual: float, dispersion: float, twice: float, thrice: float
) -> None:
    """Of its limits, which differ from the rule of thumb by up to half a call: hence 8 %."""
    for times, delay in ((2, twice), (3, thrice)):
        by_chain = run_length(usual, times * usual, dispersion, 80)
        assert by_chain == pytest.approx(delay, rel=0.08, abs=0.15)
        ours = simulated(7, usual, times * usual, dispersion, 3_000, None)
        assert ours == pytest.approx(by_chain, rel=0.05, abs=0.05)


IN_CONTROL: list[tuple[float, float]] = [(2, 1.0), (5, 1.0), (5, 1.5), (5, 2.0), (10, 1.0)]


@pytest.mark.parametrize(("usual", "dispersion"), IN_CONTROL)
def test_in_control_the_limit_is_about_one_false_alarm_a_week(
    usual: float, dispersion: float
) -> None:
    by_chain = run_length(usual, usual, dispersion, 250)
    assert 0.9 * WEEK_BINS < by_chain < 2 * WEEK_BINS


@pytest.mark.parametrize(("usual", "dispersion"), [(2.0, 1.0), (5.0, 1.5)])
def test_looking_back_over_the_kept_bins_only_is_never_wrong_more_often(
    usual: float, dispersion: float
) -> None:
    whole = run_length(usual, usual, dispersion, 250)
    windowed = simulated(11, usual, usual, dispersion, 40, LOOKED_BACK)
    assert windowed > 0.75 * whole  # 40 runs: a standard error of 16 %


@pytest.mark.parametrize(("usual", "dispersion", "times"), [(5, 1.0, 2), (5, 1.5, 3), (2, 1.0, 3)])
def test_looking_back_over_the_kept_bins_only_is_hardly_later(
    usual: float, dispersion: float, times: int
) -> None:
    whole = run_length(usual, times * usual, dispersion, 80)
    windowed = simulated(13, usual, times * usual, dispersion, 1_000, LOOKED_BACK)
    assert windowed == pytest.approx(whole, rel=0.12)


@pytest.mark.parametrize(("usual", "dispersion"), [(2, 1.0), (5, 1.0), (5, 1.5), (5, 2.0)])
def test_a_higher_limit_makes_false_alarms_as_rare_as_it_says(
    usual: float, dispersion: float
) -> None:
    once, rare = (
        run_length(usual, usual, dispersion, 250, rarer(times * WEEK_BINS, dispersion))
        for times in (1, 8)
    )
    assert 6 < rare / once < 12
    assert rarer(WEEK_BINS / 4, dispersion) == 0
