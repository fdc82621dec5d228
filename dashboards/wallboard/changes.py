"""What changed today against yesterday and the same weekday last week, and what is only chance. Pure.

Compared are half hours that are whole on both days, by their names on the clock. A difference is told when it is more than
three times what chance alone would move it; so one call more in a quiet hour is no news.
"""

from collections.abc import Sequence
from math import sqrt

from msgspec import Struct

from schemas.half_hours import HalfHour, PastDay, PastDays

TIMES_OF_CHANCE = 3.0
ENOUGH = 20  # calls on each side; below, a share says too little to be compared


class LevelChange(Struct, frozen=True):
    """The service level from `since` to `until`, `in_time` of `n`, and of the same half hours yesterday."""

    since: str
    until: int
    in_time: int
    n: int
    before_in_time: int
    before_n: int


class CallsChange(Struct, frozen=True):
    """`more` calls, or fewer if it is negative, up to `until` than in the same half hours a week ago."""

    until: int
    more: int


class Changes(Struct, frozen=True):
    """`compared` False: there is nothing on the other days that could be compared."""

    level: LevelChange | None
    calls: CallsChange | None
    compared: bool


def changes(days: PastDays) -> Changes:
    yesterday = _pairs(days.today, days.yesterday)
    week = _pairs(days.today, days.last_week)
    return Changes(_level(yesterday), _calls(week), bool(yesterday or week))


Pair = tuple[HalfHour, HalfHour]


def _pairs(today: PastDay, before: PastDay) -> list[Pair]:
    """Half hours that are whole and known on both days."""
    known = {
        half.clock: half for half in before.halves if half.is_whole and half.offered is not None
    }
    return [
        (half, known[half.clock])
        for half in today.halves
        if half.is_whole and half.offered is not None and half.clock in known
    ]


def _level(pairs: Sequence[Pair]) -> LevelChange | None:
    """Since when it differs most: of all times of the day until now, the one whose difference chance explains least."""
    judged = [(one, other) for one, other in pairs if one.n is not None and other.n is not None]
    found, most = None, TIMES_OF_CHANCE
    good = n = good_before = n_before = 0
    for one, other in reversed(judged):
        good, n = good + (one.in_time or 0), n + (one.n or 0)
        good_before, n_before = good_before + (other.in_time or 0), n_before + (other.n or 0)
        if min(n, n_before) < ENOUGH:
            continue
        times = _times_of_chance(good, n, good_before, n_before)
        if times >= most:
            most = times
            found = LevelChange(one.clock, judged[-1][0].end, good, n, good_before, n_before)
    return found


def _times_of_chance(good: int, n: int, good_before: int, n_before: int) -> float:
    """The difference of two shares by its standard deviation if both were of one kind."""
    together = (good + good_before) / (n + n_before)
    spread = sqrt(together * (1 - together) * (1 / n + 1 / n_before))
    return abs(good / n - good_before / n_before) / spread if spread else 0.0


def _calls(pairs: Sequence[Pair]) -> CallsChange | None:
    if not pairs:
        return None
    today, before = (sum(pair[side].offered or 0 for pair in pairs) for side in (0, 1))
    more = today - before
    if today + before < ENOUGH or abs(more) < TIMES_OF_CHANCE * sqrt(today + before):
        return None
    return CallsChange(pairs[-1][0].end, more)
