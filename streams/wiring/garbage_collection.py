"""When Python's cyclic garbage is collected in a worker.

The state is a large graph of objects without cycles. Scanning it at Python's usual thresholds took an
eighth of the time per event. So only new objects are scanned every 10 s, and all objects about once an
hour, when there is no lag. Only connections and exceptions make cycles: a few megabytes an hour.
"""

import asyncio
import gc
from collections.abc import Callable

from streams.wiring.options import BACKLOG

_YOUNG_EVERY_S = 10.0
_ALL_AFTER = 360  # rounds of _YOUNG_EVERY_S: an hour


async def collect_for_ever(lag: Callable[[], int]) -> None:
    """Replace the automatic collector; a full collection waits until `lag`, in records, is 0."""
    gc.freeze()  # what is loaded by now stays for ever: the collector need not scan it again
    gc.disable()
    rounds = 0
    while True:
        await asyncio.sleep(_YOUNG_EVERY_S)
        rounds += 1
        if collect(lag(), full_is_due=rounds >= _ALL_AFTER):
            rounds = 0


def collect(lag: int, *, full_is_due: bool) -> bool:
    """One round; True when all objects were scanned.

    In a backlog nothing is scanned: new objects are frozen, which takes no time, and are scanned in the
    next full collection.
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
