"""A cell as a time: ISO 8601, seconds or milliseconds since 1970, or a pattern of strptime. Pure.

Rule: a local time without an offset may be two moments, when clocks are put back, or none, when they are
put forward. A reader gives all of them and never chooses; `doubled_hour` does, by the other times of the row.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, time, timedelta, tzinfo
from decimal import Decimal, InvalidOperation

from producers.records.cell_text import shown
from producers.records.month_names import with_short_months
from schemas.millis import EARLIEST, LATEST, SECOND, from_datetime

Moments = tuple[int, ...]  # milliseconds; two, the earlier first, when the clock read this twice
ReadTime = Callable[[str], Moments]
_MOST_DIGITS = 15  # an integer from 1e9999999 would fill the memory
_OTHERS = "other formats: time_format in a mapping"
_SHORTEST_ISO = len("2010-08-01T06:57")
_UTC_NAME = re.compile(r"\s*(?:UTC|GMT|Z)$", re.IGNORECASE)
_SPACED_OFFSET = re.compile(r"\s+(?=[+-]\d{2}:?\d{2}$)")
_AM_PM = re.compile(r"\b([ap])\.?\s?m\b\.?", re.IGNORECASE)
_HALVES = str.maketrans({"ص": "am", "م": "pm"})  # of Arabic
# What the cell of a date in a workbook becomes, also where the mapping was written for a CSV of it.
_OF_WORKBOOK = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?", re.ASCII)
# 2009 to 2064 as a spreadsheet counts days; an epoch has ten digits before the point.
_DAYS = re.compile(r"[45]\d{4}(?:[.,]\d{1,15})?", re.ASCII)
_FRACTION = re.compile(r"(?<=:\d\d)([.,])(\d{1,9})")
# In a pattern: a name of UTC. strptime takes it for mere text, and the time would be read on the clock of the zone.
# Not before an offset: GMT+02:00 in a pattern is another zone, which `time_zone` names.
_UTC_OF_PATTERN = re.compile(
    r"%Z|(?<![A-Za-z%])(?:UTC|GMT)(?![A-Za-z]|\s?[+-]\d)|(?:(?<=%[SMf])|(?<=\s))Z$"
)
_UTC_OF_TEXT = re.compile(r"(?<![A-Za-z])(?:UTC|GMT|Z)(?![A-Za-z])", re.IGNORECASE)


class ZeroTimeError(ValueError):
    """The second 0 of 1970, on the clock of any zone: programs write it where nothing happened."""


class UnlikeError(ValueError):
    """A text that is no time of its format. Some two hundred formats are tried on a column and most of these are thrown away: only
    who asks has the sentence written.
    """

    def __init__(self, text: str, expected: str) -> None:
        super().__init__()  # its `repr` shows no number of a caller
        self._text, self._expected = text, expected

    def __str__(self) -> str:
        return f"{shown(self._text)} is no time {self._expected} ({_advice(self._text)})"


class NoSuchTimeError(ValueError):
    """A local time that clocks left out when they were put forward."""


def time_reader(time_format: str, zone: tzinfo | None) -> ReadTime:
    """A function text -> moments; its ValueError says what was read and expected. No `zone` means UTC."""
    naive = zone or UTC
    if time_format == "epoch_ms":
        return lambda text: (_epoch(text, 1, "milliseconds", "are these seconds? (epoch_s)"),)
    if time_format == "epoch_s":
        return lambda text: (_epoch(text, SECOND, "seconds", "are these milliseconds? (epoch_ms)"),)
    if time_format == "iso":
        return lambda text: _moments(text, _iso(text), naive)
    read = _by_pattern(time_format)
    return lambda text: _moments(text, read(text), naive)


def a_day_later(moments: Moments, zone: tzinfo | None) -> Moments:
    """The same clock on the next day, which may be 23 or 25 hours later.

    Empty for 00:00:00: programs write it where nothing happened.
    """
    local = datetime.fromtimestamp(moments[0] / SECOND, zone or UTC).replace(tzinfo=None)
    if local.time() == time():
        return ()
    later = local + timedelta(days=1)
    return _moments(later.isoformat(), later, zone or UTC)


def says_offset(time_format: str) -> bool:
    """Whether each time of this format says how far it is from UTC."""
    is_epoch = time_format.startswith("epoch")
    return is_epoch or "%z" in time_format or bool(_UTC_OF_PATTERN.search(time_format))


def has_offset(text: str) -> bool:
    """Whether an ISO 8601 text has an offset."""
    return (
        text[-1:] == "Z"
        or "+" in text
        or "-" in text[_SHORTEST_ISO:]
        or bool(_UTC_NAME.search(text))
    )


def _iso(text: str) -> datetime:
    # a date without a time would be read as midnight, a number as a date
    if len(text) >= _SHORTEST_ISO and not text.isdigit():
        try:
            return datetime.fromisoformat(text)
        except (ValueError, OverflowError):
            pass
        with suppress(ValueError, OverflowError):
            return datetime.fromisoformat(_SPACED_OFFSET.sub("", _UTC_NAME.sub("+00:00", text)))
    raise UnlikeError(text, "such as 2010-08-01T06:57:47Z")


def _by_pattern(pattern: str) -> Callable[[str], datetime]:
    # Each month is written in its short form, so one directive reads long and short names.
    has_month = re.search("%[bB]", pattern) and not re.search("%[aA]", pattern)
    is_day_last = not pattern.startswith("%Y-%d")
    has_seconds, has_half = ":%S" in pattern, "%p" in pattern
    known = pattern.replace("%B", "%b") if has_month else pattern
    says_utc = "%z" not in pattern and bool(_UTC_OF_PATTERN.search(pattern))
    if says_utc:
        known = _UTC_OF_PATTERN.sub("%z", known)
    # A platform that writes fractions leaves them out where they are zero.
    whole = re.sub(r"(?<=:%S)[.,]%f", "", known)

    def read(text: str) -> datetime:
        spelled = with_short_months(text) if has_month else text
        if has_half:
            spelled = _AM_PM.sub(lambda half: f"{half[1]}m", spelled.translate(_HALVES))
        if says_utc:
            spelled = _UTC_OF_TEXT.sub("+0000", spelled)
        fraction = _FRACTION.search(spelled) if has_seconds else None
        if fraction is not None:
            spelled = spelled[: fraction.start()] + spelled[fraction.end() :]
        try:
            moment = datetime.strptime(spelled, whole)  # noqa: DTZ007 - the zone is set later
        except ValueError:
            if is_day_last and _OF_WORKBOOK.fullmatch(text):
                moment = datetime.fromisoformat(text)
                return moment.replace(tzinfo=UTC) if says_utc else moment
            raise UnlikeError(text, f'like "{pattern}"') from None
        if has_half and "%H" in pattern:
            _check_half(text, spelled, moment)
        if fraction is None:
            return moment
        return moment.replace(microsecond=int(fraction[2][:6].ljust(6, "0")))

    return read


def _advice(text: str) -> str:
    """Days since 1900 are not read: which digits a spreadsheet cut from them, by minutes, nobody can see."""
    if _DAYS.fullmatch(text):
        return "days as a spreadsheet counts them? Give the column a format of date and time there, and export again"
    if not text.isascii() and any(sign.isdecimal() and not sign.isascii() for sign in text):
        return "its digits are not 0 to 9: export it with these"
    return _OTHERS


def _check_half(text: str, spelled: str, moment: datetime) -> None:
    """ValueError for 1:05 PM read with %H: strptime would take it for the night, silently."""
    half = _AM_PM.search(spelled)
    if half is not None and (half[1] in "pP") != (moment.hour >= 12):  # noqa: PLR2004 - noon
        raise ValueError(f"{shown(text)} has an hour of twelve: write %I for %H in time_format")


def _moments(text: str, moment: datetime, zone: tzinfo) -> Moments:
    if moment.tzinfo is not None or zone is UTC:
        aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)
        return (_in_range(text, from_datetime(aware)),)
    first = moment.replace(tzinfo=zone)
    before, after = zone.utcoffset(first), zone.utcoffset(first.replace(fold=1))
    at = _in_range(text, from_datetime(first))
    if before == after or before is None or after is None:
        return (at,)
    if before < after:
        raise NoSuchTimeError(
            f"{shown(text)} was on no clock in {zone}: clocks were put forward then; if the platform's"
            ' clock was not, say which time it keeps, such as time_zone = "UTC" or "Etc/GMT-1"'
        )
    return (at, _in_range(text, from_datetime(first.replace(fold=1))))


def _epoch(text: str, scale: int, unit: str, hint: str) -> int:
    """Milliseconds of a number since 1970, which may have a fraction."""
    try:
        number = Decimal(text.replace(",", ".") if text.isascii() and "_" not in text else "")
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or number.adjusted() > _MOST_DIGITS:
        raise ValueError(f"{shown(text)} is no number of {unit} since 1970 ({_OTHERS})")
    if "e" in text.casefold():
        raise ValueError(
            f"{shown(text)} was shortened by a spreadsheet: export it again, with this column as text"
        )
    return _in_range(text, round(number * scale), hint)


def _in_range(text: str, at: int, hint: str = "") -> int:
    if at == 0:
        raise ZeroTimeError(f"{shown(text)} is the second 0 of 1970")
    if not EARLIEST <= at < LATEST:
        raise ValueError(f"{shown(text)} lies outside of 2000 to 2100{': ' + hint if hint else ''}")
    return at
