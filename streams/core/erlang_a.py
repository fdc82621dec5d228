"""Erlang A: how many wait, give up and are answered in time, for so many agents under so much load.

The queue M/M/n+M: arrivals at random, handling times and patience exponential, n equal agents, the longest waiting
first. The formulas are those of C. Palm (1957) as A. Mandelbaum and S. Zeltyn give them ("Service engineering in
action: the Palm/Erlang-A queue", 2007). Time is counted in handling times.

Everything is computed in logarithms of positive sums: nothing overflows with hundreds of agents, and no small
difference of two large numbers is taken.
"""

from functools import lru_cache
from math import exp, expm1, inf, lgamma, log, log1p

from schemas.formulas import FormulaName

_PRECISION = 1e-16
_LARGEST_EXPONENT = 700  # e to the power of more is no float


class ErlangA:
    """`load` is in Erlangs: arrivals per handling time. Every share is one of all arrivals."""

    __slots__ = ("_below", "_g", "_handling_ms", "_n", "_theta", "_y", "abandoned", "waiting")

    def __init__(self, agents: int, load: float, handling_ms: float, patience_ms: float) -> None:
        if agents < 0 or load < 0 or handling_ms <= 0 or patience_ms <= 0:
            raise ValueError("agents and load must not be negative, and the times not 0")
        self._n, self._handling_ms = agents, handling_ms
        self._theta = handling_ms / patience_ms
        self._y = load / self._theta
        self._g = self._below = 0.0
        self.waiting = self.abandoned = 0.0
        if not agents:
            self.waiting = self.abandoned = 1.0  # nobody is ever answered
            return
        blocked = _erlang_b(agents - 1, load)
        if not blocked:
            return  # so many agents that nobody waits
        self._g = self._log_j(0.0)
        exponent = -log(blocked) - self._g
        self._below = (exp(exponent) if exponent < _LARGEST_EXPONENT else inf) + load
        self.waiting = load / self._below
        self.abandoned = max(0.0, (exp(-self._g) + load - agents) / self._below)

    def answered_within(self, wait_ms: float) -> float:
        """The share that is answered after a wait of at most this."""
        return max(0.0, 1.0 - self.abandoned - self._answered_later(wait_ms / self._handling_ms))

    def abandoned_within(self, wait_ms: float) -> float:
        """The share that gives up after a wait of at most this."""
        if not self._n:
            return -expm1(-self._theta * wait_ms / self._handling_ms)
        if not self._below:
            return 0.0
        t = wait_ms / self._handling_ms
        log_j = self._log_j(t)
        longer = self.waiting * exp(log_j - self._g - self._theta * t)
        return max(0.0, self.abandoned - max(0.0, longer - self._answered_later(t, log_j)))

    def service_level(self, formula: FormulaName, within_ms: int, short_ms: int) -> float:
        """The service level by the formula of a queue, within T; short abandons are those below `short_ms`."""
        good = self.answered_within(within_ms)
        if formula == "offered":
            return good
        if formula == "abandons_in_target_good":
            return good + self.abandoned_within(within_ms)
        if formula == "answered_only":
            left_out = self.abandoned
        else:
            is_short = formula == "short_abandons_ignored"
            left_out = self.abandoned_within(short_ms if is_short else within_ms)
        return min(1.0, good / (1.0 - left_out)) if left_out < 1 else 0.0

    def _answered_later(self, t: float, log_j: float | None = None) -> float:
        """The share that is answered after a wait of more than `t`; `log_j`: of this `t`, where it is known."""
        if not self._below:
            return 0.0
        log_j = self._log_j(t) if log_j is None else log_j
        over = self._n * exp(log_j - self._g) - exp(self._log_g(t) - self._g)
        return max(0.0, over / self._below)

    def _log_g(self, t: float) -> float:
        return -self._y * expm1(-self._theta * t) - self._n * t

    def _log_j(self, t: float) -> float:
        """The logarithm of the integral from `t` on of exp(_log_g)."""
        left = self._y * exp(-self._theta * t)
        return self._log_g(t) - log(self._n) + _log_sum(self._n / self._theta, left)


# Rules ask at each boundary, screens several times a second, and the arguments seldom change.
@lru_cache(maxsize=4096)
def predicted(
    load: float, agents: int, handling_ms: int, patience_ms: int,
    formula: FormulaName, within_ms: int, short_ms: int,
) -> float:  # fmt: skip
    """The service level of such a queue."""
    model = ErlangA(agents, load, handling_ms, patience_ms)
    return model.service_level(formula, within_ms, short_ms)


def _erlang_b(agents: int, load: float) -> float:
    blocked = 1.0
    for k in range(1, agents + 1):
        blocked = load * blocked / (k + load * blocked)
    return blocked


def _log_sum(x: float, z: float) -> float:
    """log(1 + z/(x+1) + z²/((x+1)(x+2)) + …), in terms of the lower incomplete gamma function of x and z.

    For a large z the terms would overflow; there that function has a continued fraction that converges fast
    (Lentz's method, as in Numerical Recipes).
    """
    if z <= x + 1:
        total, term, k = 1.0, 1.0, 0
        while term > _PRECISION * total:
            k += 1
            term *= z / (x + k)
            total += term
        return log(total)
    b = z + 1 - x
    c, d = inf, 1 / b
    fraction, change, k = d, 0.0, 0
    while abs(change - 1) > 2 * _PRECISION:
        k += 1
        a = -k * (k - x)
        b += 2
        d = 1 / (a * d + b)
        c = b + a / c
        change = c * d
        fraction *= change
    whole = lgamma(x) + z - x * log(z)
    return log(x) + whole + log1p(-fraction * exp(-whole))
