"""Whether a worker that is assigned anew again and again shares its name with another one."""

import asyncio
import logging
from collections.abc import Callable

LOOK_EVERY_S = 5.0
_OFTEN = 3  # assignments between two looks: workers that join one after the other make fewer

log = logging.getLogger(__name__)


class NamesakeError(Exception):
    """The one line that says who else has this worker's name."""


async def watch_namesakes(
    assignments: Callable[[], int],
    look: Callable[[], str | None],
    every_s: float = LOOK_EVERY_S,
) -> None:
    """Ends in NamesakeError; `look` reads a topic, in another thread, and only where it is suspected.

    The broker gives a static name to whoever asked last. Two of one name take everything from each
    other once a second: boards show their queues and lose them again, and nothing says why.
    """
    before = assignments()
    while True:
        await asyncio.sleep(every_s)
        now = assignments()
        if now - before >= _OFTEN:
            log.warning(
                "assigned %d times in %g s: looking for another of this name", now - before, every_s
            )
            line = await asyncio.to_thread(look)
            if line is not None:
                raise NamesakeError(line)
        before = now
