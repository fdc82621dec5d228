"""Delays and shares as text of the board."""

from math import floor

from schemas.millis import MINUTE, SECOND

NO_VALUE = "\N{EN DASH}"


def behind(duration: int) -> str:
    """`45 s`, `12 min`, `3 h 20 min`, `5 days`."""
    if duration < MINUTE:
        return f"{duration // SECOND} s"
    hours, whole = divmod(duration // MINUTE, 60)
    if hours >= 48:  # noqa: PLR2004  from two days on, hours are of no use
        return f"{hours // 24} days"
    return f"{hours} h {whole} min" if hours else f"{whole} min"


def percent(share: float | None, goal: float | None = None) -> str:
    """Whole percent without the sign, rounded; a share below `goal` is rounded down, as in the cause of its row: so
    79.6 is not shown as a goal of 80, and 64.5 is 64 in both.
    """
    if share is None:
        return NO_VALUE
    if goal is not None and share < goal:
        return str(floor(round(share * 100, 9)))  # 0.29 * 100 is a little less than 29
    return str(round(share * 100))
