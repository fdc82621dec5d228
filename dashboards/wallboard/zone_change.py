"""When the clock of a zone is changed next. Pure."""

from datetime import timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from schemas.millis import DAY, SECOND, to_datetime

AHEAD_MS = (
    28 * DAY
)  # a page that heard nothing for longer says since which day, and no more is asked of it
_GRID_MS = 7 * DAY  # no zone changes twice in it and is as before


class Change(NamedTuple):
    """From `at` (ms since 1970) on the zone is `offset_ms` ahead of UTC."""

    at: int
    offset_ms: int


def next_change(zone: str, now: int) -> Change | None:
    """None if there is none within the next four weeks."""
    where = ZoneInfo(zone)
    offset = _offset_ms(where, now)
    for after in range(now + _GRID_MS, now + AHEAD_MS + 1, _GRID_MS):
        if (then := _offset_ms(where, after)) != offset:
            return Change(_first_second(where, offset, after - _GRID_MS, after), then)
    return None


def _first_second(where: ZoneInfo, offset: int, same: int, other: int) -> int:
    """Changes fall on whole seconds."""
    low, high = same // SECOND, -(-other // SECOND)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset_ms(where, middle * SECOND) == offset:
            low = middle
        else:
            high = middle
    return high * SECOND


def _offset_ms(where: ZoneInfo, at: int) -> int:
    offset = to_datetime(at, where).utcoffset() or timedelta()
    return round(offset.total_seconds() * 1000)
