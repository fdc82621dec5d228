"""A month, week or day on the clock of a zone, and those before it with which it is compared. Bounds are UTC ms.

Rule: a month is compared with the month before, a week with the week before, a day with the same weekday a week before.
"""

import re
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from schemas.millis import to_datetime
from schemas.opening import local_minute
from streams.history.months import Range, month_of
from streams.history.sentences import Length

_WEEK = re.compile(r"(\d{4})-W(\d{2})")
_EXAMPLES: dict[Length, str] = {"month": "2026-10", "week": "2026-W44", "day": "2026-10-05"}
_DAYS: dict[Length, int] = {"week": 7, "day": 7}  # from one period to the one before it
SHOWN_BEFORE: dict[Length, int] = {"month": 5, "week": 7, "day": 7}
_FIRST_YEAR, _LAST_YEAR = 1971, 2105  # what the archive's times can hold


class Period(Struct, frozen=True):
    """`text` as it is asked for: `2026-10`, `2026-W44`, `2026-10-05`."""

    length: Length
    text: str
    zone: str
    range: Range

    @property
    def start(self) -> int:
        return self.range.start

    @property
    def end(self) -> int:
        return self.range.end

    def before(self, count: int = 1) -> "Period":
        """So many periods before it."""
        first = to_datetime(self.start, ZoneInfo(self.zone)).date()
        if self.length == "month":
            months = first.year * 12 + first.month - 1 - count
            return _period("month", date(months // 12, months % 12 + 1, 1), self.zone)
        step = timedelta(days=_DAYS[self.length] * count)
        return _period(self.length, first - step, self.zone)


def period_of(length: Length, text: str, zone: str) -> Period:
    """Of a text such as `2026-W44`; ValueError for anything else."""
    return _period(length, _first_day(length, text, zone), zone)


def last_finished(length: Length, now: int, zone: str) -> Period:
    """The newest one that is over at `now`."""
    today = to_datetime(now, ZoneInfo(zone)).date()
    if length == "month":
        return _period("month", today.replace(day=1), zone).before()
    if length == "week":
        return _period("week", today - timedelta(days=today.weekday()), zone).before()
    return _period("day", today - timedelta(days=1), zone)


def _first_day(length: Length, text: str, zone: str) -> date:
    try:
        if length == "month":
            return to_datetime(month_of(text, zone).start, ZoneInfo(zone)).date()
        if length == "week":
            found = _WEEK.fullmatch(text)
            first = date.fromisocalendar(int(found[1]), int(found[2]), 1) if found else None
        else:
            first = date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
    except ValueError:
        first = None
    if first is None or not _FIRST_YEAR <= first.year <= _LAST_YEAR:
        raise ValueError(f'expected a {length} such as "{_EXAMPLES[length]}", got "{text}"')
    return first


def _period(length: Length, first: date, zone: str) -> Period:
    if length == "month":
        after = (first + timedelta(days=31)).replace(day=1)
        text = f"{first:%Y-%m}"
    elif length == "week":
        after = first + timedelta(days=7)
        year, week, _ = first.isocalendar()
        text = f"{year}-W{week:02}"
    else:
        after = first + timedelta(days=1)
        text = first.isoformat()
    return Period(
        length, text, zone, Range(local_minute(first, 0, zone), local_minute(after, 0, zone))
    )
