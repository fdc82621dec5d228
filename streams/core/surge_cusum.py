"""Page's cumulative sum for calls that come at `TIMES` times their usual rate, where that rate varies over the day.

After 5 minutes with x calls, of which mu were expected, S = max(0, S + x ln c - (c - 1) mu), with c = TIMES: the
log-likelihood ratio of a Poisson count. S is divided by ln c here, so that each call counts 1.
"""

from collections.abc import Iterable
from math import log, log2
from typing import NamedTuple

TIMES = 2
PER_EXPECTED = (TIMES - 1) / log(TIMES)  # what each expected call takes off
TUNED_TO_BINS = 2_016  # that the limit has one false alarm in: a week of day and night
# How much more of the score halves the false alarms: ln 2 / theta, where theta > 0 leaves the mean of exp(theta (x - mu / ln 2)) at
# 1. For Poisson counts theta is ln 2; for negative binomial ones of dispersion 1.5 it is 0.42, and of 2 it is 0.30.
_A_HALF, _A_HALF_PER_DISPERSION = 1.0, 1.3
_PER_DISPERSION = 10.0  # how much higher the limit is for each 1 of dispersion above 1


class Run(NamedTuple):
    """The bins since the sum was last 0, and its height."""

    score: float
    calls: int
    expected: float
    bins: int


NO_RUN = Run(0.0, 0, 0.0, 0)


def cusum(bins: Iterable[tuple[int, float | None]]) -> Run:
    """(calls, expected) of consecutive bins; where nothing is expected it begins anew."""
    run = NO_RUN
    for calls, expected in bins:
        if expected is None:
            run = NO_RUN
            continue
        score = run.score + calls - PER_EXPECTED * expected
        run = (
            Run(score, run.calls + calls, run.expected + expected, run.bins + 1)
            if score > 0
            else NO_RUN
        )
    return run


def limit(at_random: float, dispersion: float) -> float:
    """The score that raises: `at_random` where calls come by pure chance, more where they come in clusters."""
    return at_random + _PER_DISPERSION * (dispersion - 1)


def rarer(bins: float, dispersion: float) -> float:
    """What is added to the limit so that there is one false alarm in so many bins; 0 where these are not more than
    it is tuned to.
    """
    halves = log2(max(1.0, bins / TUNED_TO_BINS))
    return halves * (_A_HALF + _A_HALF_PER_DISPERSION * (dispersion - 1))
