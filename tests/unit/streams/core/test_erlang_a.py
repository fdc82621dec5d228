"""Erlang A against values that others published, a recount state by state, and the ends of its range."""

from itertools import pairwise
from math import exp, isfinite, log

import pytest

from schemas.formulas import FormulaName
from schemas.millis import HOUR, MINUTE, SECOND
from streams.core.erlang_a import ErlangA


def per_minute(agents: int, arrivals: float, handling: float, patience: float) -> ErlangA:
    """All times in minutes."""
    return ErlangA(agents, arrivals * handling, handling * MINUTE, patience * MINUTE)


def by_states(agents: int, load: float, handling_ms: float, patience_ms: float) -> list[float]:
    """The share of time with 0, 1, 2 … callers in the system, from the rates alone."""
    logs = [0.0]  # a weight itself may overflow
    while len(logs) <= agents or logs[-1] > max(logs) - 40:
        n = len(logs)
        gone = min(n, agents) + max(0, n - agents) * handling_ms / patience_ms
        logs.append(logs[-1] + log(load / gone))
    weights = [exp(each - max(logs)) for each in logs]
    total = sum(weights)
    return [weight / total for weight in weights]


# O. Garnett, A. Mandelbaum, M. Reiman, "Designing a call center with impatient customers" (2002): 48 calls a minute of
# one minute, 50 agents, patience two minutes: 3.1 % abandon, a mean wait of 3.7 s.
def test_garnett_mandelbaum_and_reiman() -> None:
    model = per_minute(50, 48, 1, 2)
    assert model.abandoned == pytest.approx(0.030912, abs=1e-6)
    assert model.abandoned * 120 == pytest.approx(3.709, abs=1e-3)  # the mean wait, in seconds
    assert model.waiting == pytest.approx(0.467774, abs=1e-6)


# The tests of pyworkforce 0.5.4 assert these for 100 calls in half an hour of 3 minutes, patience 5 minutes, T 20 s.
@pytest.mark.parametrize(
    ("agents", "waiting", "abandoned", "offered"),
    [(14, 0.145260, 0.013984, 0.916792), (13, 0.225797, 0.024963, 0.858178)],
)
def test_pyworkforce(agents: int, waiting: float, abandoned: float, offered: float) -> None:
    model = per_minute(agents, 100 / 30, 3, 5)
    found = (model.waiting, model.abandoned, model.answered_within(20 * SECOND))
    assert found == pytest.approx((waiting, abandoned, offered), abs=1e-6)


# Two of the four are in overload. The values were computed by another program with numbers of 60 digits.
@pytest.mark.parametrize(
    ("model", "within_s", "abandoned", "expected"),
    [
        (per_minute(100, 102, 1, 1), 6, 0.049918, (0.758777, 0.798644, 0.797068, 0.788988)),
        (per_minute(36, 22 / 3, 4, 5), 20, 0.009646, (0.937680, 0.946813, 0.943704, 0.943362)),
        (per_minute(36, 14, 3, 5), 20, 0.150825, (0.218689, 0.257531, 0.273432, 0.231354)),
        (per_minute(1, 0.2, 3, 5), 20, 0.209497, (0.558844, 0.706947, 0.588332, 0.575824)),
    ],
)
def test_each_formula_of_a_service_level(
    model: ErlangA, within_s: int, abandoned: float, expected: tuple[float, ...]
) -> None:
    formulas: tuple[FormulaName, ...] = (
        "offered", "answered_only", "abandons_in_target_good", "abandons_in_target_ignored",
    )  # fmt: skip
    within = within_s * SECOND
    levels = tuple(model.service_level(name, within, 5 * SECOND) for name in formulas)
    assert levels == pytest.approx(expected, abs=1e-6)
    assert model.abandoned == pytest.approx(abandoned, abs=1e-6)
    # Short abandons up to T are the abandons within T, and none are short of 0 s.
    short: FormulaName = "short_abandons_ignored"
    assert model.service_level(short, within, within) == pytest.approx(expected[3], abs=1e-6)
    assert model.service_level(short, within, 0) == pytest.approx(expected[0], abs=1e-6)


