"""The form in which Asterisk's table `queue_log` was exported: CSV, or as psql or mysql prints it. Pure.

Rule 1: the form is recognised by its header, among the first lines: a prompt or a title may come before.
Rule 2: a header is one if it names all of a line's fields; its columns may have any order and more names.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import dropwhile
from typing import Protocol

from msgspec import Struct

from producers.records.csv_rows import rows, split

LOOKED_AT = 50  # lines
_DELIMITERS = (",", ";", "\t")
# The names of QueueMetrics' table and of older schemas too.
_NAMES = {
    "time": ("time", "time_id", "event_time", "eventtime", "timestamp", "datetime"),
    "callid": ("callid", "call_id", "uniqueid"),
    "queue": ("queuename", "queue_name", "queue"),
    "agent": ("agent", "agent_name", "agentname"),
    "event": ("event", "verb"),
}
# Asterisk writes data1 … data5; the fifth holds all that is left, with its pipes.
_FIELDS_OF_TABLE = 5
_IDS = ("id", "unique_row_count", "row_id")
_DATA = re.compile(r"(?:data|arg|param)_?(\d)")
_BORDER = re.compile(r"[-+=|\s]*")
_FOOTER = re.compile(r"\(\d+ rows?\)|\d+ rows? in set.*|Time: .*|\\\.", re.IGNORECASE)


class Columns(Struct, frozen=True):
    """Places of the columns. `data`: data1, data2 … in order; `joined_data`: one column with all of them."""

    width: int
    time: int
    callid: int
    queue: int
    agent: int
    event: int
    data: tuple[int, ...] = ()
    joined_data: int | None = None
    row_id: int | None = None

    def holds_fields(self, place: int) -> bool:
        """Whether pipes in this column are those of a line: it holds several of its fields."""
        is_fifth = len(self.data) == _FIELDS_OF_TABLE and place == self.data[-1]
        return is_fifth or place == self.joined_data


class TableRow(Struct, frozen=True):
    """`cells` is None if the row cannot be split into as many as there are columns."""

    number: int  # of its first line in the file, from 1
    text: str
    cells: tuple[str, ...] | None


class TableForm(Protocol):
    """How a file holds the table."""

    @property
    def columns(self) -> Columns: ...

    def rows(self, lines: Iterable[tuple[int, str]]) -> Iterator[TableRow]:
        """The rows of the table; `lines` are those of the whole file with their numbers from 1."""


class Form(Struct, frozen=True):
    """A text with a header. `delimiter` None: cells are drawn apart by `|`, `boxed` also around."""

    columns: Columns
    header: int  # number of its line
    delimiter: str | None = None
    boxed: bool = False

    def rows(self, lines: Iterable[tuple[int, str]]) -> Iterator[TableRow]:
        """The rows after the header; `lines` are those of the whole file with their numbers from 1."""
        after = dropwhile(lambda line: line[0] <= self.header, lines)
        if self.delimiter is None:
            return self._drawn(after)
        return self._delimited(after, self.delimiter)

    def _delimited(self, lines: Iterator[tuple[int, str]], delimiter: str) -> Iterator[TableRow]:
        for row in rows(lines, delimiter, self.columns.width):
            fits = row.cells is not None and len(row.cells) == self.columns.width
            yield TableRow(row.line, row.text, row.cells if fits else None)

    def _drawn(self, lines: Iterator[tuple[int, str]]) -> Iterator[TableRow]:
        for number, text in lines:
            if _BORDER.fullmatch(text) or _FOOTER.fullmatch(text.strip()):
                continue
            cells = _drawn_cells(text, boxed=self.boxed)
            last = self.columns.width - 1
            if len(cells) > last and self.columns.holds_fields(last):
                cells = (
                    *cells[:last],
                    "|".join(cells[last:]),
                )  # its pipes are not those of the table
            yield TableRow(number, text, cells if len(cells) == self.columns.width else None)


def found_form(lines: Iterable[tuple[int, str]]) -> Form | None:
    """The form of a file with these first lines; None if it is no export of the table."""
    for number, text in lines:
        if number > LOOKED_AT:
            return None
        if "|" in text:
            boxed = text.strip().startswith("|")
            columns = found_columns(_drawn_cells(text, boxed=boxed))
            if columns is not None:
                return Form(columns, number, boxed=boxed)
        for delimiter in _DELIMITERS:
            columns = found_columns(split(text, delimiter) or ())
            if columns is not None:
                return Form(columns, number, delimiter)
    return None


def found_columns(names: Sequence[str]) -> Columns | None:
    """The places of the columns in a header; None if one of a line's fields has none."""
    places = {name.strip(' "`').casefold(): place for place, name in enumerate(names)}
    found = {
        ours: next((places[name] for name in theirs if name in places), None)
        for ours, theirs in _NAMES.items()
    }
    data = {
        int(match[1]): place for name, place in places.items() if (match := _DATA.fullmatch(name))
    }
    time, callid, queue, agent, event = found.values()
    joined = places.get("data")
    if time is None or callid is None or queue is None or agent is None or event is None:
        return None
    if not data and joined is None:
        return None
    row_id = next((places[name] for name in _IDS if name in places), None)
    ordered = tuple(data[number] for number in sorted(data))
    return Columns(len(names), time, callid, queue, agent, event, ordered, joined, row_id)


def _drawn_cells(text: str, *, boxed: bool) -> tuple[str, ...]:
    bare = text.strip()
    if boxed:
        bare = bare.removeprefix("|").removesuffix("|")
    return tuple(cell.strip() for cell in bare.split("|"))
