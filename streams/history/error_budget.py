"""The error budget of a promised service level: how many calls may be missed, how many were, on which days.

Of 1,000 calls promised 80 % 200 may be missed. The budget is that of the calls that came, so it grows with them; what is left
below 0 was missed beyond the promise.
"""

from collections.abc import Sequence

from msgspec import Struct

from schemas.promised import MILLION
from streams.history.promises_kept import Kept


class DaysSpending(Struct, frozen=True):
    """`start` of the day in ms; `missed` calls that were not served as promised."""

    start: int
    missed: int
    promised: int


class Budget(Struct, frozen=True):
    allowed: float
    spent: int
    worst_days: tuple[DaysSpending, ...]  # those that spent most first; without a miss not there

    @property
    def left(self) -> float:
        return self.allowed - self.spent

    @property
    def share_spent(self) -> float | None:
        """None if nothing may be missed: no call, or a goal of 100 %."""
        return self.spent / self.allowed if self.allowed > 0 else None


def error_budget(days: Sequence[tuple[int, Kept]], worst: int = 3) -> Budget:
    """`days`: the start of each and what was promised on it."""
    spending = [DaysSpending(start, kept.due - kept.good, kept.due) for start, kept in days]
    dearest = sorted(spending, key=lambda day: (-day.missed, day.start))
    return Budget(
        sum(kept.due * MILLION - kept.goal_millionths for _, kept in days) / MILLION,
        sum(day.missed for day in spending),
        tuple(day for day in dearest[:worst] if day.missed),
    )
