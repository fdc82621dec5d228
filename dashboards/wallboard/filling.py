"""After a restart the board has the last hour from the archive, where one is named: it saw none of it itself."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from dashboards.wallboard.last_hour import LastHour
from dashboards.wallboard.past import ArchiveSilentError
from schemas.half_hours import MinuteOfQueue

FAILED_S = 5.0  # board and archive often start together: the archive answers some seconds later
ANSWERED_S = 120.0
# The archive writes a minute some seconds after it is over: those around the start are asked for once more.
ANSWERS = 2
TRIES = 720  # about an hour; then the board has seen all of the last hour itself
log = logging.getLogger(__name__)


async def fill_last_hour(
    last_minutes: Callable[[], Awaitable[Sequence[MinuteOfQueue]]],
    hour: LastHour,
    clock: Callable[[], int],
    on_change: Callable[[], None],
    failed_s: float = FAILED_S,
    answered_s: float = ANSWERED_S,
) -> None:
    answers = 0
    for _ in range(TRIES):
        pause_s = failed_s
        try:
            archived = await last_minutes()
        except ArchiveSilentError as problem:
            log.debug("the last hour: %s", problem)  # tried again at once; pages of the past say it
        except Exception:
            log.exception("the last hour")
        else:
            hour.fill(archived, clock())
            on_change()
            answers += 1
            pause_s = answered_s
        if answers == ANSWERS:
            return
        await asyncio.sleep(pause_s)
