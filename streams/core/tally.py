"""All sums of one queue: the totals, the business days, the rolling windows.

Rule: a contribution is counted in all of them or in none, whether it is before or after the boundary.
"""

from collections.abc import Callable
from typing import Any

from schemas.counters import COUNTERS, Counts
from schemas.targets import Targets
from streams.core.counting import Add, Contribute, Contribution
from streams.core.queue_days import Day, Days
from streams.core.windows import Windows

_WIDTH = len(COUNTERS)


class Tally:
    """`added` and `reversed` never decrease: all that was ever counted, and all that was taken back."""

    def __init__(
        self, targets_at: Callable[[int], Targets | None], note_minute: Callable[[int], None]
    ) -> None:
        """`note_minute`: as for Windows."""
        self.windows = Windows(note_minute)
        self.days = Days(targets_at)
        self.added = [0] * _WIDTH
        self.reversed = [0] * _WIDTH

    def count(self, plus: tuple[Contribution, ...], minus: tuple[Contribution, ...]) -> int | None:
        """Add `plus`, take back `minus`; returns the earliest time before the boundary, None if there is none."""
        late = self.add(plus) if plus else None
        if minus:
            taken = self._move(minus, -1, self.reversed)
            late = min((at for at in (late, taken) if at is not None), default=None)
        return late

    def totals(self) -> tuple[Counts, Counts]:
        """Everything ever counted, and everything ever taken back."""
        return Counts(*self.added), Counts(*self.reversed)

    def restore(self, added: list[int], taken_back: list[int], days: list[Day]) -> None:
        self.added, self.reversed = added, taken_back
        self.days.thaw(days)

    def add(self, plus: tuple[Contribution, ...]) -> int | None:
        """`count` with nothing to be taken back."""
        return self._move(plus, 1, self.added)

    def add_at(
        self, at: int, leg: Any, verdict: Any, adds: Add | None, contributes: Contribute
    ) -> int | None:
        """The same of what a leg contributes at one moment, which `adds` and `contributes` say alike."""
        windows = self.windows
        # What is late changes the sums that cover it, too.
        if adds is None or at < (windows.boundary or 0):
            return self._move(contributes(leg, verdict, at), 1, self.added)
        day = self.days.newest
        today = (
            day.counts if day is not None and day.start <= at < day.end else self.days.counts_of(at)
        )
        bucket, minute = windows.slots(at)
        adds(leg, verdict, self.added, today, bucket, minute)
        return None

    def _move(self, parts: tuple[Contribution, ...], sign: int, totals: list[int]) -> int | None:
        """Contributions of one moment share their slots, since finding the slots costs the most."""
        windows = self.windows
        boundary = windows.boundary or 0
        moment, late = -1, None
        day = bucket = minute = totals  # replaced at the first turn
        for at, counter, n in parts:
            totals[counter] += n
            change = n if sign > 0 else -n
            if at != moment:
                moment = at
                day = self.days.counts_of(at)
                bucket, minute = windows.slots(at)
            day[counter] += change
            bucket[counter] += change
            minute[counter] += change
            if at < boundary:
                windows.correct(at, counter, change)
                late = at if late is None or at < late else late
        return late
