"""Makes the profile of a queue from the calls of its last weeks. Pure.

Rule 1: only whole days count, from the queue's first one on; not those on which holidays or exceptions change the hours.
Rule 2: of each weekday the busiest and the quietest day are left out, by calls per open time: one bad week changes
nothing. Four days of a weekday are needed, so that two are left.
Rule 3: a slot has the mean of the days that are left, over the time for which it was open on them.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from msgspec import Struct

from schemas.millis import DAY, from_datetime, to_datetime
from schemas.opening import WEEKDAYS, Opening, business_day, open_spans
from schemas.profiles import SLOT_MINUTES, SLOT_MS, SLOTS, Profile
from schemas.targets import Targets
from schemas.targets_book import TargetsBook
from streams.core.expected_calls import BIN_MS

WEEKS = 8
WEEK_MS = 7 * DAY
DAYS_NEEDED = 4  # of a weekday
_LEVEL_DECAY = 0.5 ** (1 / 24)  # the level of a day forgets half within two hours
_LEVEL_PRIOR = 33.0  # calls: as in the rule that uses the dispersion
_ENOUGH_EXPECTED = 100.0  # calls; of fewer the dispersion is chance itself


class Made(Struct, frozen=True):
    """`profile` None: no weekday has enough days. `days`: how many of each weekday there were, where the queue is open."""

    queue: str
    profile: Profile | None
    days: dict[str, int]

    def lacking(self) -> list[str]:
        """The weekdays of which there are too few days."""
        return [name for name, n in self.days.items() if n < DAYS_NEEDED]


class _Day(NamedTuple):
    """One date: (slot, calls) of each open bin, in order."""

    weekday: int
    bins: list[tuple[int, int]]

    @property
    def rate(self) -> float:
        return sum(calls for _, calls in self.bins) / len(self.bins)


def first_needed(now: int, weeks: int) -> int:
    """From when on calls are needed for so many weeks of whole days, in every zone."""
    return now - weeks * WEEK_MS - DAY


def make(
    queue: str,
    book: TargetsBook,
    bins: Mapping[int, int],
    span: tuple[int, int],
    made_at: int,
) -> Made:
    """`bins`: calls by the start of their 5 minutes; `span`: from the queue's first call at the earliest to the last one
    of the archive at the latest. Its version is to be given when it is published.
    """
    targets = book.at(queue, made_at)[0]
    if targets is None:
        return Made(queue, None, {})
    since, until = _whole(span, targets.time_zone)
    found: dict[int, list[_Day]] = {}
    for day in _days(book, queue, bins, since, until, targets.time_zone):
        found.setdefault(day.weekday, []).append(day)
    open_on = {d for d in range(7) if _is_open_on(targets, d)}
    counted = {WEEKDAYS[d]: len(found.get(d, ())) for d in sorted(open_on | found.keys())}
    kept = {d: _without_extremes(days) for d, days in found.items() if len(days) >= DAYS_NEEDED}
    if not kept:
        return Made(queue, None, counted)
    usual = tuple(_means(kept.get(weekday, [])) for weekday in range(7))
    profile = Profile(
        queue, 0, 0, made_at, targets.time_zone, since, until, dispersion(kept, usual), usual
    )
    return Made(queue, profile, counted)


def _whole(span: tuple[int, int], zone: str) -> tuple[int, int]:
    """From the first midnight to the last one."""
    first, end = business_day(span[0], zone, 0)
    since = first if first == span[0] else end
    until, _ = business_day(span[1], zone, 0)
    return since, max(since, until)


def _days(
    book: TargetsBook, queue: str, bins: Mapping[int, int], since: int, until: int, zone: str
) -> Iterator[_Day]:
    day = to_datetime(since, ZoneInfo(zone)).date()
    while _midnight(day, zone) < until:
        targets = book.at(queue, _midnight(day, zone) + DAY // 2)[0]
        if targets is not None and not _is_special(targets.opening, day):
            found = [
                (slot, bins.get(start, 0))
                for start, slot in open_bins(targets.opening, targets.time_zone, day, zone)
            ]
            if found:
                yield _Day(day.weekday(), found)
        day += timedelta(days=1)


def _is_special(opening: Opening, day: date) -> bool:
    name = day.isoformat()
    return name in opening.holidays or any(each.date == name for each in opening.exceptions)


def _is_open_on(targets: Targets, weekday: int) -> bool:
    weekly = targets.opening.weekly
    return weekly is None or any(span.weekday == weekday for span in weekly)


@lru_cache(maxsize=4096)
def open_bins(
    opening: Opening, opening_zone: str, day: date, zone: str
) -> tuple[tuple[int, int], ...]:
    """(start, slot) of the bins of a date that are whole in opening hours: 276 or 300 when clocks change."""
    spans = [
        span
        for each in (day - timedelta(days=1), day, day + timedelta(days=1))
        for span in open_spans(opening, opening_zone, each)
    ]
    starts = range(_midnight(day, zone), _midnight(day + timedelta(days=1), zone), BIN_MS)
    return tuple(
        (start, _slot(start, zone))
        for start in starts
        if any(first <= start < end for first, end in spans)
        and any(first <= start + BIN_MS - 1 < end for first, end in spans)
    )


def _slot(at: int, zone: str) -> int:
    local = to_datetime(at, ZoneInfo(zone))
    return (local.hour * 60 + local.minute) // SLOT_MINUTES


def _midnight(day: date, zone: str) -> int:
    return from_datetime(datetime.combine(day, time(), ZoneInfo(zone)))


def _without_extremes(days: list[_Day]) -> list[_Day]:
    by_rate = sorted(days, key=lambda each: each.rate)
    return by_rate[1:-1]


def _means(days: Sequence[_Day]) -> tuple[float | None, ...]:
    calls, bins = [0] * SLOTS, [0] * SLOTS
    for day in days:
        for slot, n in day.bins:
            calls[slot] += n
            bins[slot] += 1
    return tuple(
        round(n * SLOT_MS / BIN_MS / of, 3) if of else None
        for n, of in zip(calls, bins, strict=True)
    )


def dispersion(
    kept: Mapping[int, Sequence[_Day]], usual: Sequence[Sequence[float | None]]
) -> float:
    """Variance / mean of the calls of 5 minutes after profile and level are removed; at least 1.

    The level of a day is an exponentially weighted mean of calls over expected calls, of the bins before. A bin is one
    of the n that make the mean with which it is compared: its variance is smaller by 1 - 1/n.
    """
    squares = expected = 0.0
    for weekday, days in kept.items():
        alike = len(days) * SLOT_MS // BIN_MS
        own = alike / (alike - 1)
        for day in days:
            came = mean = 0.0
            for slot, calls in day.bins:
                at_usual = (usual[weekday][slot] or 0.0) * BIN_MS / SLOT_MS
                here = at_usual * (_LEVEL_PRIOR + came) / (_LEVEL_PRIOR + mean)
                squares += own * (calls - here) ** 2
                expected += here
                came, mean = came * _LEVEL_DECAY + calls, mean * _LEVEL_DECAY + at_usual
    if expected < _ENOUGH_EXPECTED:
        return 1.0
    return round(max(1.0, squares / expected), 2)
