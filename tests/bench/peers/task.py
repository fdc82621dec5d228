"""The task that every system is given, and its answer. Pure.

Callers enter queues and are answered or give up. Asked: of each queue, over the half hour that ends at each whole
minute, how many arrived, were answered, gave up, and were answered within the target. Windows move in steps of
5 seconds, so each event is in 360 of them; only those that end at whole minutes are told and compared.
"""

import random
from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping

from msgspec import Struct

from schemas.calls import Abandoned, Answered, LegEvent, Queued
from schemas.millis import MINUTE

SOURCE = "platform"
TARGET_MS = 20_000
WINDOW_MS = 30 * MINUTE
STEP_MS = 5_000
_ABANDONED_SHARE = 0.12
_MEAN_WAIT_MS = 15_000.0
_LONGEST_WAIT_MS = 120_000
_SHORTEST_ABANDON_MS = 6_000  # a shorter one counts apart with us, and nowhere else

Key = tuple[str, int]  # (queue, end of the window in ms)
COUNTED = ("offered", "answered", "abandoned", "in_target")


class Counted(Struct, frozen=True):
    """Of one queue and window `[end - 30 min, end)`."""

    offered: int = 0
    answered: int = 0
    abandoned: int = 0
    in_target: int = 0


NOTHING = Counted()


def queue_name(number: int) -> str:
    return f"bench-{number:04d}"


def made(events: int, queues: int, start: int, span_ms: int, seed: int) -> list[LegEvent]:
    """Half of them arrivals, the other half their ends, all within `span_ms`, in the order of their times.

    The id of a leg begins with the moment of its arrival, as Asterisk's does: a system that reads it there needs to
    keep no call that is open.
    """
    lot = random.Random(seed)
    told: list[LegEvent] = []
    last_arrival = max(1, span_ms - _LONGEST_WAIT_MS) if span_ms > 2 * _LONGEST_WAIT_MS else 1
    for number in range(events // 2):
        arrived = start + lot.randrange(last_arrival)
        told += call(lot, number, queue_name(lot.randrange(queues)), arrived)
    return sorted(told, key=lambda event: event.at)


def call(lot: random.Random, number: int, queue: str, arrived: int) -> tuple[LegEvent, LegEvent]:
    """A caller who enters and is answered or gives up."""
    leg = f"{arrived}.{number}"
    wait = min(1 + int(lot.expovariate(1 / _MEAN_WAIT_MS)), _LONGEST_WAIT_MS)
    queued = Queued(event_id=f"{leg}:q", at=arrived, source=SOURCE, queue=queue, leg_id=leg)
    if lot.random() < _ABANDONED_SHARE:
        left = arrived + max(wait, _SHORTEST_ABANDON_MS)
        end: LegEvent = Abandoned(event_id=f"{leg}:e", at=left, source=SOURCE, queue=queue, leg_id=leg)  # fmt: skip
    else:
        end = Answered(event_id=f"{leg}:e", at=arrived + wait, source=SOURCE, queue=queue, leg_id=leg)  # fmt: skip
    return queued, end


def closes_at(events: Iterable[LegEvent]) -> int:
    """The whole minute by which the last event is over; the mark that closes the input comes later."""
    return (max(event.at for event in events) // MINUTE + 1) * MINUTE


def expected(events: Iterable[LegEvent]) -> dict[Key, Counted]:
    """Counted anew for each queue and minute, without windows; those in which nothing happened are left out."""
    moments: dict[str, dict[str, list[int]]] = {}
    first, last = 2**62, 0
    for event in events:
        first, last = min(first, event.at), max(last, event.at)
        of_queue = moments.setdefault(event.queue, {name: [] for name in COUNTED})
        for name in _counts_as(event):
            insort(of_queue[name], event.at)
    minutes = range((first // MINUTE + 1) * MINUTE, (last // MINUTE + 1) * MINUTE + 1, MINUTE)
    found = {
        (queue, end): Counted(**{name: _between(times, end - WINDOW_MS, end) for name, times in of_queue.items()})
        for queue, of_queue in moments.items()
        for end in minutes
    }  # fmt: skip
    return {key: counted for key, counted in found.items() if counted != NOTHING}


def differences(answer: Mapping[Key, Counted], found: Mapping[Key, Counted]) -> list[str]:
    """What a system told otherwise than it is, up to the last minute that is asked; empty when all agree."""
    last = max((end for _, end in answer), default=0)
    keys = {key for key in found if key[1] <= last} | set(answer)
    return [
        f"{queue} before {end}: {told} instead of {asked}"
        for queue, end in sorted(keys)
        if (told := found.get((queue, end), NOTHING)) != (asked := answer.get((queue, end), NOTHING))
    ]  # fmt: skip


def _counts_as(event: LegEvent) -> tuple[str, ...]:
    if isinstance(event, Queued):
        return ("offered",)
    if isinstance(event, Abandoned):
        return ("abandoned",)
    in_target = event.at - int(event.leg_id.partition(".")[0]) <= TARGET_MS
    return ("answered", "in_target") if in_target else ("answered",)


def _between(times: list[int], start: int, end: int) -> int:
    return bisect_left(times, end) - bisect_left(times, start)
