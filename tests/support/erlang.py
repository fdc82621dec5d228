"""Erlang B, C and A: waits and losses of a queue with n agents. Exact and stable, without factorials.

All rates and durations of one call must be in the same unit of time. `load` is rate x handling time, in
Erlangs. Source of A: the M/M/n+M queue of C. Palm, in the integrals of Baccelli and Hebuterne (1981). In
Erlang C nobody hangs up: it is the limit of infinite patience, and the queue grows for ever at load >= n.
"""

from math import exp, expm1, inf, isfinite, lgamma, log

from msgspec import Struct

_ENOUGH = 1e-17  # a term that no longer changes a sum of doubles
_TINY = 1e-300
_LARGEST_EXPONENT = 700.0


class ErlangA(Struct, frozen=True):
    """A queue in steady state whose callers may hang up. Service levels are named as in schemas.formulas."""

    p_wait: float  # no agent is free on arrival
    p_abandon: float
    mean_wait: float  # over all callers, those who hang up included
    mean_in_queue: float
    occupancy: float
    sl_offered: float
    sl_answered_only: float
    sl_abandons_in_target_ignored: float
    sl_abandons_in_target_good: float
    p_offered_wait_above: float  # of a caller who would never hang up


def erlang_b(n: int, load: float) -> float:
    """Share of calls that find all of `n` lines busy and are turned away."""
    _check(n, load=load)
    blocked = 1.0
    for k in range(1, n + 1):
        blocked = load * blocked / (k + load * blocked)
    return blocked


def erlang_c(n: int, load: float) -> float:
    """Share of callers who have to wait when nobody hangs up; 1 where the queue grows for ever."""
    if load >= n:
        _check(n, load=load)
        return 1.0
    blocked = erlang_b(n, load)
    return blocked / (1.0 - (load / n) * (1.0 - blocked))


def service_level_c(n: int, rate: float, handling: float, within: float) -> float:
    """Share answered within `within` when nobody hangs up; 0 where the queue grows for ever."""
    _check(n, rate=rate, handling=handling, within=within)
    load = rate * handling
    if load >= n:
        return 0.0
    return 1.0 - erlang_c(n, load) * exp(-(n - load) * within / handling)


def mean_wait_c(n: int, rate: float, handling: float) -> float:
    """Average speed of answer when nobody hangs up; infinite where the queue grows for ever."""
    _check(n, rate=rate, handling=handling)
    load = rate * handling
    return erlang_c(n, load) * handling / (n - load) if load < n else inf


def erlang_a(n: int, rate: float, handling: float, patience: float, within: float = 0.0) -> ErlangA:
    """`n` agents, Poisson calls, exponential handling and patience of these means."""
    _check(n, rate=rate, handling=handling, patience=patience, within=within)
    load = rate * handling
    if n == 0 and rate > 0:
        return ErlangA(
            1.0,
            1.0,
            patience,
            rate * patience,
            0.0,
            0.0,
            0.0,
            0.0,
            1.0 - exp(-within / patience),
            1.0,
        )
    blocked = erlang_b(n - 1, load) if rate > 0 else 0.0
    if blocked == 0.0:  # the probability of a wait is below the smallest double
        return ErlangA(0.0, 0.0, 0.0, 0.0, load / max(n, 1), 1.0, 1.0, 1.0, 1.0, 0.0)
    served, hangs_up = n / handling, 1.0 / patience  # rates while all are busy
    busy = _Busy(rate, served, hangs_up)
    log_j0 = busy.log_j(0.0)
    exponent = -log(blocked) - log_j0
    scale = (exp(exponent) if exponent < _LARGEST_EXPONENT else inf) + rate
    p_wait = rate / scale
    p_abandon = max(0.0, (exp(-log_j0) + rate - served) / scale)
    left = exp(busy.log_j(within) - log_j0)
    p_offered_wait_above = rate * left / scale
    p_wait_above = p_offered_wait_above * exp(-hangs_up * within)
    p_served_late = max(0.0, (served * left - exp(busy.log_density(within) - log_j0)) / scale)
    p_abandon_within = max(0.0, p_abandon - (p_wait_above - p_served_late))
    good = max(0.0, 1.0 - p_abandon - p_served_late)
    return ErlangA(
        p_wait,
        p_abandon,
        p_abandon * patience,
        rate * p_abandon * patience,
        load * (1.0 - p_abandon) / n,
        good,
        good / (1.0 - p_abandon),
        good / (1.0 - p_abandon_within),
        1.0 - p_wait_above,
        p_offered_wait_above,
    )


class _Busy(Struct, frozen=True):
    """The offered wait while all agents are busy, up to a constant factor."""

    rate: float
    served: float
    hangs_up: float

    def log_density(self, t: float) -> float:
        """Log of exp{(rate/hangs_up)(1 - exp(-hangs_up t)) - served t}."""
        return -self.rate / self.hangs_up * expm1(-self.hangs_up * t) - self.served * t

    def log_j(self, t: float) -> float:
        """Log of the integral of that density from t on."""
        z = self.rate / self.hangs_up * exp(-self.hangs_up * t)
        return self.log_density(t) - log(self.served) + _log_s(self.served / self.hangs_up, z)


def _log_s(x: float, z: float) -> float:
    """Log of 1 + z/(x+1) + z^2/((x+1)(x+2)) + …; far beyond x by the incomplete gamma function."""
    if z <= x + 1.0:
        total = term = 1.0
        j = 0
        while term > _ENOUGH * total:
            j += 1
            term *= z / (x + j)
            total += term
        return log(total)
    log_front = x * log(z) - z - lgamma(x)  # of the upper incomplete gamma function Q(x, z)
    lower = 1.0 - exp(log_front) * _fraction(x, z)
    return log(x) - log_front + log(lower)


def _fraction(x: float, z: float) -> float:
    """Continued fraction of Q(x, z) by Lentz's method; converges for z > x + 1."""
    b = z + 1.0 - x
    c, d = 1.0 / _TINY, 1.0 / b
    value, i, change = d, 0, 0.0
    while abs(change - 1.0) > 1e-16:
        i += 1
        a = -i * (i - x)
        b += 2.0
        d = 1.0 / _not_zero(a * d + b)
        c = _not_zero(b + a / c)
        change = c * d
        value *= change
    return value


def _not_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY


def _check(n: int, **values: float) -> None:
    if n < 0:
        raise ValueError(f"expected 0 agents or more, got {n}")
    for name, value in values.items():
        needs_more = name in {"handling", "patience"}
        if not isfinite(value) or value < 0 or (needs_more and value == 0):
            wanted = "above 0" if needs_more else "of 0 or more"
            raise ValueError(f"{name}: expected a number {wanted}, got {value}")
