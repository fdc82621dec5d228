"""Computes a queue minute by minute from its legs, in one pass over sorted moments. Pure.

As of `at` (as in schemas.minutes): a leg waits if it arrived before `at` and has not left before it; windows
`[at - w, at)` count each contribution at its own moment.
"""

from collections.abc import Iterator, Sequence
from heapq import heappop, heappush
from typing import NamedTuple

from msgspec import Struct, field

from schemas.counters import COUNTERS, Counts
from streams.core.counting import Contribution, compiled


class LegTimes(NamedTuple):
    """The columns that the sweep needs of an inbound leg in opening hours that was not rejected."""

    outcome: str
    arrived_at: int
    left_at: int | None  # an answered leg leaves the queue at the answer
    ended_at: int | None
    wait_ms: int | None
    in_target: bool | None  # None without targets
    short: bool | None
    formula: str
    channel: str


class State(Struct, frozen=True):
    """A queue as of one minute. `formula` empty: use that of the configuration, if there is one."""

    waiting: int = 0
    oldest_wait_ms: int | None = None
    in_service: int = 0
    counts: Counts = field(default_factory=Counts)
    formula: str = ""


_CONTRIBUTE, _ = compiled("arrival", "leaving")  # of legs in opening hours


def sweep(
    legs: Sequence[LegTimes], moments: Sequence[int], window_ms: int, service_cap_ms: int
) -> Iterator[State]:
    """The state at each of the `moments`, which must rise; `legs` must be in order of arrival."""
    happened = sorted(each for leg in legs for each in _contributions(leg))
    served = sorted(moment for leg in legs for moment in _served(leg, service_cap_ms))
    line = _Line(legs)
    counts = [0] * len(COUNTERS)
    head = tail = at_service = in_service = 0
    formula = next((leg.formula for leg in reversed(legs) if leg.formula), "")
    for at in moments:
        while head < len(happened) and happened[head][0] < at:
            _, counter, n = happened[head]
            counts[counter] += n
            head += 1
        while tail < head and happened[tail][0] < at - window_ms:
            _, counter, n = happened[tail]
            counts[counter] -= n
            tail += 1
        while at_service < len(served) and served[at_service][0] < at:
            in_service += served[at_service][1]
            at_service += 1
        waiting, oldest = line.at(at)
        yield State(waiting, oldest, in_service, Counts(*counts), formula)


class _Line:
    """The waiting callers: a heap by arrival gives the oldest, a heap by leaving those who are gone."""

    def __init__(self, legs: Sequence[LegTimes]) -> None:
        self._legs = legs
        self._next = 0
        self._by_arrival: list[
            tuple[int, int]
        ] = []  # (arrived, left); one who left is removed when it becomes the oldest
        self._by_leaving: list[int] = []
        self._waiting = 0

    def at(self, at: int) -> tuple[int, int | None]:
        """(waiting, age of the oldest in ms) for rising `at`."""
        while self._next < len(self._legs) and self._legs[self._next].arrived_at < at:
            leg = self._legs[self._next]
            self._next += 1
            left = leg.left_at
            if left is not None and left < at:
                continue
            self._waiting += 1
            if left is not None:
                heappush(self._by_leaving, left)
            heappush(self._by_arrival, (leg.arrived_at, left if left is not None else _NEVER))
        while self._by_leaving and self._by_leaving[0] < at:
            heappop(self._by_leaving)
            self._waiting -= 1
        while self._by_arrival and self._by_arrival[0][1] < at:
            heappop(self._by_arrival)
        oldest = at - self._by_arrival[0][0] if self._by_arrival else None
        return self._waiting, oldest


_NEVER = 2**62


def _contributions(leg: LegTimes) -> tuple[Contribution, ...]:
    outcome = "open" if leg.left_at is None else leg.outcome
    return _CONTRIBUTE[outcome](leg, leg, leg.arrived_at)


def _served(leg: LegTimes, service_cap_ms: int) -> Iterator[tuple[int, int]]:
    """In service from the answer to the end, or to the cap if the end is not known."""
    if leg.outcome != "answered" or leg.left_at is None:
        return
    yield leg.left_at, 1
    yield (leg.left_at + service_cap_ms if leg.ended_at is None else leg.ended_at), -1
