"""The value of a cell of a workbook as the text that a CSV of it would hold. Pure.

Rule 1: a date is ISO text without an offset, which is read on the clock of the mapping's zone; a day alone where
the cell shows no clock, so that it can be joined with one in another column.
Rule 2: a duration is h:mm:ss, which says its unit. A number stays a number: it may be the fraction of a day.
Rule 3: a number has at most the 15 digits that a spreadsheet keeps.
"""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from schemas.millis import SECOND

_MOST_WHOLE = 10**15
_NO_DIRECTIVE = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_MIDNIGHT = time(0)


def cell_text(value: Any, number_format: Callable[[], str]) -> str:
    """The text of a value as openpyxl gives it; `number_format` is asked for times at midnight only."""
    match value:
        case None:
            return ""
        case str():
            return value.strip()
        case bool():
            return str(value).upper()
        case float():
            is_whole = value.is_integer() and abs(value) < _MOST_WHOLE
            return str(int(value)) if is_whole else f"{value:.15g}"
        case datetime():
            if value.time() == _MIDNIGHT and not _shows_clock(number_format()):
                return value.date().isoformat()
            return value.isoformat(timespec=_finest(value.microsecond))
        case date():
            return value.isoformat()
        case time():
            return value.isoformat(timespec=_finest(value.microsecond))
        case timedelta():
            return _clock(value)
        case _:
            return str(value)


def _finest(microsecond: int) -> str:
    return "milliseconds" if microsecond else "seconds"


def _shows_clock(number_format: str) -> bool:
    return "h" in _NO_DIRECTIVE.sub("", number_format).lower()


def _clock(span: timedelta) -> str:
    """h:mm:ss; the hours count on."""
    ms = round(span / timedelta(milliseconds=1))
    seconds, rest = divmod(abs(ms), SECOND)
    minutes, second = divmod(seconds, 60)
    fraction = f".{rest:03d}" if rest else ""
    sign = "-" if ms < 0 else ""
    return f"{sign}{minutes // 60:02d}:{minutes % 60:02d}:{second:02d}{fraction}"
