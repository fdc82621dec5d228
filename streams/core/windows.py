"""Rolling counts of one queue: buckets of 5 s and of minutes, with running sums at minute boundaries.

Rule 1: intervals are `[start, end)`; a window of w minutes as of b is `[b - w, b)`.
Rule 2: an addition before the boundary changes its buckets and every sum that covers it; one after the
boundary changes only its buckets. So a late fact gives the same figures as a timely one, and the cost of an
event does not depend on the number of windows.
Windows are whole minutes, so at a minute boundary one minute enters and one leaves each window.
"""

from collections.abc import Callable
from operator import add, itemgetter, sub

from schemas.counters import COUNTERS, LEFT_OUTCOMES, WINDOW_MINUTES, Counts, positions
from schemas.formulas import above_and_below_by_place, formula
from schemas.millis import HOUR, MINUTE
from schemas.timing import FROZEN_AFTER_MS, LONGEST_WINDOW_MS, STEP_MS

Bucket = list[int]

_WIDTH = len(COUNTERS)
_EMPTY = [0] * _WIDTH  # never added to
_KEPT_MS = LONGEST_WINDOW_MS + FROZEN_AFTER_MS + MINUTE  # a minute row may still be cut again
_LAST_MS = 10 * MINUTE  # so far back the last arrival is mostly found at once
_PLACE = {minutes: place for place, minutes in enumerate(WINDOW_MINUTES)}  # in the sums
_HALF_HOUR, _HOUR = _PLACE[30], _PLACE[60]
_HALF_HOUR_MS = 30 * MINUTE
_NEAR_MS = 5 * MINUTE  # farther away from the sums, adding up all buckets costs less
_OFFERED, _ANSWERED, _SERVICE_ENDED = positions(("offered", "answered", "service_ended"))
_left = itemgetter(*positions(LEFT_OUTCOMES))
_share = above_and_below_by_place(formula("abandonment_ab2"))  # (lost, resolved)


def floor_step(at: int) -> int:
    return at - at % STEP_MS


