"""Published values, the identities of the formulas, and a birth-death chain solved by brute force."""

from math import exp, factorial, inf, isclose, log, nan

import pytest

from tests.support.erlang import erlang_a, erlang_b, erlang_c, mean_wait_c, service_level_c

GRID = [
    (n, rho, patience)
    for n in (1, 2, 7, 36, 150)
    for rho in (0.3, 0.8, 0.97, 1.0, 1.2, 1.7)
    for patience in (0.05, 0.5, 2.0, 30.0)
]  # handling time 1


@pytest.mark.parametrize(
    ("n", "load", "share"),
    [
        (5, 1.361, 0.01), (10, 4.461, 0.01), (20, 12.031, 0.01), (50, 37.901, 0.01),
        (100, 84.064, 0.01),  # tables of Erlang B, loads at 1 %
    ],
)  # fmt: skip
def test_erlang_b_is_that_of_the_tables(n: int, load: float, share: float) -> None:
    assert erlang_b(n, load) == pytest.approx(share, rel=1e-3)


@pytest.mark.parametrize(
    ("n", "load", "share"),
    [
        (107, 90, 0.008799105244742684), (1, 5, 0.8333333), (10, 20, 0.5379631686320729),
        (190, 200, 0.0886968438692356),
    ],
)  # fmt: skip
def test_erlang_b_to_the_last_digit(n: int, load: float, share: float) -> None:
    assert erlang_b(n, load) == pytest.approx(share, rel=1e-7)


def test_a_value_that_is_published_wrong() -> None:
    """A package's documentation says 0.0346 for 132 lines and 123 Erlangs."""
    assert erlang_b(132, 123) == pytest.approx(0.031243, abs=1e-6)


@pytest.mark.parametrize("n", range(1, 31, 5))
def test_erlang_b_is_its_sum(n: int) -> None:
    load = 0.8 * n
    terms = [load**k / factorial(k) for k in range(n + 1)]
    assert erlang_b(n, load) == pytest.approx(terms[-1] / sum(terms), rel=1e-12)


@pytest.mark.parametrize(
    ("n", "level", "asa_s", "p_wait"),
    [
        (11, 0.3896, 122.78, 0.6821), (12, 0.6402, 40.44, 0.4494), (13, 0.7956, 17.12, 0.2853),
        (14, 0.8884, 7.84, 0.1741), (15, 0.9415, 3.67, 0.1020), (16, 0.9706, 1.72, 0.0573),
    ],
)  # fmt: skip
def test_erlang_c_of_the_textbook_hundred_calls(
    n: int, level: float, asa_s: float, p_wait: float
) -> None:
    """100 calls in 30 minutes of 180 s, 20 s: the worked example that most calculators show."""
    rate = 100 / 1800
    assert service_level_c(n, rate, 180, 20) == pytest.approx(level, abs=6e-5)
    assert mean_wait_c(n, rate, 180) == pytest.approx(asa_s, abs=6e-3)
    assert erlang_c(n, rate * 180) == pytest.approx(p_wait, abs=6e-5)


def test_erlang_c_elsewhere() -> None:
    assert service_level_c(14, 100 / 1800, 180, 19.8) == pytest.approx(0.887853, abs=1e-6)
    assert erlang_c(55, 48) == pytest.approx(0.2387, abs=5e-5)
    assert erlang_c(132, 123) == pytest.approx(0.3211161792617072, rel=1e-12)
    assert erlang_c(50, 48) == pytest.approx(0.69446, abs=5e-6)
    assert mean_wait_c(50, 48 / 60, 60) == pytest.approx(20.83, abs=5e-3)
    assert service_level_c(36, 220 / 1800, 240, 20) == pytest.approx(0.9032, abs=5e-5)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        # n, rate, handling, patience, within: P(wait), P(abandon), occupancy, SL offered
        ((50, 48, 1, 2, 0), (0.467774, 0.030912, 0.930324, None)),
        ((14, 100 / 30, 3, 5, 1 / 3), (0.145260, 0.013984, 0.704297, 0.916792)),
        ((13, 100 / 30, 3, 5, 1 / 3), (0.225797, 0.024963, 0.750028, 0.858178)),
        ((36, 7.333333333, 4, 5, 1 / 3), (0.133462, 0.009646, 0.806955, 0.937680)),
        ((36, 8, 4, 2, 1 / 3), (0.224902, 0.033538, None, 0.896859)),
        ((100, 102, 1, 1, 0.1), (0.591719, 0.049918, None, 0.758777)),
        ((36, 14, 3, 5, 1 / 3), (0.908396, 0.150825, 0.990704, 0.218689)),
        ((1, 0.2, 3, 5, 1 / 3), (0.474302, 0.209497, None, 0.558844)),
    ],
)
def test_erlang_a_is_as_published(
    given: tuple[int, float, float, float, float], expected: tuple[float | None, ...]
) -> None:
    found = erlang_a(*given)
    names = (found.p_wait, found.p_abandon, found.occupancy, found.sl_offered)
    for value, wanted in zip(names, expected, strict=True):
        assert wanted is None or value == pytest.approx(wanted, abs=6e-7)


def test_the_four_service_levels_of_one_queue() -> None:
    found = erlang_a(14, 100 / 30, 3, 5, 1 / 3)
    assert found.sl_answered_only == pytest.approx(0.929794, abs=1e-6)
    assert found.sl_abandons_in_target_good == pytest.approx(0.923956, abs=1e-6)
    assert found.sl_abandons_in_target_ignored == pytest.approx(0.923407, abs=1e-6)
    assert found.mean_wait == pytest.approx(0.069919, abs=1e-6)
    other = erlang_a(36, 7.333333333, 4, 5, 1 / 3)
    assert other.p_offered_wait_above == pytest.approx(0.060177, abs=1e-6)


