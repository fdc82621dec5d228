"""When Python's cyclic garbage is collected in a worker.

The state is a large graph without cycles, and walking it at the usual thresholds took an eighth of
the time of an event. So only what is new is walked, at a pace of ours, and everything in a quiet hour.
Cycles come from connections and failures alone; an hour of them is a few megabytes.
"""

import asyncio
import gc
from collections.abc import Callable

from streams.wiring.options import BACKLOG

_YOUNG_EVERY_S = 10.0
_ALL_AFTER = 360  # times the above: an hour


async def collect_for_ever(lag: Callable[[], int]) -> None:
    """Take over from the automatic collector; `lag` in records says whether there is time for it."""
    gc.freeze()  # what is loaded by now stays: the collector need not walk it again
    gc.disable()
    rounds = 0
    while True:
        await asyncio.sleep(_YOUNG_EVERY_S)
        rounds += 1
        if collect(lag(), full_is_due=rounds >= _ALL_AFTER):
            rounds = 0


def collect(lag: int, *, full_is_due: bool) -> bool:
    """One round; True when everything was walked.

    What a backlog leaves is set aside unwalked, which takes no time, until everything is walked.
    """
    if lag > BACKLOG:
        gc.freeze()
    elif full_is_due and lag == 0:
        gc.unfreeze()
        gc.collect()
        gc.freeze()
        return True
    else:
        gc.collect(0)
    return False
