"""A service level compared with its goal, in the same way for every screen.

A share of few calls changes much with each call: one of two is 50 %. Below the goal such a share is not
shown as missed, but as a share of few calls.
"""

from functools import lru_cache
from typing import Literal

GOAL_WINDOW_MINUTES = 30  # length of the window whose service level is compared with the goal
ENOUGH_CALLS = 5  # with fewer calls behind it, a share below the goal does not count as missed
# A half hour is judged by its goal from so many promised calls on, in reports and on boards: one call of two is 50 %.
ELIGIBLE_CALLS = ENOUGH_CALLS
FEW_CALLS = "few calls"

AgainstGoal = Literal["met", "missed", "few"]


def against_goal(numerator: int, n: int, goal: float | None) -> AgainstGoal | None:
    """None if there is no share or no goal; `few`: below the goal, but with too few calls."""
    if goal is None or n <= 0:
        return None
    if numerator / n >= goal:
        return "met"
    return "missed" if n >= ENOUGH_CALLS else "few"


@lru_cache(maxsize=256)
def percent(share: float) -> str:
    """A goal as people write it: `80 %`, `82.5 %`."""
    return f"{round(share * 100, 1):g} %"


def whole_percent(share: float) -> str:
    """A share that was measured: `49 %`."""
    return f"{share * 100:.0f} %"


def times_allowed(burn: float) -> str:
    """How many times as many late calls there are as a goal allows: `2.4`. A few are never said as none: `<0.1`."""
    text = f"{burn:.1f}"
    return "<0.1" if burn > 0 and text == "0.0" else text
