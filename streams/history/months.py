"""Months on the clock of a zone, and the ranges with which a month is compared. Bounds are UTC ms."""

from calendar import monthrange
from datetime import date, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from msgspec import Struct

from schemas.millis import to_datetime
from schemas.opening import local_minute
from schemas.periods import SAME_WEEKDAYS, of_kind

Against = Literal["month before", "same month last year", "same weekdays last year"]


class Range(Struct, frozen=True):
    start: int
    end: int


def month_of(text: str, zone: str) -> Range:
    """Of `2026-10`; ValueError for anything else."""
    return Range(*of_kind("month", text).bounds(zone))


def compared_with(of: Range, zone: str) -> dict[Against, Range]:
    """What the month `of` is compared with."""
    first, last = (to_datetime(at, ZoneInfo(zone)).date() for at in (of.start, of.end - 1))
    before = (first.replace(day=1) - timedelta(days=1)).replace(day=1)
    year = first.replace(year=first.year - 1, day=1)
    return {
        "month before": _month(before, zone),
        "same month last year": _month(year, zone),
        "same weekdays last year": _days(first - SAME_WEEKDAYS, last - SAME_WEEKDAYS, zone),
    }


def days_of(of: Range, zone: str) -> list[date]:
    """The local dates that the range touches."""
    first, last = (to_datetime(at, ZoneInfo(zone)).date() for at in (of.start, of.end - 1))
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _month(first: date, zone: str) -> Range:
    return _days(first, first.replace(day=monthrange(first.year, first.month)[1]), zone)


def _days(first: date, last: date, zone: str) -> Range:
    return Range(local_minute(first, 0, zone), local_minute(last + timedelta(days=1), 0, zone))
