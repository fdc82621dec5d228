"""A month, week or day on the clock of a zone, and those before it with which it is compared. Bounds are UTC ms.

Rule: a month is compared with the month before, a week with the week before, a day with the same weekday a week before.
"""

from zoneinfo import ZoneInfo

from msgspec import Struct

from schemas import periods
from schemas.millis import to_datetime
from schemas.periods import containing
from streams.history.months import Range
from streams.history.question import HistoryError
from streams.history.sentences import Length

SHOWN_BEFORE: dict[Length, int] = {"month": 5, "week": 7, "day": 7}


class Period(Struct, frozen=True):
    """`of` in `zone`: its dates there, and `range`, what they are in UTC."""

    of: periods.Period
    zone: str

    @property
    def length(self) -> Length:
        return self.of.kind

    @property
    def text(self) -> str:
        """As it is asked for: `2026-10`, `2026-W44`, `2026-10-05`."""
        return self.of.text

    @property
    def range(self) -> Range:
        return Range(*self.of.bounds(self.zone))

    @property
    def start(self) -> int:
        return self.range.start

    @property
    def end(self) -> int:
        return self.range.end

    def before(self, count: int = 1) -> "Period":
        """So many periods before it."""
        found = self.of
        for _ in range(count):
            found = found.before()
        return Period(found, self.zone)


def period_of(length: Length, text: str, zone: str) -> Period:
    """Of a text such as `2026-W44`; ValueError for anything else."""
    return Period(periods.of_kind(length, text), zone)


def last_finished(length: Length, now: int, zone: str) -> Period:
    """The newest one that is over at `now`."""
    today = to_datetime(now, ZoneInfo(zone)).date()
    return Period(containing(length, today).previous(), zone)


def finished(length: Length, text: str, zone: str, now: int) -> Period:
    """What can be told for ever. HistoryError for a text that is no such period, and for one that is not over."""
    try:
        period = period_of(length, text, zone)
    except ValueError as error:
        raise HistoryError(str(error)) from None
    if now < period.end:
        raise HistoryError(f"{text} is not over: its figures would still change")
    return period
