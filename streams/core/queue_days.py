"""Counts of a queue's business days, which begin and end in the time zone of the queue."""

from collections.abc import Callable

from msgspec import Struct

from schemas.counters import COUNTERS, Counts
from schemas.millis import DAY
from schemas.opening import business_day
from schemas.targets import Targets
from streams.core.staffing import Handled, handled

_WIDTH = len(COUNTERS)
_NOTHING = [0] * _WIDTH  # never added to


class Day(Struct, gc=False):
    """One business day `[start, end)` and its counts so far."""

    start: int
    end: int
    counts: list[int]


class Days:
    """The days that are still counted, by their start. A queue that is not configured has UTC days."""

    def __init__(self, targets_at: Callable[[int], Targets | None]) -> None:
        self._targets_at = targets_at
        self._days: dict[int, Day] = {}
        self.newest: Day | None = None

    def counts_of(self, at: int) -> list[int]:
        """The counters of the day that holds `at`, to be added to in place."""
        day = self.newest
        if day is None or not day.start <= at < day.end:
            day = self._day_of(at)
        return day.counts

    def _day_of(self, at: int) -> Day:
        for day in self._days.values():
            if day.start <= at < day.end:
                return day
        start, end = self._bounds_at(at)
        day = self._days[start] = Day(start, end, [0] * _WIDTH)
        if self.newest is None or start > self.newest.start:
            self.newest = day
        return day

    def _bounds_at(self, at: int) -> tuple[int, int]:
        """Of a day that is not counted yet."""
        targets = self._targets_at(at)
        zone, minute = (targets.time_zone, targets.day_start_minute) if targets else ("UTC", 0)
        start, end = business_day(at, zone, minute)
        for (
            known
        ) in self._days.values():  # a changed zone or day start takes effect with the next day
            if known.end <= at:
                start = max(start, known.end)
            else:
                end = min(end, known.start)
        return start, end

    def holding(self, at: int) -> tuple[int, Counts]:
        """(start, counts) of the business day that holds `at`: zeros if nothing happened on it."""
        for day in self._days.values():
            if day.start <= at < day.end:
                return day.start, Counts(*day.counts)
        return self._bounds_at(at)[0], Counts()

    def summed(self, at: int) -> tuple[int, list[int]]:
        """The same by place, for a look; never to be changed."""
        day = self.newest
        if day is not None and day.start <= at < day.end:
            return day.start, day.counts
        for day in self._days.values():
            if day.start <= at < day.end:
                return day.start, day.counts
        return self._bounds_at(at)[0], _NOTHING

    def handled(self, at: int) -> Handled:
        """What was answered on the business day that holds `at` and on the one before it, which would else be missed in the first
        hours of a day.
        """
        return handled(
            [each.counts for each in self._days.values() if each.start <= at < each.end + DAY]
        )

    def forget(self, before: int) -> bool:
        """Forget the days that ended before then; whether there was one."""
        gone = [start for start, day in self._days.items() if day.end < before]
        for start in gone:
            if self._days.pop(start) is self.newest:
                self.newest = None
        return bool(gone)

    def freeze(self) -> list[Day]:
        return list(self._days.values())

    def thaw(self, days: list[Day]) -> None:
        self._days = {day.start: day for day in days}
        self.newest = max(days, key=lambda day: day.start, default=None)
