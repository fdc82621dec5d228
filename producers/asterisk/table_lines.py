"""Rows of Asterisk's table `queue_log` as the lines that the file of that name would hold, in order of time.

Rule 1: a row is a line: `epoch|callid|queue|agent|VERB|data1|…`. What it means is not decided here.
Rule 2: rows may stand in any order (an export often has the newest first). They are put in order by their
time, within one time by their id. Only if they are not in order are they held in memory.
Rule 3: a local time that comes twice, or never, when clocks change is not guessed: its row is refused.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, tzinfo
from itertools import pairwise

from msgspec import Struct

from producers.asterisk.lines import NOBODY, is_epoch
from producers.asterisk.table_forms import Columns, TableForm, TableRow
from schemas.millis import SECOND, from_datetime

_LONGEST_ID = (
    20  # digits of the largest id that a database counts; Python refuses to read thousands of them
)
_TIME = re.compile(
    r"(?P<local>\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2})(?:[.,](?P<fraction>\d{1,9}))?"
    r"(?P<offset> ?(?:Z|[+-]\d{2}(?::?\d{2})?))?"
)
_NOTHING = frozenset({"NULL", "\\N", "(null)"})
# With a T: the shell takes a date alone for a number, and masks it.
_EXPECTED = "time: expected a time such as 2026-03-02T09:00:05, or seconds since 1970"


class TableLine(Struct, frozen=True):
    """`text` is a line of queue_log; with a `problem` it is what can be said of a row that is none."""

    number: int  # in the file, from 1
    text: str
    problem: str = ""


class _Keyed(Struct, frozen=True):
    """`at` in milliseconds; None for a row without a time, which stays behind the row before it."""

    at: int | None
    row_id: int
    line: TableLine


def table_lines(
    form: TableForm, zone: tzinfo, read: Callable[[], Iterable[tuple[int, str]]]
) -> Iterator[TableLine]:
    """The lines in order of time. `read` gives the numbered lines of the file and is called twice."""
    keys = ((row.at, row.row_id) for row in _keyed(form, zone, read()) if row.at is not None)
    if all(first <= second for first, second in pairwise(keys)):
        return (row.line for row in _keyed(form, zone, read()))
    return _sorted(_keyed(form, zone, read()), by_id=form.columns.row_id is not None)


def has_local_times(form: TableForm, lines: Iterable[tuple[int, str]]) -> bool:
    """Whether a time of the table has no offset and is no epoch, so that its zone must be known."""
    return any(
        (found := _TIME.fullmatch(row.cells[form.columns.time].strip())) and not found["offset"]
        for row in form.rows(lines)
        if row.cells is not None
    )


def epoch_of(text: str, zone: tzinfo) -> str:
    """A cell as seconds since 1970, with milliseconds where it has any; ValueError says what is wrong."""
    if is_epoch(text):
        return text
    found = _TIME.fullmatch(text)
    if found is None:
        raise ValueError(_EXPECTED)
    try:
        moment = datetime.fromisoformat(found["local"] + _offset(found["offset"] or ""))
    except ValueError:
        raise ValueError(_EXPECTED) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
        if moment.utcoffset() != moment.replace(fold=1).utcoffset():
            raise ValueError(
                f"time: {found['local'].replace(' ', 'T')} comes twice or never in {zone}, where clocks change;"
                " export the times in UTC or as seconds since 1970"
            )
    thousandths = int((found["fraction"] or "").ljust(3, "0")[:3])
    seconds = from_datetime(moment) // SECOND
    return f"{seconds}.{thousandths:03d}" if thousandths else str(seconds)


def _offset(text: str) -> str:
    """As `fromisoformat` of Python 3.11 reads it: psql writes hours alone."""
    bare = text.strip()
    return f"{bare}:00" if len(bare) == len("+01") else bare


def _keyed(form: TableForm, zone: tzinfo, lines: Iterable[tuple[int, str]]) -> Iterator[_Keyed]:
    for row in form.rows(lines):
        yield _line(row, form.columns, zone)


def _line(row: TableRow, columns: Columns, zone: tzinfo) -> _Keyed:
    cells = row.cells
    if cells is None:
        problem = f"the row has not the {columns.width} cells of the header"
        return _Keyed(None, 0, TableLine(row.number, row.text, problem))
    bare = [_bare(cell) for cell in cells]
    fields = [
        bare[columns.callid] or NOBODY,
        bare[columns.queue] or NOBODY,
        bare[columns.agent] or NOBODY,
        bare[columns.event],
        *_data(bare, columns),
    ]
    problem, time = "", bare[columns.time]
    try:
        time = epoch_of(time, zone)
    except (ValueError, OverflowError) as error:
        problem = str(error)
    if not bare[columns.event]:
        problem = problem or "the row has no event"
    row_id = bare[columns.row_id] if columns.row_id is not None else ""
    line = TableLine(row.number, "|".join((time, *fields)), problem)
    at = None if problem else round(float(time) * SECOND)
    is_id = row_id.isascii() and row_id.isdigit() and len(row_id) <= _LONGEST_ID
    return _Keyed(at, int(row_id) if is_id else 0, line)


def _data(bare: list[str], columns: Columns) -> list[str]:
    """The fields data1 … of a row.

    Older Asterisk writes all of them into one column, with pipes between; newer one all after the fourth
    into data5: without this an attended transfer (six fields) would lose its wait and conversation.
    """
    data = [_field(bare, place, columns) for place in columns.data]
    if any(data) or columns.joined_data is None:
        return data
    return [_field(bare, columns.joined_data, columns)]


def _field(bare: list[str], place: int, columns: Columns) -> str:
    return bare[place].replace("¦", "|") if columns.holds_fields(place) else bare[place]


def _bare(cell: str) -> str:
    """A cell as a field: a pipe of its own (`¦`) and a line break would make other fields or lines of it."""
    return "" if cell in _NOTHING else " ".join(cell.replace("|", "¦").split())


def _sorted(rows: Iterable[_Keyed], *, by_id: bool) -> Iterator[TableLine]:
    held = list(rows)
    keys: list[tuple[int, int]] = []
    for row in held:
        keys.append((row.at, row.row_id) if row.at is not None else (keys[-1] if keys else (0, 0)))
    places = list(range(len(held)))
    if not by_id and all(first >= second for first, second in pairwise(keys)):
        places.reverse()  # newest first: so are those of one second
    places.sort(key=lambda place: keys[place])
    return (held[place].line for place in places)
