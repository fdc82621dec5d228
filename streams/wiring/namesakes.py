"""Finds out whether a worker that gets a new assignment again and again shares its name with another."""

import asyncio
import logging
from collections.abc import Callable

LOOK_EVERY_S = 5.0
_OFTEN = 3  # assignments in LOOK_EVERY_S; workers that join one after the other cause fewer

log = logging.getLogger(__name__)


class NamesakeError(Exception):
    """Another worker has this worker's name; the message is one line that says which."""


async def watch_namesakes(
    assignments: Callable[[], int],
    look: Callable[[], str | None],
    every_s: float = LOOK_EVERY_S,
) -> None:
    """Raise NamesakeError once `look` has found another worker of this name; else run for ever.

    `look` reads a topic, in another thread, and only after many assignments. The broker gives the
    partitions of a static name to the worker that joined last. Two workers of one name take them from
    each other once a second: boards show their queues and lose them again, with no other sign of why.
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