def test_with_endless_patience_it_is_erlang_c() -> None:
    model = per_minute(36, 11, 3, 1_000_000)
    assert model.answered_within(20 * SECOND) == pytest.approx(0.636371, abs=1e-5)


@pytest.mark.parametrize("agents", [1, 2, 7, 40, 300])
@pytest.mark.parametrize("busy", [0.05, 0.8, 1.0, 1.6])
@pytest.mark.parametrize("patience_s", [2, 120, 1800])
def test_it_agrees_with_the_share_of_time_in_each_state(
    agents: int, busy: float, patience_s: int
) -> None:
    load, handling, patience = agents * busy, 4 * MINUTE, patience_s * SECOND
    model = ErlangA(agents, load, handling, patience)
    states = by_states(agents, load, handling, patience)
    line = sum(share * (n - agents) for n, share in enumerate(states) if n > agents)
    assert model.waiting == pytest.approx(sum(states[agents:]), abs=1e-10)
    assert model.abandoned == pytest.approx(line * handling / patience / load, abs=1e-10)


def test_answered_and_abandoned_add_up_to_who_has_left_the_line() -> None:
    model = ErlangA(10, 11, 4 * MINUTE, 5 * MINUTE)
    assert model.answered_within(0) == pytest.approx(1 - model.waiting)
    assert model.abandoned_within(0) == pytest.approx(0, abs=1e-12)
    assert model.answered_within(6 * HOUR) == pytest.approx(1 - model.abandoned)
    assert model.abandoned_within(6 * HOUR) == pytest.approx(model.abandoned)
    waits = range(0, 600, 20)
    answered = [model.answered_within(wait * SECOND) for wait in waits]
    assert answered == sorted(answered)


def test_one_agent_more_never_lowers_the_level_and_one_call_more_never_raises_it() -> None:
    def level(agents: int, load: float) -> float:
        return ErlangA(agents, load, 240_000, 300_000).answered_within(20_000)

    by_agents = [level(agents, 30) for agents in range(120)]
    by_load = [level(30, load) for load in range(120)]
    assert all(more >= less - 1e-12 for less, more in pairwise(by_agents))
    assert all(more <= less + 1e-12 for less, more in pairwise(by_load))
    assert by_agents[0] == 0
    assert (by_agents[-1], by_load[0]) == pytest.approx((1, 1))


@pytest.mark.parametrize(
    ("agents", "load", "waiting", "abandoned"),
    [(0, 5, 1, 1), (0, 0, 1, 1), (5, 0, 0, 0), (500, 1, 0, 0), (1, 5_000, 1, 0.9998)],
)
def test_no_agents_no_load_and_far_too_many_of_either(
    agents: int, load: float, waiting: float, abandoned: float
) -> None:
    model = ErlangA(agents, load, 4 * MINUTE, 5 * MINUTE)
    assert (model.waiting, model.abandoned) == pytest.approx((waiting, abandoned), abs=1e-9)
    answered, gave_up = model.answered_within(20_000), model.abandoned_within(20_000)
    assert answered == pytest.approx(1 - waiting, abs=1e-9)
    assert gave_up == pytest.approx(abandoned * (1 - exp(-20 / 300)), abs=1e-3)
    assert isfinite(model.service_level("answered_only", 20_000, 0))


@pytest.mark.parametrize("agents", [1, 30, 1_000])
@pytest.mark.parametrize("load", [1e-9, 30.0, 1_000.0, 50_000.0])
@pytest.mark.parametrize("patience_ms", [1, SECOND, HOUR])
def test_nothing_overflows(agents: int, load: float, patience_ms: int) -> None:
    model = ErlangA(agents, load, 30 * SECOND, patience_ms)
    shares = (
        model.waiting, model.abandoned, model.answered_within(20_000), model.abandoned_within(20_000),
    )  # fmt: skip
    assert all(-1e-9 <= share <= 1 + 1e-9 for share in shares), shares


@pytest.mark.parametrize("wrong", [(-1, 1, 1, 1), (1, -1, 1, 1), (1, 1, 0, 1), (1, 1, 1, 0)])
def test_what_cannot_be_is_refused(wrong: tuple[int, float, float, float]) -> None:
    with pytest.raises(ValueError, match="must not be negative"):
        ErlangA(*wrong)
