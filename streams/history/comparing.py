"""Whether a share changed from one range to another, or days differ as much from each other anyway.

Rule 1: the spread is that of days: the service level of a month is a ratio of sums over days, and its standard error
follows from how far each day lies from that ratio. Calls of one day fail together, so that an error by
single calls would be many times too small.
Rule 2: a change of at most two standard errors of the difference is *noise*.
Rule 3: with fewer than `ENOUGH_DAYS` days with calls, or fewer than `ENOUGH_OF_A_RANGE` calls, on either side there
are *few calls*, and nothing is said.
"""

from collections.abc import Sequence
from math import sqrt
from typing import Literal

from msgspec import Struct

ENOUGH_DAYS = 5
ENOUGH_OF_A_RANGE = 30
_STANDARD_ERRORS = 2.0

Says = Literal["better", "worse", "noise", "few calls"]


class Day(Struct, frozen=True):
    """Of one day the part and the whole of a share: calls served as promised of calls promised."""

    part: int
    whole: int


class Change(Struct, frozen=True):
    """Both shares, and in percentage points the change and how large a change is noise; None for no value."""

    now: float | None
    then: float | None
    points: float | None
    noise: float | None
    says: Says | None


def change(now: Sequence[Day], then: Sequence[Day], *, more_is_better: bool = True) -> Change:
    """Days without calls may be among them; they say nothing."""
    before, after = ([day for day in days if day.whole > 0] for days in (then, now))
    shares = _share(after), _share(before)
    if shares[0] is None or shares[1] is None:
        return Change(*shares, None, None, None)
    points = (shares[0] - shares[1]) * 100
    if not (_enough(before) and _enough(after)):
        return Change(*shares, points, None, "few calls")
    noise = _STANDARD_ERRORS * sqrt(_variance(after) + _variance(before)) * 100
    if abs(points) <= noise:
        return Change(*shares, points, noise, "noise")
    return Change(*shares, points, noise, "better" if (points > 0) is more_is_better else "worse")


def _share(days: Sequence[Day]) -> float | None:
    whole = sum(day.whole for day in days)
    return sum(day.part for day in days) / whole if whole else None


def _enough(days: Sequence[Day]) -> bool:
    return len(days) >= ENOUGH_DAYS and sum(day.whole for day in days) >= ENOUGH_OF_A_RANGE


def _variance(days: Sequence[Day]) -> float:
    """Of the ratio of sums, by days: n / (n - 1) times the squared residuals over the squared whole."""
    whole, ratio = sum(day.whole for day in days), _share(days) or 0.0
    residuals = sum((day.part - ratio * day.whole) ** 2 for day in days)
    return len(days) / (len(days) - 1) * residuals / whole**2
