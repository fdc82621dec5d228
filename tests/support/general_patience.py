"""M/M/n+G on a grid: exponential handling, any patience. Only tests need it: people are not exponential.

Source: the offered wait of Baccelli and Hebuterne (1981): density v(x) = v(0) exp{rate H(x) - n x/handling},
where H is the integral of the survival function of patience.
"""

from collections.abc import Callable
from math import exp

from msgspec import Struct

from tests.support.erlang import erlang_b


class Balance(Struct, frozen=True):
    """A queue in balance; `sl_offered` is answered within `within`, of all."""

    p_wait: float
    p_abandon: float
    mean_wait: float
    sl_offered: float


def general_patience(
    n: int, rate: float, handling: float, survives: Callable[[float], float], within: float,
    step: float = 0.0,
) -> Balance:  # fmt: skip
    """`survives(t)`: share of callers who wait longer than t, without jumps but at grid points.

    `step` divides `within`. Sums from the left of each step's middle: jumps lie between steps.
    """
    h = step or handling / 4_000
    served, mass, answered, answered_in_time, waited = n / handling, 0.0, 0.0, 0.0, 0.0
    patience_so_far = 0.0  # H(x)
    place = 0
    while True:
        x = (place + 0.5) * h
        left = survives(x)
        middle = patience_so_far + left * h / 2
        density = exp(rate * middle - served * x) * h
        mass += density
        answered += density * left
        waited += density * middle
        if x < within:
            answered_in_time += density * left
        patience_so_far += left * h
        place += 1
        if x > within and density < 1e-14 * mass:
            break
    at_once = 1.0 / erlang_b(n - 1, rate * handling)
    whole = at_once + rate * mass
    share = rate / whole
    return Balance(
        p_wait=share * mass,
        p_abandon=1.0 - at_once / whole - share * answered,
        mean_wait=share * waited,
        sl_offered=at_once / whole + share * answered_in_time,
    )
