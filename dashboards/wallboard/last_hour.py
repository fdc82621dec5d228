"""The last hour of each queue minute by minute, as the board has received it. Pure: snapshots are passed in, memory is bounded.

A minute of which nothing is known is a gap; nothing is put in its place.
"""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from schemas.formulas import good_and_all
from schemas.goal import GOAL_WINDOW_MINUTES
from schemas.half_hours import MinuteOfQueue
from schemas.millis import MINUTE
from schemas.snapshots import QueueSnapshot

MINUTES = 60
_SUMS_KEPT = 256


class Point(Struct, frozen=True, gc=False):
    """The end of one minute: callers waiting, and the service level of the 30 minutes before, `in_time` of `n`."""

    waiting: int
    in_time: int
    n: int


Hour = tuple[Point | None, ...]  # MINUTES of them, the oldest first


class LastHour:
    """`revision` rises with every minute that becomes known."""

    def __init__(self) -> None:
        self.revision = 0
        self._points: dict[str, dict[int, Point]] = {}
        self._sums: dict[tuple[tuple[str, ...], int], tuple[int, Hour]] = {}

    def close(self, last: QueueSnapshot) -> None:
        """Keep the last snapshot of a minute of a queue."""
        counts = last.windows.get(GOAL_WINDOW_MINUTES)
        above, below = good_and_all(last.formula)(counts) if counts and last.formula else (0, 0)
        minute = _minute(last.as_of)
        points = self._points.setdefault(last.queue, {})
        points[minute] = Point(last.waiting, above, below)
        # A replay may begin again at an earlier time: what lies ahead of it is of another day.
        for other in [each for each in points if not minute - MINUTES * MINUTE < each <= minute]:
            del points[other]
        self.revision += 1

    def fill(self, archived: Iterable[MinuteOfQueue], now: int) -> None:
        """Take minutes of the last hour that the board did not see itself, since it did not run."""
        end = _minute(now)
        for each in archived:
            if end - MINUTES * MINUTE <= each.start < end:
                point = Point(each.waiting, each.in_time, each.n)
                self._points.setdefault(each.queue, {}).setdefault(each.start, point)
        self.revision += 1

    def forget(self, queue: str) -> None:
        self._points.pop(queue, None)
        self.revision += 1

    def over(self, queues: Sequence[str], end: int) -> Hour:
        """The sums of these queues in the 60 whole minutes before `end`.

        A queue without any point in that time is not counted, as on the wall. In a minute of which one of the others knows
        nothing, nothing is known of the sum.
        """
        last = _minute(end)
        key = tuple(queues), last
        kept = self._sums.get(key)
        if kept is None or kept[0] != self.revision:
            if len(self._sums) >= _SUMS_KEPT:
                self._sums.clear()
            kept = self._sums[key] = self.revision, self._summed(queues, last)
        return kept[1]

    def _summed(self, queues: Sequence[str], last: int) -> Hour:
        minutes = range(last - MINUTES * MINUTE, last, MINUTE)
        seen = [
            points for queue in queues
            if (points := self._points.get(queue)) and any(minute in points for minute in minutes)
        ]  # fmt: skip
        return tuple(_sum([points.get(minute) for points in seen]) for minute in minutes)


def _sum(points: Sequence[Point | None]) -> Point | None:
    known = [each for each in points if each is not None]
    if not known or len(known) < len(points):
        return None
    if len(known) == 1:
        return known[0]
    return Point(
        sum(each.waiting for each in known), sum(each.in_time for each in known), sum(each.n for each in known)
    )  # fmt: skip


def minute_passed(old: QueueSnapshot, new: QueueSnapshot) -> bool:
    return _minute(old.as_of) != _minute(new.as_of)


def _minute(at: int) -> int:
    return at // MINUTE * MINUTE
