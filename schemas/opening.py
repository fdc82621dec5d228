"""Opening hours and business days of a queue in its time zone, correct on nights when clocks change."""

import re
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from msgspec import Struct

from schemas.millis import DAY, EARLIEST, LATEST, from_datetime, to_datetime

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_DAY_MINUTES = 24 * 60
_CLOCK = r"([01]\d|2[0-3]):([0-5]\d)|24:00"
_SPAN = re.compile(rf"(?P<start>{_CLOCK})-(?P<end>{_CLOCK})")
_WEEKLY = re.compile(r"(?P<days>[A-Za-z,-]+) (?P<span>\S+)")


class WeeklySpan(Struct, frozen=True, gc=False):
    """Minutes after midnight of `weekday` (Monday 0); an end above 1,440 is on the next day."""

    weekday: int
    start_minute: int
    end_minute: int


class DatedSpan(Struct, frozen=True, gc=False):
    """Replaces the week's hours on one date; `start_minute == end_minute` means closed all day."""

    date: str
    start_minute: int
    end_minute: int


class Opening(Struct, frozen=True):
    """`weekly` None means always open; holidays are closed unless `exceptions` names the date."""

    weekly: tuple[WeeklySpan, ...] | None = None
    holidays: tuple[str, ...] = ()
    exceptions: tuple[DatedSpan, ...] = ()


def parse_weekly(text: str) -> tuple[WeeklySpan, ...]:
    """`Mon-Fri 07:00-19:00`, `Sat,Sun 22:00-06:00`; ValueError says what is wrong."""
    match = _WEEKLY.fullmatch(text)
    if not match:
        raise ValueError(f'expected "Mon-Fri 07:00-19:00" or "always", got "{text}"')
    start, end = _minutes(match["span"])
    return tuple(WeeklySpan(day, start, end) for day in _weekdays(match["days"]))


def parse_dated(text: str) -> DatedSpan:
    """`2026-12-24 08:00-12:00` or `2026-12-25 closed`; ValueError says what is wrong."""
    day, _, span = text.partition(" ")
    parse_date(day)
    start, end = (0, 0) if span == "closed" else _minutes(span)
    return DatedSpan(day, start, end)


def parse_date(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError(f'expected a date such as "2026-12-25", got "{text}"') from None


def is_open(opening: Opening, zone: str, at: int) -> bool:
    """Whether `at` lies in opening hours; a span over midnight belongs to the day it starts on."""
    if opening.weekly is None and not opening.holidays and not opening.exceptions:
        return True
    local = to_datetime(at, ZoneInfo(zone)).date()
    for day in (local, local - timedelta(days=1)):
        if any(start <= at < end for start, end in open_spans(opening, zone, day)):
            return True
    return False


def unchanging(opening: Opening, zone: str, at: int) -> tuple[int, int]:
    """A span `[start, end)` around `at` in which `is_open` says the same, at most a local day unless it is always open."""
    if opening.weekly is None and not opening.holidays and not opening.exceptions:
        return EARLIEST, LATEST
    local = to_datetime(at, ZoneInfo(zone)).date()
    changes = [local_minute(local, 0, zone), local_minute(local, _DAY_MINUTES, zone)]
    for day in (local, local - timedelta(days=1)):
        changes += [moment for span in open_spans(opening, zone, day) for moment in span]
    return max(each for each in changes if each <= at), min(each for each in changes if each > at)


@lru_cache(maxsize=4096)
def open_spans(opening: Opening, zone: str, day: date) -> tuple[tuple[int, int], ...]:
    """The spans `[start, end)` in ms that start on the local date `day`."""
    dated = [span for span in opening.exceptions if span.date == day.isoformat()]
    if dated:
        minutes = [(s.start_minute, s.end_minute) for s in dated if s.end_minute > s.start_minute]
    elif day.isoformat() in opening.holidays:
        minutes = []
    elif opening.weekly is None:
        minutes = [(0, _DAY_MINUTES)]
    else:
        minutes = [
            (s.start_minute, s.end_minute) for s in opening.weekly if s.weekday == day.weekday()
        ]
    return tuple(
        (local_minute(day, start, zone), local_minute(day, end, zone))
        for start, end in sorted(minutes)
    )


def next_opening(opening: Opening, zone: str, at: int) -> int | None:
    """When the queue opens next after `at` (ms), within two weeks; None if it does not."""
    local = to_datetime(at, ZoneInfo(zone)).date()
    for ahead in range(15):
        for start, _ in open_spans(opening, zone, local + timedelta(days=ahead)):
            if start > at:
                return start
    return None


def closed_until(opening: Opening, zone: str, at: int) -> str | None:
    """`opens Thu 07:00`: the text for people about a queue that is closed at `at`; None while it is open."""
    if is_open(opening, zone, at):
        return None
    opens = next_opening(opening, zone, at)
    return (
        "no opening within two weeks" if opens is None else f"opens {clock_text(opens, zone, at)}"
    )


def clock_text(at: int, zone: str, now: int) -> str:
    """`07:00` today, `Mon 07:00` within a week, `Mon 7 Dec 07:00` later."""
    local, today = to_datetime(at, ZoneInfo(zone)), to_datetime(now, ZoneInfo(zone))
    if local.date() == today.date():
        return f"{local:%H:%M}"
    return f"{local:%a %H:%M}" if at - now < 6 * DAY else f"{local:%a} {local.day} {local:%b %H:%M}"


def business_day(at: int, zone: str, day_start_minute: int) -> tuple[int, int]:
    """The business day `[start, end)` in ms that holds `at`; 23 or 25 hours long when clocks change."""
    local = to_datetime(at, ZoneInfo(zone)).date()
    day = local if at >= local_minute(local, day_start_minute, zone) else local - timedelta(days=1)
    return local_minute(day, day_start_minute, zone), local_minute(
        day + timedelta(days=1), day_start_minute, zone
    )


@lru_cache(maxsize=4096)
def local_minute(day: date, minute: int, zone: str) -> int:
    """Wall-clock minute of a local date; minutes from 1,440 on are on the following date."""
    days, minute = divmod(minute, _DAY_MINUTES)
    clock = time(minute // 60, minute % 60)
    return from_datetime(datetime.combine(day + timedelta(days=days), clock, ZoneInfo(zone)))


def _minutes(text: str) -> tuple[int, int]:
    match = _SPAN.fullmatch(text)
    if not match:
        raise ValueError(f'expected hours such as "07:00-19:00", got "{text}"')
    start, end = (int(clock[:2]) * 60 + int(clock[3:]) for clock in (match["start"], match["end"]))
    return start, end if end > start else end + _DAY_MINUTES


def _weekdays(text: str) -> list[int]:
    days: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        for name in (first, last or first):
            if name not in WEEKDAYS:
                raise ValueError(f'expected a weekday such as "Mon", got "{name}"')
        start, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
        days += [(start + step) % 7 for step in range((end - start) % 7 + 1)]
    return days
