"""A cell as a time: ISO 8601, seconds or milliseconds since 1970, or a pattern of strptime."""

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from decimal import Decimal, InvalidOperation

from schemas.millis import EARLIEST, LATEST, SECOND, from_datetime, from_iso

ReadTime = Callable[[str], int]
_MOST_DIGITS = 15  # an integer from 1e9999999 would fill the memory
_SHORTEST_ISO = len("2010-08-01T06:57")


def time_reader(time_format: str, zone: tzinfo | None) -> ReadTime:
    """A function text -> milliseconds; its ValueError says what was expected. No `zone` means UTC."""
    naive = zone or UTC
    if time_format == "epoch_ms":
        return lambda text: _in_range(_milliseconds(text), "are these seconds? (epoch_s)")
    if time_format == "epoch_s":
        return lambda text: _in_range(_seconds(text), "are these milliseconds? (epoch_ms)")
    if time_format == "iso":
        return lambda text: _in_range(_iso(text, naive))
    return lambda text: _in_range(_by_pattern(text, time_format, naive))


def has_offset(text: str) -> bool:
    """Whether an ISO 8601 text has an offset."""
    return text.endswith(("Z", "z")) or "+" in text or "-" in text[_SHORTEST_ISO:]


def _iso(text: str, zone: tzinfo) -> int:
    if (
        len(text) < _SHORTEST_ISO or text.isdigit()
    ):  # a date without a time would be read as midnight
        raise ValueError("expected a time such as 2010-08-01T06:57:47Z")
    try:
        return from_iso(text, zone)
    except (ValueError, OverflowError):
        raise ValueError("expected a time such as 2010-08-01T06:57:47Z") from None


def _by_pattern(text: str, pattern: str, zone: tzinfo) -> int:
    try:
        moment = datetime.strptime(text, pattern)  # noqa: DTZ007 - the zone is set below
    except ValueError:
        raise ValueError(f'expected a time like "{pattern}"') from None
    return from_datetime(moment if moment.tzinfo else moment.replace(tzinfo=zone))


def _milliseconds(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ValueError("expected milliseconds since 1970") from None


def _seconds(text: str) -> int:
    """Milliseconds of a number of seconds, which may have a fraction."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or number.adjusted() > _MOST_DIGITS:
        raise ValueError("expected seconds since 1970")
    return round(number * SECOND)


def _in_range(at: int, hint: str = "") -> int:
    if not EARLIEST <= at < LATEST:
        raise ValueError(f"lies outside of 2000 to 2100{': ' + hint if hint else ''}")
    return at
