"""For how long how many callers waited at once: the distribution of the length of a queue. Pure.

Calls come in bunches: of two queues with the same mean wait one may be empty for half of the day and the other hold
forty callers at once.
"""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct


class Lengths(Struct, frozen=True):
    """`ms`: for each number of waiting callers for how long; their sum is the time that was watched."""

    ms: Mapping[int, int]

    @property
    def watched_ms(self) -> int:
        return sum(self.ms.values())

    @property
    def mean(self) -> float | None:
        if not self.watched_ms:
            return None
        return sum(waiting * ms for waiting, ms in self.ms.items()) / self.watched_ms

    def percentile(self, percent: int) -> int | None:
        """The smallest number that at least `percent` of the time was not exceeded."""
        passed = 0
        for waiting, ms in sorted(self.ms.items()):
            passed += ms
            if passed * 100 >= percent * self.watched_ms > 0:
                return waiting
        return None

    def share(self, waiting: int) -> float:
        return self.ms.get(waiting, 0) / self.watched_ms if self.watched_ms else 0.0


def lengths(stays: Iterable[tuple[int, int]], spans: Sequence[tuple[int, int]]) -> Lengths:
    """`stays`: `[arrived, left)` of each caller. `spans`: the times to watch, rising, none overlapping another."""
    steps: dict[int, int] = {}
    for arrived, left in stays:
        steps[arrived] = steps.get(arrived, 0) + 1
        steps[left] = steps.get(left, 0) - 1
    ms: dict[int, int] = {}
    moments = iter(sorted(steps.items()))
    at, change = next(moments, (None, 0))
    waiting = 0
    for start, end in spans:
        now = start
        while at is not None and at < end:
            if at > now:
                ms[waiting] = ms.get(waiting, 0) + at - now
                now = at
            waiting += change
            at, change = next(moments, (None, 0))
        if end > now:
            ms[waiting] = ms.get(waiting, 0) + end - now
    return Lengths(ms)
