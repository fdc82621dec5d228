"""Months, weeks and days as they stand in addresses: `2026-10`, `2026-W44`, `2026-10-14`. Pure dates; a zone gives their bounds."""

import re
from datetime import date, timedelta
from typing import Literal

from msgspec import Struct

from schemas.millis import DAY, MINUTE, from_iso
from schemas.opening import local_minute

Kind = Literal["month", "week", "day"]
EXAMPLES: dict[Kind, str] = {"month": "2026-10", "week": "2026-W44", "day": "2026-10-05"}
KINDS: tuple[Kind, ...] = tuple(EXAMPLES)
_MONTH = re.compile(r"(\d{4})-(\d\d)")
_WEEK = re.compile(r"(\d{4})-W(\d\d)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_FIRST_YEAR, _LAST_YEAR = 1971, 2105  # what the archive's times can hold
_ONE = timedelta(days=1)
SAME_WEEKDAYS = timedelta(days=364)  # 52 weeks: Mondays lie over Mondays


class Period(Struct, frozen=True):
    """The local dates from `first` up to `end`, which is not in it."""

    kind: Kind
    first: date
    end: date

    @property
    def text(self) -> str:
        if self.kind == "month":
            return f"{self.first:%Y-%m}"
        if self.kind == "week":
            year, week, _ = self.first.isocalendar()
            return f"{year}-W{week:02}"
        return self.first.isoformat()

    def bounds(self, zone: str, day_start_minute: int = 0) -> tuple[int, int]:
        """`[start, end)` in ms, on days that begin so many minutes after midnight."""
        return (
            local_minute(self.first, day_start_minute, zone),
            local_minute(self.end, day_start_minute, zone),
        )

    def before(self) -> "Period":
        """The month or week before; of a day the same weekday a week before, with which it is compared."""
        if self.kind == "day":
            return _period("day", self.first - 7 * _ONE)
        return containing(self.kind, self.first - _ONE)

    def months_before(self, count: int) -> "Period":
        """The month so many before the one in which it begins."""
        year, month = divmod(self.first.year * 12 + self.first.month - 1 - count, 12)
        return _period("month", date(year, month + 1, 1))

    def year_ago(self) -> "Period":
        """The same weekdays 364 days before; a month of them begins and ends in the days that lie below its own."""
        return Period(self.kind, self.first - SAME_WEEKDAYS, self.end - SAME_WEEKDAYS)

    def previous(self) -> "Period":
        return containing(self.kind, self.first - _ONE)

    def following(self) -> "Period":
        return containing(self.kind, self.end)


def period_of(text: str) -> Period:
    """ValueError for what is no month, week or day."""
    try:
        period = _parsed(text)
    except (ValueError, OverflowError):  # a month 13, a week 60, the year 9999
        period = None
    if period is None or not _FIRST_YEAR <= period.first.year <= _LAST_YEAR:
        raise ValueError(f'expected 2026-10, 2026-W44 or 2026-10-14, got "{text[:40]}"')
    return period


def of_kind(kind: Kind, text: str) -> Period:
    """ValueError for what is no such period."""
    try:
        period = period_of(text)
    except ValueError:
        period = None
    if period is None or period.kind != kind:
        raise ValueError(f'expected a {kind} such as "{EXAMPLES[kind]}", got "{text}"')
    return period


def _parsed(text: str) -> Period | None:
    if found := _MONTH.fullmatch(text):
        return _period("month", date(int(found[1]), int(found[2]), 1))
    if found := _WEEK.fullmatch(text):
        return _period("week", date.fromisocalendar(int(found[1]), int(found[2]), 1))
    return _period("day", date.fromisoformat(text)) if _DAY.fullmatch(text) else None


def column_length(*, by_day: bool) -> int:
    return DAY if by_day else 30 * MINUTE


def column_start(text: str, *, by_day: bool) -> int:
    """By what columns of a chart are compared, of a time as reports write it: days by their clock, so that each is as long as any
    other; half hours by their moment, since a night may have one clock twice.
    """
    return from_iso(f"{text[:19]}Z" if by_day else text)


def containing(kind: Kind, day: date) -> Period:
    """The month, week or day that the date lies in."""
    if kind == "month":
        return _period(kind, day.replace(day=1))
    if kind == "week":
        return _period(kind, day - timedelta(days=day.weekday()))
    return _period(kind, day)


def _period(kind: Kind, first: date) -> Period:
    if kind == "month":
        after = (first + 31 * _ONE).replace(day=1)
    else:
        after = first + (7 if kind == "week" else 1) * _ONE
    return Period(kind, first, after)
