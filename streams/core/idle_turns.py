"""When a queue in which nothing happens is shown again: in turns by the clock, not so long after its last snapshot.

So the snapshots of all idle queues are written, carried and read together, and whoever reads them is woken once, not for each
partition. A unit of a thousand queues would hold up everything else meanwhile: of it some have their turn at once, others later.
"""

from schemas.timing import IDLE_SHOWN_EVERY_MS

AT_ONCE = 50
_APART_MS = 100


def turn(now: int, number: int) -> int:
    """The turns that the queue with that number in its unit has had by `now` (ms): one every IDLE_SHOWN_EVERY_MS."""
    after_ms = number // AT_ONCE * _APART_MS % IDLE_SHOWN_EVERY_MS
    return (now - after_ms) // IDLE_SHOWN_EVERY_MS