def test_patience_without_end_is_erlang_c() -> None:
    assert erlang_a(36, 11, 3, 1e6, 1 / 3).sl_offered == pytest.approx(0.636374, abs=1e-6)
    assert service_level_c(36, 11, 3, 1 / 3) == pytest.approx(0.636371, abs=1e-6)


@pytest.mark.parametrize(("n", "rho", "patience"), GRID)
def test_identities_and_order(n: int, rho: float, patience: float) -> None:
    rate = n * rho
    found = erlang_a(n, rate, 1.0, patience, 0.2)
    assert found.p_abandon == pytest.approx(found.mean_wait / patience, abs=1e-12)
    assert rate * (1 - found.p_abandon) == pytest.approx(found.occupancy * n, rel=1e-9)
    assert found.mean_in_queue == pytest.approx(rate * found.mean_wait, rel=1e-12)
    ignored = found.sl_abandons_in_target_ignored
    assert found.sl_answered_only >= ignored - 1e-12
    assert ignored >= found.sl_offered - 1e-12
    assert found.sl_abandons_in_target_good >= ignored - 1e-12
    more, calmer = erlang_a(n + 1, rate, 1.0, patience, 0.2), erlang_a(n, rate, 1.0, 2 * patience)
    assert more.p_wait <= found.p_wait
    assert more.sl_offered >= found.sl_offered
    assert calmer.p_wait >= found.p_wait
    assert erlang_c(n, rate) >= erlang_b(n, rate)


@pytest.mark.parametrize(("n", "rho", "patience"), GRID)
def test_a_birth_death_chain_says_the_same(n: int, rho: float, patience: float) -> None:
    """Balance of 4,000 states: k callers leave at min(k, n) + max(k - n, 0)/patience."""
    rate = n * rho
    weights, logarithm = [0.0], 0.0
    for k in range(1, 4_000):
        logarithm += log(rate) - log(min(k, n) + max(k - n, 0) / patience)
        weights.append(logarithm)
    most = max(weights)
    chances = [exp(weight - most) for weight in weights]
    whole = sum(chances)
    waiting = sum(max(k - n, 0) * chance for k, chance in enumerate(chances)) / whole
    found = erlang_a(n, rate, 1.0, patience)
    assert found.p_wait == pytest.approx(sum(chances[n:]) / whole, rel=1e-9, abs=1e-12)
    assert found.p_abandon == pytest.approx(waiting / patience / rate, rel=1e-8, abs=1e-12)
    assert found.mean_in_queue == pytest.approx(waiting, rel=1e-8, abs=1e-12)


def test_large_centres_and_no_calls() -> None:
    assert isclose(erlang_a(5_000, 5_100, 1, 1, 0.1).occupancy, 1.0, abs_tol=0.01)
    nobody = erlang_a(3, 0, 1, 1)
    assert (nobody.p_wait, nobody.occupancy, nobody.sl_offered) == (0, 0, 1)
    alone = erlang_a(0, 2, 1, 3, 1)
    assert (alone.p_abandon, alone.mean_wait, alone.sl_offered) == (1, 3, 0)
    assert erlang_a(400, 3, 1, 1).p_wait == 0  # underflows to nothing, not to an error


@pytest.mark.parametrize(
    "wrong",
    [(-1, 1, 1, 1, 1), (1, -1, 1, 1, 1), (1, 1, 0, 1, 1), (1, 1, 1, 0, 1), (1, nan, 1, 1, 1)],
)
def test_what_means_nothing_is_refused(wrong: tuple[int, float, float, float, float]) -> None:
    with pytest.raises(ValueError, match="expected"):
        erlang_a(*wrong)
    with pytest.raises(ValueError, match="expected"):
        erlang_c(-1, 1)


def test_at_the_very_limit_the_queue_grows_for_ever_unless_callers_hang_up() -> None:
    assert erlang_c(2, 2.0) == 1.0
    assert mean_wait_c(2, 1.0, 2.0) == inf
    assert service_level_c(2, 1.0, 2.0, 20.0) == 0.0
    assert erlang_a(2, 1.0, 2.0, 3.0).mean_wait < 3.0


def test_without_an_agent_everybody_hangs_up_and_nobody_is_answered() -> None:
    found = erlang_a(0, 0.5, 2.0, 3.0, within=3.0)
    assert (found.p_wait, found.p_abandon, found.mean_wait, found.mean_in_queue) == (1, 1, 3, 1.5)
    assert (found.sl_offered, found.sl_answered_only, found.sl_abandons_in_target_ignored) == (
        0,
        0,
        0,
    )
    assert found.sl_abandons_in_target_good == pytest.approx(1 - exp(-1))
    assert (found.occupancy, found.p_offered_wait_above) == (0, 1)


def test_what_makes_no_sense_is_refused_with_what_was_expected() -> None:
    with pytest.raises(ValueError, match=r"^load: expected a number of 0 or more, got -1"):
        erlang_b(1, -1.0)
    with pytest.raises(ValueError, match=r"^expected 0 agents or more, got -1"):
        erlang_b(-1, 1.0)
    with pytest.raises(ValueError, match=r"^patience: expected a number above 0, got 0"):
        erlang_a(1, 1.0, 1.0, 0.0)
