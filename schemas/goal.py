"""A service level against its goal, in one way for every screen.

With few calls behind it a share jumps: one of two is 50 %. It is then neither held against the goal
nor counted as reaching it by luck: under the goal it is said to be of few calls.
"""

from typing import Literal

GOAL_WINDOW_MINUTES = 30  # of the service level that is held against the goal while calls come
ENOUGH_CALLS = 5  # behind a share before it is held against its goal
FEW_CALLS = "few calls"

AgainstGoal = Literal["met", "missed", "few"]


def against_goal(numerator: int, n: int, goal: float | None) -> AgainstGoal | None:
    """None where there is no share or no goal; `few`: under the goal, but of too few calls."""
    if goal is None or n <= 0:
        return None
    if numerator / n >= goal:
        return "met"
    return "missed" if n >= ENOUGH_CALLS else "few"


def percent(share: float) -> str:
    """A goal as people write it: `80 %`, `82.5 %`."""
    return f"{round(share * 100, 1):g} %"
