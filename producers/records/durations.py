"""A cell as a duration, in whole milliseconds. Pure.

Rule 1: a text that says its unit is read by it: `1m 12s`, `0d 0h 1m 0s`, `0:01:23` (h:mm:ss), `1:05`
(m:ss), `PT1M12S`.
Rule 2: a number without a unit is read by the `durations` of the mapping, never by its size: 8 may be
8 s or 8 ms, and both are durations of calls.
Rule 3: a spreadsheet keeps a duration as the fraction of a day (0.000347… is 30 s). If the mapping says
seconds, such a number is read as days only where the times of the same row say so (`settled`).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from msgspec import Struct

from producers.records.cell_text import shown
from schemas.millis import DAY, HOUR, MINUTE, SECOND

DurationUnit = Literal["ms", "s", "min", "h:mm", "days"]
ADVICE = 'durations = "s", "ms", "min" or "days"'
LONGEST = 366 * DAY
_UNIT_MS: dict[DurationUnit, int] = {"ms": 1, "s": SECOND, "min": MINUTE, "days": DAY}

_NUMBER = re.compile(r"(\d{1,15})(?:([.,])(\d{1,30}))?([eE][+-]?\d{1,2})?", re.ASCII)
_CLOCK = re.compile(
    r"(?:(\d{1,3})(?:\.| ?d(?:ays?)?,? ?| ))?(\d{1,5}):(\d{1,2})(?::(\d{1,2}))?(?:[.,](\d{1,9}))?",
    re.ASCII | re.IGNORECASE,
)
# Spreadsheets and databases write a duration as a time of their day zero.
_DAY_ZERO = re.compile(r"(?:1899-12-30|1900-01-00)[ T]+", re.ASCII)
_PART = re.compile(
    r"(\d{1,9}(?:[.,]\d{1,9})?)\s*([^\W\d_]+)\.?(?:,|\s|and\b|und\b)*", re.IGNORECASE
)
_ISO = re.compile(r"P(?:\d+D)?(?:T(?:\d+H)?(?:\d+M)?(?:\d+(?:[.,]\d+)?S)?)?", re.ASCII)
_UNITS = {
    **dict.fromkeys(("d", "day", "days", "tag", "tage"), DAY),
    **dict.fromkeys(
        ("h", "hr", "hrs", "hour", "hours", "std", "stunde", "stunden"),
        HOUR,
    ),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes", "minuten"), MINUTE),
    **dict.fromkeys(
        ("s", "sec", "secs", "second", "seconds", "sek", "sekunde", "sekunden"),
        SECOND,
    ),
    **dict.fromkeys(("ms", "msec", "millisecond", "milliseconds", "millisekunden"), 1),
}
_FINEST_DECIMALS = 6  # no clock writes seconds with more: such a number is a fraction of a day


class Duration(Struct, frozen=True):
    """`ms` is what the cell says by its own unit or by that of the mapping.

    `says_unit`: False if neither of them names one. `as_days_ms`: what the cell is if the numbers of its
    row are fractions of a day; None if it cannot be one. `too_fine`: the text, if a number of seconds
    never has so many digits.
    """

    ms: int
    as_days_ms: int | None
    says_unit: bool = True
    too_fine: str = ""


@lru_cache(maxsize=4_096)  # most rows have durations that others had
def read_duration(text: str, unit: DurationUnit | None) -> Duration:
    """The duration of a cell that is not empty; ValueError says what was read and what to write."""
    number = _NUMBER.fullmatch(text)
    if number is not None:
        return _plain(text, number, unit)
    text_of_clock = _DAY_ZERO.sub("", text, count=1)
    clock = _CLOCK.fullmatch(text_of_clock)
    ms = _by_clock(text, clock, unit) if clock is not None else _by_units(text)
    return _checked(text, Duration(ms, ms))


def is_number(text: str) -> bool:
    """Whether the text is a number that does not say its unit."""
    return _NUMBER.fullmatch(text) is not None


def _plain(text: str, number: re.Match[str], unit: DurationUnit | None) -> Duration:
    whole, sign, decimals, exponent = number.groups()
    if sign == "," and len(decimals) == 3 and whole != "0":  # noqa: PLR2004 - a group of thousands
        raise ValueError(
            f"{shown(text)} may be {whole}{decimals} or {whole}.{decimals}: write it with a point"
        )
    value = Decimal(f"{whole}.{decimals or 0}{exponent or ''}")
    if unit is None and value != value.to_integral_value():
        raise ValueError(f"{shown(text)} has no unit; say {ADVICE} in the mapping")
    if unit == "h:mm":
        if value:
            raise ValueError(f'{shown(text)} is no clock such as "0:05" (durations = "h:mm")')
        return Duration(0, 0)
    step = Decimal(1).scaleb(int(exponent[1:] if exponent else 0) - len(decimals or ""))
    if unit == "days":
        days_ms = _of_days(value, step)
        return _checked(text, Duration(days_ms, days_ms))
    ms = round(value * _UNIT_MS[unit or "ms"])
    if unit != "s":
        return _checked(text, Duration(ms, ms, says_unit=unit is not None))
    if not 0 < value < 1:
        return _checked(text, Duration(ms, None if value else 0))
    is_fine = ms == 0 or -step.adjusted() > _FINEST_DECIMALS
    return Duration(ms, _of_days(value, step), too_fine=shown(text) if is_fine else "")


def _of_days(value: Decimal, step: Decimal) -> int:
    """Milliseconds of days; the whole second where the digits that were written leave that open."""
    exact = value * DAY
    second = round(exact / SECOND) * SECOND
    is_open = abs(exact - second) <= step * DAY
    return second if is_open else round(exact)


def _by_clock(text: str, clock: re.Match[str], unit: DurationUnit | None) -> int:
    days, first, second, third, fraction = clock.groups()
    if third is None:
        if days is not None or (unit == "h:mm" and fraction):
            raise ValueError(f'{shown(text)} is no clock such as "0:01:23"')
        hours, minutes, seconds = (first, second, "0") if unit == "h:mm" else ("0", first, second)
    else:
        hours, minutes, seconds = first, second, third
    is_first = (
        third is None and unit != "h:mm"
    )  # the first part counts on: 90:15 is an hour and a half
    if int(seconds) >= 60 or (int(minutes) >= 60 and not is_first) or (days and int(hours) >= 24):  # noqa: PLR2004
        raise ValueError(f'{shown(text)} is no clock such as "0:01:23"')
    milliseconds = round(Decimal(f"0.{fraction or 0}") * SECOND)
    return (
        int(days or 0) * DAY
        + int(hours) * HOUR
        + int(minutes) * MINUTE
        + int(seconds) * SECOND
        + milliseconds
    )


def _by_units(text: str) -> int:
    spaced = text
    if _ISO.fullmatch(text):
        spaced = text.replace("P", "").replace("T", "")
    total, smallest, end = Decimal(0), LONGEST, 0
    for part in _PART.finditer(spaced):
        unit = _UNITS.get(part[2].casefold())
        if part.start() != end or unit is None or unit >= smallest:
            break
        total += Decimal(part[1].replace(",", ".")) * unit
        smallest, end = unit, part.end()
    if end == 0 or end != len(spaced):
        raise ValueError(
            f"{shown(text)} is no duration such as 83, 12.5, 0:01:23 or 1m 12s ({ADVICE} says"
            " the unit of numbers)"
        )
    return round(total)


def _checked(text: str, duration: Duration) -> Duration:
    if duration.ms >= LONGEST:
        raise ValueError(f"{shown(text)} is a year or more")
    return duration


def settled(
    cells: Mapping[str, Duration], spans: Iterable[tuple[tuple[str, ...], int]]
) -> dict[str, int]:
    """Milliseconds of the durations of one row; seconds or days is decided by the row's own times.

    `spans`: the times say that these durations together last so many milliseconds. ValueError if a
    number can only be the fraction of a day, and no time of the row says so.
    """
    by_unit = {name: cell.ms for name, cell in cells.items()}
    if all(cell.as_days_ms in (cell.ms, None) for cell in cells.values()):
        return by_unit
    told = [(names, ms) for names, ms in spans if all(name in cells for name in names)]
    too_fine = next(((name, cell.too_fine) for name, cell in cells.items() if cell.too_fine), None)
    if too_fine is None and _agree(by_unit, told):
        return by_unit
    days = {name: cell.as_days_ms for name, cell in cells.items() if cell.as_days_ms is not None}
    if len(days) == len(cells) and _agree(days, told):
        return days
    if too_fine is not None:
        raise ValueError(
            f"{too_fine[0]}: {too_fine[1]} is no number of seconds; if it is the fraction of a day, say"
            ' durations = "days" in the mapping'
        )
    return by_unit


def _agree(values: Mapping[str, int], told: Sequence[tuple[tuple[str, ...], int]]) -> bool:
    """Times are told in whole seconds: each may be up to one second off."""
    return bool(told) and all(
        abs(sum(values[name] for name in names) - ms) <= SECOND for names, ms in told
    )
