"""After a restart the board has the last hour from the archive, where one is named: it saw none of it itself."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from dashboards.wallboard.last_hour import LastHour
from dashboards.wallboard.past import ArchiveSilentError
from schemas.half_hours import MinuteOfQueue

AGAIN_S = 120.0
# The archive writes a minute some seconds after it is over: those around the start are asked for once more.
ANSWERS = 2
TRIES = 30  # in the hour after a start; then the board has seen all of the last hour itself
log = logging.getLogger(__name__)


async def fill_last_hour(
    last_minutes: Callable[[], Awaitable[Sequence[MinuteOfQueue]]],
    hour: LastHour,
    clock: Callable[[], int],
    on_change: Callable[[], None],
    again_s: float = AGAIN_S,
) -> None:
    answers = 0
    for _ in range(TRIES):
        try:
            archived = await last_minutes()
        except ArchiveSilentError as problem:
            log.warning("the last hour: %s", problem)
        except Exception:
            log.exception("the last hour")
        else:
            hour.fill(archived, clock())
            on_change()
            answers += 1
        if answers == ANSWERS:
            return
        await asyncio.sleep(again_s)
