"""The simulator against queueing theory: twenty runs of each queue, and the formula within their spread.

Fixed seeds. The bound is four standard errors of the mean of the runs (two-sided 0.0008 each, by
Student's t with 19 degrees of freedom): calls of one queue depend on one another, so that only whole
runs tell how exact a mean is.
"""

from collections import Counter
from functools import cache
from math import exp, gamma
from random import Random

import pytest
from msgspec.structs import replace

from schemas import calls
from schemas.agents import AgentState
from schemas.millis import MINUTE
from tests.support.erlang import ErlangA, erlang_a
from tests.support.general_patience import Balance, general_patience
from tests.support.single_queue import (
    START,
    Measured,
    Plain,
    mean_and_error,
    played,
    replicated,
    single_queue,
)

ERRORS = 4.0
NAMES = ("p_wait", "p_abandon", "mean_wait", "sl_offered")
SETS = {
    "calm, 36 agents": Plain(36, 7.3333, 4, 5, 1 / 3, hours=4),
    "textbook, 13 agents": Plain(13, 100 / 30, 3, 5, 1 / 3, hours=10),
    "one agent": Plain(1, 0.2, 3, 5, 1 / 3, hours=18),
    "overload, 100 agents": Plain(100, 102, 1, 1, 0.1, hours=0.4, warm_up_hours=0.2),
    "overload 1.2, 36 agents": Plain(36, 14.4, 3, 5, 1 / 3, hours=2),
    "brisk, 50 agents": Plain(50, 48, 1, 2, 1 / 6, hours=0.7, warm_up_hours=0.3),
}


@cache
def runs(name: str) -> list[Measured]:
    return replicated(SETS[name])


def exact(plain: Plain) -> ErlangA:
    return erlang_a(
        plain.agents, plain.rate, plain.handling_min, plain.patience_min, plain.within_min
    )


def distances(found: list[Measured], theory: ErlangA | Balance) -> dict[str, float]:
    """How many standard errors each mean lies from the formula."""
    distances = {}
    for name in NAMES:
        mean, error = mean_and_error([getattr(run, name) for run in found])
        distances[name] = abs(mean - getattr(theory, name)) / error
    return distances


@pytest.mark.parametrize("name", SETS)
def test_a_plain_queue_is_erlang_a(name: str) -> None:
    found = distances(runs(name), exact(SETS[name]))
    print(name, found)
    assert max(found.values()) <= ERRORS, found


def test_another_queue_would_be_found_out() -> None:
    """One agent fewer, or three tenths more patience: beyond the bound, so that the proof can fail."""
    textbook, overload = "textbook, 13 agents", "overload 1.2, 36 agents"
    fewer = exact(replace(SETS[textbook], agents=12))
    calmer = exact(replace(SETS[overload], patience_min=6.5))
    assert max(distances(runs(textbook), fewer).values()) > ERRORS
    assert max(distances(runs(overload), calmer).values()) > ERRORS


@pytest.mark.parametrize("name", SETS)
def test_who_hangs_up_and_who_waits(name: str) -> None:
    """P(abandon) is mean wait over patience, and arrivals see what time sees (Poisson)."""
    patience = SETS[name].patience_min
    for difference in (
        [run.p_abandon - run.mean_wait / patience for run in runs(name)],
        [run.p_wait - run.all_busy for run in runs(name)],
    ):
        mean, error = mean_and_error(difference)
        assert abs(mean) <= ERRORS * error


# Patience as people have it, mean five minutes in each: shape near zero decides.
AGENTS, RATE, HANDLING, WITHIN = 36, 12.0, 3.0, 1 / 3
_FLAT, _STEEP = (5 / gamma(1 + 1 / shape) for shape in (0.6, 1.5))


def _announced(draw: Random) -> float:
    """Five per cent do not wait at all, eight per cent leave at the announcement after a minute."""
    if draw.random() < 0.05:
        return 0.0
    patience = draw.expovariate(1.0) * 5
    return 1.0 if patience > 1.0 and draw.random() < 0.08 else patience


PATIENCE = {
    "exponential": (lambda draw: draw.expovariate(1.0) * 5, lambda t: exp(-t / 5)),
    "many leave at once": (
        lambda draw: draw.weibullvariate(_FLAT, 0.6),
        lambda t: exp(-((t / _FLAT) ** 0.6)),
    ),
    "few leave at once": (
        lambda draw: draw.weibullvariate(_STEEP, 1.5),
        lambda t: exp(-((t / _STEEP) ** 1.5)),
    ),
    "an announcement": (
        _announced,
        lambda t: 0.95 * exp(-t / 5) * (0.92 if t > 1 else 1.0),
    ),
}


