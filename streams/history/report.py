"""What a report is: its options, its columns, and how it asks the archive.

A report is one module of `streams.history.reports`. Its file name is its name, the first sentence of
its docstring its line of help, and its object `REPORT` everything else; `streams.history.registry`
finds it, and the command line, the formats and docs/reports.md follow from it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal

from msgspec import Struct

from streams.history.catalogue import Catalogue
from streams.history.kept import Reads, check_kept
from streams.history.known_range import check_known
from streams.history.options import Option
from streams.history.question import Question
from streams.sinks.clickhouse.database import Reader

Value = str | int | float | None
Row = dict[str, Value]  # of a report, by column; a column that is missing has no value
Record = Mapping[str, Any]  # a row of the archive, by column
Unit = Literal[
    "text",
    "time",
    "legs",
    "offers",
    "contacts",
    "versions",
    "number",
    "s",
    "h",
    "ms",
    "share",
    "points",  # percentage points: 80 % after 75 % is +5
    "yes = 1",
    "own",  # that of the row's column `unit`
]


def unit_of(row: Mapping[str, Value], unit: Unit) -> Unit:
    """The unit of a cell: of a user-defined metric that which its row says."""
    return row.get("unit", "text") if unit == "own" else unit  # type: ignore[return-value]  # of COLUMNS of own_metrics


class Column(Struct, frozen=True):
    """`no_value` says when the cell has no value; empty text: it always has one."""

    name: str
    unit: Unit
    definition: str
    no_value: str = ""


class ForPeople(Struct, frozen=True):
    """The rows of a table in the order in which people read them. `below`: lines for what was left out, and for what they say."""

    rows: Sequence[Row]
    below: str = ""


class Part(Struct, frozen=True):
    """The rows of one kind. Only a report with several kinds gives them names.

    `in_table`: the columns of the table for people, which must fit a terminal; CSV and JSON have all
    columns. `table_only`: columns that only that table has. `arrange` orders its rows.
    """

    columns: tuple[Column, ...]
    in_table: tuple[str, ...] = ()
    table_only: tuple[Column, ...] = ()
    name: str = ""  # of the rows, as JSON says it: "legs"
    kind: str = ""  # of one row, as CSV says it: "leg"
    arrange: Callable[[Sequence[Row]], ForPeople] = ForPeople

    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


class Found(Struct, frozen=True):
    """The result of a report of several parts. `facts` are values about all rows; only JSON shows them."""

    rows: tuple[Sequence[Row], ...]  # of each part
    titles: tuple[str, ...] = ()  # above the table of each part
    facts: Row = {}


_PEOPLE = frozenset({"caller", "agent"})  # columns
Ask = Callable[[Reader, Catalogue, Question], Iterable[Row] | Found]


class Select(Struct, frozen=True):
    """An `Ask` that runs one SELECT and converts each of its rows. Both functions are pure."""

    sql: Callable[[Catalogue, Question], str]
    row: Callable[[Record], Row]

    def __call__(self, reader: Reader, catalogue: Catalogue, question: Question) -> list[Row]:
        return [
            self.row(record) for record in reader.execute(self.sql(catalogue, question)).named()
        ]


def _takes_all(_: Question) -> None:
    pass


class Report(Struct, frozen=True, kw_only=True):
    """`check` raises WrongOptionError where options contradict each other, before anything is asked.

    `reads`: every table that loses rows to `archive --keep` and `archive purge` and that it reads.
    `only_where_known`: it has no value for a range of which the archive knows nothing; 0 would say that nobody called.
    """

    options: tuple[Option, ...]
    parts: tuple[Part, ...]
    ask: Ask
    reads: tuple[Reads, ...]
    examples: tuple[str, ...]  # the words after `queuewatch history NAME`
    notes: str = ""  # a second paragraph of --help
    check: Callable[[Question], None] = _takes_all
    only_where_known: bool = False

    @property
    def names_people(self) -> bool:
        """Whether its rows tell of single callers or agents: then whoever asks it leaves an audit record."""
        return any(column.name in _PEOPLE for part in self.parts for column in part.columns)


def answer(report: Report, reader: Reader, catalogue: Catalogue, question: Question) -> Found:
    """Run the report. HistoryError, or the archive's own error, if it cannot be answered."""
    check_kept(reader, question, report.reads)
    if report.only_where_known:
        check_known(reader, catalogue, question)
    return unchecked(report, reader, catalogue, question)


def unchecked(report: Report, reader: Reader, catalogue: Catalogue, question: Question) -> Found:
    """The report of whatever the archive has, as for the queries that it asks."""
    found = report.ask(reader, catalogue, question)
    return found if isinstance(found, Found) else Found((list(found),))
