"""What comes off the floor is what was drawn: conversations and patience, measured as one would at a real centre.

Fixed seeds; the bounds are 0.001 each. Arrivals and days: tests/unit/producers/simulate/test_arrivals.py.
"""

from functools import cache
from math import exp, log, sqrt
from statistics import NormalDist

import pytest

from producers.simulate.callers import HAZARD, cumulative_hazard
from producers.simulate.centre import Centre, Demand, Person, Scenario, Shift
from producers.simulate.engine import Run, Simulation
from producers.simulate.people import Leg
from schemas.millis import HOUR, SECOND
from schemas.privacy import key_from_secret
from tests.support.single_queue import START, played

MEDIAN_S = 150.0
_SURE = 1.95  # of Kolmogorov's distance times the root of n: 0.001
_ERRORS = 3.3


@cache
def legs() -> list[Leg]:
    """Ten crowded hours: about half are answered, so that waits are cut off as often as in life."""
    demand = Demand("crowded", "plain", 24 * 400, MEDIAN_S)
    people = tuple(
        Person(f"a{n}", ("crowded",), Shift(0, 24 * 60), tuple(range(7))) for n in range(16)
    )
    scenario = Scenario("crowded", "1", agent_ln_sd=0, short_call_share=0, hold_share=0,
                        redial_share=0, absent_share=0)  # fmt: skip
    run = Run(START, 5, key_from_secret(b"people"), until=START + 10 * HOUR)
    simulation = Simulation(Centre("crowded", "UTC", (demand,), people, scenario), run)
    simulation.complete = []
    return played(simulation)[1]


def test_conversations_are_lognormal() -> None:
    """Kolmogorov and Smirnov: the largest distance of the distribution of ln(talk) from the normal one."""
    drawn = NormalDist(log(MEDIAN_S), Scenario("", "").talk_ln_sd)
    lasted = sorted(
        log((leg.ended_at - leg.answered_at) / SECOND) for leg in legs() if leg.answered_at
    )
    n = len(lasted)
    assert n > 1_500
    distance = max(
        max(abs((place + 1) / n - drawn.cdf(value)), abs(place / n - drawn.cdf(value)))
        for place, value in enumerate(lasted)
    )
    assert distance * sqrt(n) < _SURE
    wrong = NormalDist(log(MEDIAN_S * 1.15), Scenario("", "").talk_ln_sd)
    assert max(abs(p / n - wrong.cdf(v)) for p, v in enumerate(lasted)) * sqrt(n) > _SURE


@pytest.mark.parametrize("t", [*(edge for edge, _ in HAZARD[1:]), 57.0, 150.0, 300.0])
def test_patience_is_the_coded_hazard_by_kaplan_and_meier(t: float) -> None:
    """Who was answered would have waited longer: censored. Error by Greenwood's formula."""
    waits = sorted((leg.left_at - leg.arrived_at, leg.outcome == "answered") for leg in legs())
    still = len(waits)
    assert still > 3_000
    survival, variance = 1.0, 0.0
    for wait, answered in waits:
        if wait > t * SECOND:
            break
        if not answered:
            survival *= 1 - 1 / still
            variance += 1 / (still * (still - 1))
        still -= 1
    assert still > 30, "too few waited so long"
    error = survival * sqrt(variance)
    assert abs(survival - exp(-cumulative_hazard(t))) < _ERRORS * error
