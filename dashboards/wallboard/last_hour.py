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
_CHANGES_KEPT = 1_000


class Point(Struct, frozen=True, gc=False):
    """The end of one minute: callers waiting, and the service level of the 30 minutes before, `in_time` of `n`."""

    waiting: int
    in_time: int
    n: int


Hour = tuple[Point | None, ...]  # MINUTES of them, the oldest first


class _Sums(Struct):
    """The sums of some queues: of each minute when it was made, and what came out. `seen` are those with data."""

    seen: tuple[str, ...]
    known: dict[int, tuple[int, Point | None]] = {}


class LastHour:
    """Points by queue and minute; at most an hour of each queue is kept."""

    def __init__(self) -> None:
        self._points: dict[str, dict[int, Point]] = {}
        self._changes = 0
        self._changed: dict[int, int] = {}  # by minute: the number of its last change
        # A thousand queues times sixty minutes are too much for each drawing: only minutes that changed are summed anew.
        self._sums: dict[tuple[str, ...], _Sums] = {}

    def close(self, last: QueueSnapshot) -> None:
        """Keep the last snapshot of a minute of a queue."""
        counts = last.windows.get(GOAL_WINDOW_MINUTES)
        above, below = good_and_all(last.formula)(counts) if counts and last.formula else (0, 0)
        minute = _minute(last.as_of)
        points = self._points.setdefault(last.queue, {})
        points[minute] = Point(last.waiting, above, below)
        self._note(minute)
        # A replay may begin again at an earlier time: what lies ahead of it is of another day.
        for other in [each for each in points if not minute - MINUTES * MINUTE < each <= minute]:
            del points[other]
            self._note(other)

    def fill(self, archived: Iterable[MinuteOfQueue], now: int) -> None:
        """Take minutes of the last hour that the board did not see itself, since it did not run."""
        end = _minute(now)
        for each in archived:
            if end - MINUTES * MINUTE <= each.start < end:
                point = Point(each.waiting, each.in_time, each.n)
                self._points.setdefault(each.queue, {}).setdefault(each.start, point)
                self._note(each.start)

    def forget(self, queue: str) -> None:
        self._points.pop(queue, None)

    def over(self, queues: Sequence[str], end: int) -> Hour:
        """The sums of these queues in the 60 whole minutes before `end`.

        A queue without any point in that time is not counted, as on the wall. In a minute of which one of the others knows
        nothing, nothing is known of the sum.
        """
        last = _minute(end)
        minutes = range(last - MINUTES * MINUTE, last, MINUTE)
        seen = tuple(queue for queue in queues if max(self._points.get(queue, (0,))) >= minutes[0])
        kept = self._sums.get(tuple(queues))
        if kept is None or kept.seen != seen:
            if len(self._sums) >= _SUMS_KEPT:
                self._sums.clear()
            kept = self._sums[tuple(queues)] = _Sums(seen)
        kept.known = {minute: self._summed(kept, minute) for minute in minutes}
        return tuple(point for _, point in kept.known.values())

    def _summed(self, kept: _Sums, minute: int) -> tuple[int, Point | None]:
        changed = self._changed.get(minute, 0)
        before = kept.known.get(minute)
        if before is not None and before[0] == changed:
            return before
        return changed, _sum([self._points[queue].get(minute) for queue in kept.seen])

    def _note(self, minute: int) -> None:
        if len(self._changed) >= _CHANGES_KEPT:
            self._changed.clear()
            self._sums.clear()
        self._changes += 1
        self._changed[minute] = self._changes


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
