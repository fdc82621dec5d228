"""Shares as text of the board."""

from math import floor

NO_VALUE = "\N{EN DASH}"


def percent(share: float | None, goal: float | None = None) -> str:
    """Whole percent without the sign, rounded; a share below `goal` is rounded down, as in the cause of its row: so
    79.6 is not shown as a goal of 80, and 64.5 is 64 in both.
    """
    if share is None:
        return NO_VALUE
    if goal is not None and share < goal:
        return str(floor(round(share * 100, 9)))  # 0.29 * 100 is a little less than 29
    return str(round(share * 100))