@pytest.mark.parametrize("name", [name for name in PATIENCE if name != "exponential"])
def test_any_patience_is_as_on_the_grid(name: str) -> None:
    draw, survives = PATIENCE[name]
    plain = Plain(AGENTS, RATE, HANDLING, 5, WITHIN, hours=2, patience=draw)
    theory = general_patience(AGENTS, RATE, HANDLING, survives, WITHIN, step=1 / 1_200)
    found = distances(replicated(plain), theory)
    print(name, found)
    assert max(found.values()) <= ERRORS, found


def test_the_grid_reproduces_erlang_a() -> None:
    _, survives = PATIENCE["exponential"]
    grid = general_patience(AGENTS, RATE, HANDLING, survives, WITHIN, step=1 / 3_000)
    formula = erlang_a(AGENTS, RATE, HANDLING, 5, WITHIN)
    for name in NAMES:
        assert getattr(grid, name) == pytest.approx(getattr(formula, name), abs=1e-6)


@pytest.mark.parametrize(
    ("name", "level", "abandoned"),
    [("exponential", 0.632, 0.058), ("many leave at once", 0.808, 0.081),
     ("few leave at once", 0.477, 0.043)],
)  # fmt: skip
def test_the_shape_of_patience_near_zero_matters(name: str, level: float, abandoned: float) -> None:
    """The same load and mean patience: the reference of our parameters names these figures."""
    grid = general_patience(AGENTS, RATE, HANDLING, PATIENCE[name][1], WITHIN, step=1 / 1_200)
    assert grid.sl_offered == pytest.approx(level, abs=6e-4)
    assert grid.p_abandon == pytest.approx(abandoned, abs=6e-4)


# Identities of one run: no tolerance.


@pytest.mark.parametrize("name", SETS)
def test_the_area_under_the_queue_is_the_sum_of_waits(name: str) -> None:
    """Little's law, exact in a run: from the events on one side, from the ledger on the other."""
    said, legs = played(single_queue(SETS[name], 7))
    waiting = area = 0
    since = START
    for _, event in said:
        area += waiting * (event.at - since)
        since = event.at
        waiting += isinstance(event, calls.Queued)
        waiting -= isinstance(event, calls.Answered | calls.Abandoned)
        assert waiting >= 0
    assert waiting == 0
    assert area == sum(leg.left_at - leg.arrived_at for leg in legs) > 0


def test_at_any_moment_who_came_has_left_or_waits() -> None:
    simulation = single_queue(SETS["overload 1.2, 36 agents"], 7)
    kinds: Counter[type] = Counter()
    longest = 0
    for minute in range(180):
        kinds.update(type(event) for _, event in simulation.advance(START + minute * MINUTE))
        waiting = sum(leg.state in ("waiting", "ringing") for leg in simulation.open.values())
        assert kinds[calls.Queued] == kinds[calls.Answered] + kinds[calls.Abandoned] + waiting
        longest = max(longest, waiting)
    assert longest > 10


def test_an_agent_is_busy_for_as_long_as_his_calls_last() -> None:
    said, legs = played(single_queue(SETS["textbook, 13 agents"], 7))
    since: dict[str, tuple[int, str]] = {}
    spent = {"talking": 0, "logged in": 0}
    for _, event in said:
        if not isinstance(event, AgentState):
            continue
        at, doing = since.get(event.agent, (event.at, "logged_out"))
        spent["talking"] += (event.at - at) * (doing == "talking")
        spent["logged in"] += (event.at - at) * (doing != "logged_out")
        away = event.routing_state == "logged_out"
        since[event.agent] = event.at, "logged_out" if away else event.activity
    answered = [leg for leg in legs if leg.outcome == "answered"]
    assert spent["talking"] == sum(leg.ended_at - leg.answered_at for leg in answered)
    assert spent["logged in"] == 13 * (max(event.at for _, event in said) - START)


def test_the_bound_is_that_of_student() -> None:
    """The spread of twenty runs is itself a lot: how wide four errors are, by simulation of normal runs."""
    draw = Random(1)
    beyond = 0
    for _ in range(4_000):
        mean, error = mean_and_error([draw.gauss(0, 1) for _ in range(20)])
        beyond += abs(mean) > ERRORS * error
    assert beyond / 4_000 < 0.003
