"""Whether a line was open in hours that the archive does not know: without calls they would look like quiet ones."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

from schemas.millis import HOUR, to_datetime
from schemas.opening import open_spans
from schemas.targets import Targets

_QUIET_MS = HOUR  # a line that is open may be without a call for so long, and nothing is missing


def open_before(queues: Iterable[Targets], start: int, first: int) -> str:
    """The first queue that was open in `[start, first)` longer than a line may be quiet; "" if none was."""
    return open_meanwhile(queues, start, first - _QUIET_MS)


def open_meanwhile(queues: Iterable[Targets], start: int, end: int) -> str:
    """The first queue that was open at a time in `[start, end)`; "" if none was."""
    return next((each.queue for each in queues if any(_open(each, start, end))), "")


def _open(queue: Targets, start: int, end: int) -> Iterator[bool]:
    if start >= end:
        return
    zone = ZoneInfo(queue.time_zone)
    day = to_datetime(start, zone).date() - timedelta(days=1)  # its hours may go past midnight
    last = to_datetime(end, zone).date()
    while day <= last:
        for opens, closes in open_spans(queue.opening, queue.time_zone, day):
            yield opens < end and closes > start
        day += timedelta(days=1)