class Windows:
    """`boundary` is None until the first event. Times without events have no bucket."""

    __slots__ = (
        "_newest_minute",
        "_note_minute",
        "arrived_before",
        "boundary",
        "buckets",
        "in_service",
        "minutes",
        "sums",
        "waiting",
    )

    def __init__(self, note_minute: Callable[[int], None]) -> None:
        """`note_minute` is called with the start of each minute whose buckets changed or were evicted."""
        self._note_minute = note_minute
        self.boundary: int | None = None
        self.buckets: dict[int, Bucket] = {}  # by start
        self.minutes: dict[int, Bucket] = {}  # by start, the same counts again
        self._newest_minute = 0  # no minute is kept that is later: rules ask for the last ones
        self.sums: list[Bucket] = [[0] * _WIDTH for _ in WINDOW_MINUTES]  # as of the whole minute
        self.arrived_before: int | None = None  # the newest minute with an arrival that was evicted
        self.waiting = 0  # arrived before the boundary, not left before it
        self.in_service = 0

    def slots(self, at: int) -> tuple[Bucket, Bucket]:
        """The two buckets that hold `at`; the caller adds to both (see `correct`).

        For a time that is older than what is kept they are thrown away: such a contribution changes the
        day, the totals and the line, but no window. What is kept is the same for a whole minute: where the boundary lies
        within it depends on what a worker remembers of the time before a restart.
        """
        boundary = self.boundary
        if boundary is not None and at < boundary and at < boundary - boundary % MINUTE - _KEPT_MS:
            return [0] * _WIDTH, [0] * _WIDTH
        start = at - at % STEP_MS
        bucket = self.buckets.get(start)
        if bucket is None:
            bucket = self.buckets[start] = [0] * _WIDTH
        minute_start = at - at % MINUTE
        minute = self.minutes.get(minute_start)
        if minute is None:
            minute = self.minutes[minute_start] = [0] * _WIDTH
            if minute_start > self._newest_minute:
                self._newest_minute = minute_start
        self._note_minute(minute_start)
        return bucket, minute

    def correct(self, at: int, counter: int, n: int) -> None:
        """Apply an addition before the boundary to the sums that were made already."""
        start = at - at % STEP_MS
        boundary = self.boundary
        if boundary is None or start >= boundary:
            return
        whole = boundary - boundary % MINUTE
        if start < whole:
            for minutes, total in zip(WINDOW_MINUTES, self.sums, strict=True):
                if start >= whole - minutes * MINUTE:
                    total[counter] += n
        change = [0] * _WIDTH
        change[counter] = n
        self._move_line(change)

    def pass_idle(self, target: int) -> None:
        """Move the boundary on while no window holds anything: there is nothing to add up."""
        self.boundary = target

    def leap(self, target: int) -> None:
        """Move the boundary on to `target`, at most to the end of its minute."""
        boundary = self.boundary
        if boundary is None:
            raise ValueError("a window without a boundary cannot leap")
        if target - boundary == MINUTE:
            self._move_found(self.minutes.get(boundary))
        else:
            for start in range(boundary, target, STEP_MS):
                self._move_found(self.buckets.get(start))
        self.boundary = target
        if target % MINUTE == 0:
            self._pass_minute(target - MINUTE)

    def _pass_minute(self, start: int) -> None:
        """The minute from `start` is over: it enters every window, and one minute leaves each."""
        entering = self.minutes.get(start, _EMPTY)
        for place, length in enumerate(WINDOW_MINUTES):
            leaving = self.minutes.get(start - length * MINUTE, _EMPTY)
            # In C: at each minute of each queue these are a thousand additions. Many minutes are empty.
            if leaving is _EMPTY:
                if entering is not _EMPTY:
                    self.sums[place] = list(map(add, self.sums[place], entering))
            elif entering is _EMPTY:
                self.sums[place] = list(map(sub, self.sums[place], leaving))
            else:
                self.sums[place] = list(map(sub, map(add, self.sums[place], entering), leaving))
        self._evict(start - _KEPT_MS)

    def jump(self, boundary: int) -> None:
        """Set the boundary and compute all sums again: after a gap in event time, or at the first event."""
        before = self.boundary
        for start, bucket in self.buckets.items():
            if (before is None or start >= before) and start < boundary:
                self._move_line(bucket)
        self.boundary = boundary
        limit = boundary - boundary % MINUTE - _KEPT_MS
        for start in [start for start in self.minutes if start < limit]:
            self._evict(start)
        self.resum()

    def resum(self) -> None:
        """Compute every sum from the buckets; the state keeps buckets alone."""
        boundary = self.boundary or 0
        whole = boundary - boundary % MINUTE
        # Each minute in the shortest window that holds it (the lengths ascend): a longer one is that and what it has more.
        held: list[list[Bucket]] = [[_EMPTY] for _ in WINDOW_MINUTES]
        for start, minute in self.minutes.items():
            for length, rows in zip(WINDOW_MINUTES, held, strict=True):
                if whole - length * MINUTE <= start < whole:
                    rows.append(minute)
                    break
        total = _EMPTY
        for place, rows in enumerate(held):
            total = self.sums[place] = list(map(sum, zip(total, *rows, strict=True)))

    def at(self, boundary: int) -> dict[int, Counts]:
        """The counts of every window as of a 5-second boundary near this one, by length in minutes."""
        here = self.boundary
        if here is None:  # before the first boundary of a queue there are no sums yet
            return self._summed(boundary)
        whole = here - here % MINUTE
        if boundary == whole:
            pairs = zip(WINDOW_MINUTES, self.sums, strict=True)
            return {minutes: Counts(*total) for minutes, total in pairs}
        if abs(boundary - whole) > _NEAR_MS:
            return self._summed(boundary)
        sign, first, last = (1, whole, boundary) if boundary > whole else (-1, boundary, whole)
        starts = range(first, last, STEP_MS)
        entering = [0] * _WIDTH
        for start in starts:
            _add_found(entering, self.buckets.get(start), sign)
        result = {}
        for minutes, total in zip(WINDOW_MINUTES, self.sums, strict=True):
            counts = total.copy()
            _add(counts, entering, 1)
            for start in starts:
                _add_found(counts, self.buckets.get(start - minutes * MINUTE), -sign)
            result[minutes] = Counts(*counts)
        return result

    def summed(self, minutes: int) -> Bucket:
        """The counters of one window, by place, as of the whole minute at or before the boundary: nothing is added up. Never to be
        changed.
        """
        return self.sums[_PLACE[minutes]]

    def arrived_in_last(self, minutes: int) -> int:
        """How many calls arrived in one window, as of the whole minute at or before the boundary."""
        return self.sums[_PLACE[minutes]][_OFFERED]

    def arrived(self, start: int, width_ms: int, n: int) -> list[int]:
        """How many calls arrived in each of `n` intervals of whole minutes from `start` on, which are still kept."""
        found, minutes = [0] * n, self.minutes
        for at in range(start, start + n * width_ms, MINUTE):
            if at in minutes:
                found[(at - start) // width_ms] += minutes[at][_OFFERED]
        return found

    def arrived_since(self, start: int) -> int:
        """The same since that minute, with what arrived after the boundary."""
        whole, minutes = (self.boundary or 0) // MINUTE * MINUTE, self.minutes
        hour_ago, total = whole - HOUR, 0
        # Rules ask for about an hour, which the sums know.
        if hour_ago <= start <= hour_ago + _NEAR_MS:
            total = self.sums[_HOUR][_OFFERED]
            if start > hour_ago:
                total -= self._arrived(hour_ago, start)
            start = whole
        if self._newest_minute - start > _KEPT_MS:  # a source is far ahead
            return total + sum(n[_OFFERED] for at, n in minutes.items() if at >= start)
        return total + self._arrived(start, self._newest_minute + MINUTE)

    def _arrived(self, start: int, end: int) -> int:
        minutes, found = self.minutes, 0
        for at in range(start, end, MINUTE):
            if at in minutes:
                found += minutes[at][_OFFERED]
        return found

    def last_arrival(self, before: int) -> int | None:
        """The start of the newest minute before `before` in which a call arrived; None if none is known."""
        found = self.minutes
        for at in range(min(before - MINUTE, self._newest_minute), before - _LAST_MS, -MINUTE):
            if at in found and found[at][_OFFERED] > 0:
                return at
        kept = [at for at, n in found.items() if at < before and n[_OFFERED] > 0]
        return max(kept, default=self.arrived_before)

    def _summed(self, boundary: int) -> dict[int, Counts]:
        """The same from all buckets: a replay and a live source of one queue may be years apart."""
        result = {}
        for minutes in WINDOW_MINUTES:
            total = [0] * _WIDTH
            for start, bucket in self.buckets.items():
                if boundary - minutes * MINUTE <= start < boundary:
                    _add(total, bucket, 1)
            result[minutes] = Counts(*total)
        return result

    def counted(self, start: int, end: int, counters: tuple[int, ...]) -> list[int]:
        """Some counters, by position, of `[start, end)` between two boundaries, of the buckets that are kept."""
        found, at = [0] * len(counters), start
        while at < end:
            if at % MINUTE or end - at < MINUTE:
                bucket, at = self.buckets.get(at), at + STEP_MS
            else:
                bucket, at = self.minutes.get(at), at + MINUTE
            if bucket is not None:
                found = [n + bucket[counter] for n, counter in zip(found, counters, strict=True)]
        return found

    def line_at(self, boundary: int) -> tuple[int, int]:
        """(waiting, in service) as of a boundary at or before this one."""
        waiting, in_service = self.waiting, self.in_service
        for start in range(boundary, self.boundary or boundary, STEP_MS):
            bucket = self.buckets.get(start)
            if bucket is not None:
                waiting -= bucket[_OFFERED] - sum(_left(bucket))
                in_service -= bucket[_ANSWERED] - bucket[_SERVICE_ENDED]
        return waiting, in_service

    def share(self, boundary: int | None = None) -> tuple[int, int]:
        """(lost, resolved) in `[boundary - 30 min, boundary)`: abandonment_ab2, short ones left out. `boundary`: another
        one than the windows' own, in its minute.
        """
        boundary = boundary or self.boundary or 0
        whole = boundary - boundary % MINUTE
        lost, resolved = _share(self.sums[_HALF_HOUR])
        for start in range(whole, boundary, STEP_MS):
            if (entering := self.buckets.get(start)) is not None:
                more_lost, more_resolved = _share(entering)
                lost += more_lost
                resolved += more_resolved
            if (leaving := self.buckets.get(start - _HALF_HOUR_MS)) is not None:
                less_lost, less_resolved = _share(leaving)
                lost -= less_lost
                resolved -= less_resolved
        return lost, resolved

    def most_lost(self) -> int:
        """The most lost of any half hour that ends within this minute, by the facts so far."""
        boundary = self.boundary or 0
        whole, (lost, _) = boundary - boundary % MINUTE, _share(self.sums[_HALF_HOUR])
        if whole in self.minutes:
            lost += _share(self.minutes[whole])[0]
        return lost

    def fewest_resolved(self) -> int:
        """The fewest resolved of the same."""
        boundary = self.boundary or 0
        leaving = boundary - boundary % MINUTE - _HALF_HOUR_MS
        _, resolved = _share(self.sums[_HALF_HOUR])
        if leaving in self.minutes:
            resolved -= _share(self.minutes[leaving])[1]
        return resolved

    def is_idle(self) -> bool:
        return not self.buckets and not self.waiting and not self.in_service

    def minute_of_buckets(self, start: int) -> dict[int, Bucket]:
        """The buckets of one minute, as they are kept in state."""
        find, starts = self.buckets.get, range(start, start + MINUTE, STEP_MS)
        return {each: held for each in starts if (held := find(each)) is not None}

    def restore_line(
        self, boundary: int | None, waiting: int, in_service: int, arrived_before: int | None
    ) -> None:
        """The boundary, how many waited and were served as of it, and the last arrival before what is kept."""
        self.boundary, self.waiting, self.in_service = boundary, waiting, in_service
        self.arrived_before = arrived_before

    def restore(self, buckets: dict[int, Bucket]) -> None:
        """One minute of buckets from the state; call `resum` when all are in."""
        minutes = self.minutes
        for start, bucket in buckets.items():
            self.buckets[start] = bucket
            minute_start = start - start % MINUTE
            minute = minutes.get(minute_start)
            minutes[minute_start] = bucket.copy() if minute is None else list(map(add, minute, bucket))  # fmt: skip
            if minute_start > self._newest_minute:
                self._newest_minute = minute_start

    def _move_found(self, bucket: Bucket | None) -> None:
        if bucket is not None:
            self._move_line(bucket)

    def _move_line(self, bucket: Bucket) -> None:
        self.waiting += bucket[_OFFERED] - sum(_left(bucket))
        self.in_service += bucket[_ANSWERED] - bucket[_SERVICE_ENDED]

    def _evict(self, minute_start: int) -> None:
        minute = self.minutes.pop(minute_start, None)
        if minute is not None:
            if minute[_OFFERED] > 0:
                self.arrived_before = max(minute_start, self.arrived_before or 0)
            for start in range(minute_start, minute_start + MINUTE, STEP_MS):
                self.buckets.pop(start, None)
            self._note_minute(minute_start)


def _add(total: Bucket, bucket: Bucket, sign: int) -> None:
    for counter, n in enumerate(bucket):
        if n:
            total[counter] += sign * n


def _add_found(total: Bucket, bucket: Bucket | None, sign: int) -> None:
    if bucket is not None:
        _add(total, bucket, sign)
