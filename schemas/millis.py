"""Time is whole milliseconds since 1970 UTC; durations are whole milliseconds."""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Annotated

from msgspec import Meta

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

EARLIEST = 946_684_800_000  # 2000-01-01: a time sent in seconds is below it and is refused
LATEST = 4_102_444_800_000  # 2100-01-01

Millis = Annotated[int, Meta(ge=EARLIEST, lt=LATEST)]
# Of records of ours, which a stranger may forge: no calendar has other times, and a reader would end of one.
AnyMoment = Annotated[int, Meta(gt=-LATEST, lt=LATEST)]
LONGEST = 366 * DAY  # what is longer is a spoilt number
DurationMillis = Annotated[int, Meta(ge=0, lt=LONGEST)]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_UNITS = {"ms": 1, "s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")


def from_datetime(moment: datetime) -> int:
    """Milliseconds of an aware datetime, rounded down."""
    return (moment - _EPOCH) // _MILLISECOND


def to_datetime(at: int, zone: tzinfo = UTC) -> datetime:
    return (_EPOCH + timedelta(milliseconds=at)).astimezone(zone)


def iso(at: int, zone: tzinfo = UTC) -> str:
    """ISO 8601 with the zone's offset; `Z` for UTC; milliseconds only where there are any."""
    text = to_datetime(at, zone).isoformat(timespec="milliseconds" if at % SECOND else "seconds")
    return text.removesuffix("+00:00") + "Z" if zone is UTC else text


def from_iso(text: str, zone: tzinfo = UTC) -> int:
    """Milliseconds of an ISO 8601 text; `zone` applies where the text has no offset of its own."""
    moment = datetime.fromisoformat(text)
    return from_datetime(moment if moment.tzinfo else moment.replace(tzinfo=zone))


def parse_duration(text: str) -> int:
    """`20s`, `5.001s`, `1h30m`, `90m` in whole milliseconds; ValueError for anything else."""
    parts = _DURATION.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise ValueError(f'expected a duration such as "20s", "5m" or "1h30m", got "{text}"')
    total = sum(round(float(number) * _UNITS[unit]) for number, unit in parts)
    if total >= 366 * DAY:
        raise ValueError(f'expected a duration below a year, got "{text}"')
    return total


@lru_cache(maxsize=1024)  # alerts that go on are written each minute, with the same promise
def format_duration(duration: int) -> str:
    """The shortest text that `parse_duration` reads back: `90s` is `1m30s`, 5,001 ms is `5.001s`."""
    if duration == 0:
        return "0s"
    text, rest = "", duration
    for unit in ("d", "h", "m"):
        count, rest = divmod(rest, _UNITS[unit])
        text += f"{count}{unit}" if count else ""
    seconds, thousandths = divmod(rest, SECOND)
    if rest:
        text += f"{seconds}.{thousandths:03d}".rstrip("0").rstrip(".") + "s"
    return text
