"""Rolling counts of one queue: 5-second buckets with running sums, exact at every 5-second boundary.

Rule 1: a moment belongs to `[start, end)`; the sums cover `[boundary - w, boundary)`.
Rule 2: an addition behind the boundary corrects each sum that covers it; one ahead of it only its
bucket. So late equals early, at a cost that does not depend on the number of windows.
"""

from schemas.counters import COUNTERS, WINDOW_MINUTES, Counts
from schemas.millis import MINUTE, SECOND
from streams.core.verdict import ANSWERED, GHOST, OFFERED, SERVICE_ENDED

STEP_MS = 5 * SECOND
_WIDTH = len(COUNTERS)
_LENGTHS = tuple(minutes * MINUTE for minutes in WINDOW_MINUTES)
_KEPT_MS = max(_LENGTHS) + 2 * MINUTE  # a minute row may be cut again until a minute later
_LEFT = range(ANSWERED, GHOST + 1)

Bucket = list[int]


def floor_step(at: int) -> int:
    return at - at % STEP_MS


class Windows:
    """Buckets by start; `boundary` None until the first event. Empty stretches hold nothing."""

    __slots__ = ("_oldest", "boundary", "buckets", "in_service", "sums", "touched", "waiting")

    def __init__(self) -> None:
        self.boundary: int | None = None
        self.buckets: dict[int, Bucket] = {}
        self.sums: list[Bucket] = [[0] * _WIDTH for _ in _LENGTHS]
        self.waiting = 0  # arrived before the boundary, not left before it
        self.in_service = 0
        self.touched: set[int] = set()  # bucket starts to be written at the next checkpoint
        self._oldest: int | None = None

    def add(self, at: int, counter: int, n: int) -> None:
        start = at - at % STEP_MS
        bucket = self.buckets.get(start)
        boundary = self.boundary
        if boundary is not None and start < boundary:
            self._correct(start, counter, n, boundary)
            if start < boundary - _KEPT_MS:
                return  # beyond every window: only the line above and the day know it
        if bucket is None:
            bucket = self.buckets[start] = [0] * _WIDTH
            if self._oldest is None or start < self._oldest:
                self._oldest = start
        bucket[counter] += n
        self.touched.add(start)

    def _correct(self, start: int, counter: int, n: int, boundary: int) -> None:
        for length, total in zip(_LENGTHS, self.sums, strict=True):
            if start >= boundary - length:
                total[counter] += n
        if counter == OFFERED:
            self.waiting += n
        elif counter in _LEFT:
            self.waiting -= n
            if counter == ANSWERED:
                self.in_service += n
        elif counter == SERVICE_ENDED:
            self.in_service -= n

    def step(self) -> int:
        """Move the boundary on by 5 s; the new boundary."""
        boundary = self.boundary
        if boundary is None:
            raise ValueError("a window without a boundary cannot step")
        entering = self.buckets.get(boundary)
        if entering is not None:
            for total in self.sums:
                for counter, n in enumerate(entering):
                    if n:
                        total[counter] += n
            self._move_line(entering)
        for length, total in zip(_LENGTHS, self.sums, strict=True):
            leaving = self.buckets.get(boundary - length)
            if leaving is not None:
                for counter, n in enumerate(leaving):
                    if n:
                        total[counter] -= n
        self.boundary = boundary + STEP_MS
        self._evict()
        return self.boundary

    def jump(self, boundary: int) -> None:
        """Set the boundary anew and sum up afresh (a gap in event time, or a recovered state)."""
        before = self.boundary
        for start in sorted(self.buckets):
            if (before is None or start >= before) and start < boundary:
                self._move_line(self.buckets[start])
        self.boundary = boundary
        self._evict()
        self.resum()

    def resum(self) -> None:
        boundary = self.boundary or 0
        self.sums = [[0] * _WIDTH for _ in _LENGTHS]
        for start, bucket in self.buckets.items():
            for length, total in zip(_LENGTHS, self.sums, strict=True):
                if boundary - length <= start < boundary:
                    _add(total, bucket, 1)

    def at(self, boundary: int) -> dict[int, Counts]:
        """The counts of every window as of another boundary near this one, by length in minutes."""
        result = {}
        here = self.boundary if self.boundary is not None else boundary
        for minutes, length, total in zip(WINDOW_MINUTES, _LENGTHS, self.sums, strict=True):
            if boundary == here:
                counts = total
            else:
                counts = total.copy()
                sign, first, last = (1, here, boundary) if boundary > here else (-1, boundary, here)
                for start in range(first, last, STEP_MS):
                    _add_found(counts, self.buckets.get(start), sign)
                    _add_found(counts, self.buckets.get(start - length), -sign)
            result[minutes] = Counts(*counts)
        return result

    def line_at(self, boundary: int) -> tuple[int, int]:
        """(waiting, in service) as of a boundary at or before this one."""
        waiting, in_service = self.waiting, self.in_service
        for start in range(boundary, self.boundary or boundary, STEP_MS):
            bucket = self.buckets.get(start)
            if bucket is not None:
                waiting -= bucket[OFFERED] - sum(bucket[c] for c in _LEFT)
                in_service -= bucket[ANSWERED] - bucket[SERVICE_ENDED]
        return waiting, in_service

    def is_idle(self) -> bool:
        return not self.buckets and not self.waiting and not self.in_service

    def _move_line(self, bucket: Bucket) -> None:
        self.waiting += bucket[OFFERED] - sum(bucket[c] for c in _LEFT)
        self.in_service += bucket[ANSWERED] - bucket[SERVICE_ENDED]

    def _evict(self) -> None:
        limit = (self.boundary or 0) - _KEPT_MS
        if self._oldest is None or self._oldest >= limit:
            return
        for start in [start for start in self.buckets if start < limit]:
            del self.buckets[start]
            self.touched.add(start)
        self._oldest = min(self.buckets, default=None)

    def restore(self, buckets: dict[int, Bucket]) -> None:
        """Buckets read from the state topic; call `resum` when all are in."""
        self.buckets.update(buckets)
        self._oldest = min(self.buckets, default=None)


def _add(total: Bucket, bucket: Bucket, sign: int) -> None:
    for counter, n in enumerate(bucket):
        if n:
            total[counter] += sign * n


def _add_found(total: Bucket, bucket: Bucket | None, sign: int) -> None:
    if bucket is not None:
        _add(total, bucket, sign)
