"""Intervals on the clock of a time zone. Pure; bounds are UTC milliseconds, computed with zoneinfo.

Rule 1: an interval is `[start, end)`; it ends where the next begins, and where the zone's offset changes.
Rule 2: it starts at a multiple of its length after local midnight (a day: at the day's start), so
the night with two 02:00 hours has two intervals of that name, with different offsets.
"""

from datetime import timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from msgspec import Struct

from schemas.millis import DAY, HOUR, SECOND, to_datetime
from schemas.opening import Opening, business_day, open_spans

EVERY = {"15m": DAY // 96, "30m": DAY // 48, "1h": HOUR, "1d": DAY}


class Run(Struct, frozen=True):
    """`count` consecutive intervals of one length, from which SQL computes the interval of a moment."""

    start: int
    length: int
    count: int


def bounds(start: int, end: int, every_ms: int, zone: str, day_start_minute: int = 0) -> list[int]:
    """Starts of the intervals that cover `[start, end)`, and `end`. The first may be cut short."""
    if every_ms >= DAY:
        inner = _days(start, end, zone, day_start_minute)
    else:
        inner = _clock(start, end, every_ms, zone)
    return [start, *(at for at in inner if start < at < end), end]


def runs(points: list[int]) -> list[Run]:
    """The intervals between the points, packed by equal length."""
    packed: list[Run] = []
    for first, second in pairwise(points):
        last = packed[-1] if packed else None
        if last is not None and last.length == second - first:
            packed[-1] = Run(last.start, last.length, last.count + 1)
        else:
            packed.append(Run(first, second - first, 1))
    return packed


def open_starts(points: list[int], opening: Opening, zone: str) -> list[int]:
    """Starts of the intervals that touch opening hours."""
    if opening == Opening() or len(points) < 2:  # noqa: PLR2004 - always open; no interval
        return points[:-1]
    spans = spans_between(points[0], points[-1], opening, zone)
    found, place = [], 0
    for first, second in pairwise(points):
        while place < len(spans) and spans[place][1] <= first:
            place += 1
        if place < len(spans) and spans[place][0] < second:
            found.append(first)
    return found


def spans_between(start: int, end: int, opening: Opening, zone: str) -> list[tuple[int, int]]:
    """The opening hours that touch `[start, end)`, by rising start, none overlapping another."""
    day = to_datetime(start, ZoneInfo(zone)).date() - timedelta(days=1)
    last = to_datetime(end, ZoneInfo(zone)).date()
    spans: list[tuple[int, int]] = []
    while day <= last:
        spans += open_spans(opening, zone, day)
        day += timedelta(days=1)
    # Spans may overlap. Merge them, so that their ends rise and one pass is enough.
    merged: list[tuple[int, int]] = []
    for first, second in sorted(spans):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], second))
        else:
            merged.append((first, second))
    return merged


def _days(start: int, end: int, zone: str, day_start_minute: int) -> list[int]:
    days = []
    at = start
    while at < end:
        first, at = business_day(at, zone, day_start_minute)
        days.append(first)
    return days


def _clock(start: int, end: int, every_ms: int, zone: str) -> list[int]:
    """Multiples of the length on the local clock, and the changes of that clock."""
    found = []
    at = start
    for change in [*_changes(start, end, zone), end]:
        offset = _offset(at, zone)
        found.append(at)
        aligned = -(-(at + offset) // every_ms) * every_ms - offset
        found += range(aligned if aligned > at else at + every_ms, change, every_ms)
        at = change
    return sorted(set(found))


def _changes(start: int, end: int, zone: str) -> list[int]:
    """Moments in `(start, end)` at which the zone's offset changes, to the second."""
    found = []
    step = 6 * HOUR  # no zone changes its offset twice in that time
    for at in range(start, end, step):
        low, high = at, min(at + step, end)
        before = _offset(low, zone)
        if _offset(high, zone) == before:
            continue
        while high - low > SECOND:
            middle = (low + high) // 2
            low, high = (middle, high) if _offset(middle, zone) == before else (low, middle)
        found.append(high // SECOND * SECOND)
    return [at for at in found if start < at < end]


def _offset(at: int, zone: str) -> int:
    offset = to_datetime(at, ZoneInfo(zone)).utcoffset() or timedelta()
    return offset // timedelta(milliseconds=1)
