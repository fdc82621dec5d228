"""How old a queue's figures are, and whether they may still be shown as live.

A live figure is fresh below an age of 10 s (with 5 s it would flicker, since sources tick every 1-5 s),
grey from 10 s on, and blank from 30 s on. Old figures that still advance come from a stream that
catches up (`behind`). A replay is judged only by whether it advances, because its dates are old anyway.
"""

from typing import Literal

from schemas.snapshots import QueueSnapshot
from schemas.timing import DEAD_MS, FRESH_MS

Condition = Literal["live", "replay", "behind", "stale", "dead", "unseen"]
MOVING: frozenset[Condition] = frozenset({"live", "replay"})  # people may act on these figures
SHOWN: frozenset[Condition] = MOVING | {"behind", "stale"}  # figures of other conditions are hidden
OLD: frozenset[Condition] = frozenset(
    {"behind", "stale", "dead"}
)  # there were figures, and they are not of now


def condition(snapshot: QueueSnapshot | None, advanced_at: int, now: int) -> Condition:
    """The condition at `now`; `advanced_at` is the stream's wall clock when `as_of` last rose. In ms."""
    if snapshot is None:
        return "unseen"
    age, standing = now - snapshot.as_of, now - advanced_at
    if snapshot.replay and not snapshot.source_stale:
        return _by_age(standing, "replay")
    if age < DEAD_MS:
        return "stale" if snapshot.source_stale else _by_age(age, "live")
    moves = standing < FRESH_MS and not snapshot.source_stale
    return "behind" if moves else "dead"


def clock_of(snapshot: QueueSnapshot, state: Condition, advanced_at: int, now: int) -> int:
    """The time from which waits of this queue are computed; it advances only while its figures do."""
    if state == "live":
        return now
    if state == "replay":
        return snapshot.as_of + max(0, now - advanced_at)
    return snapshot.as_of


def _by_age(age: int, fresh: Condition) -> Condition:
    if age < FRESH_MS:
        return fresh
    return "stale" if age < DEAD_MS else "dead"
