"""A copy of Asterisk's table `queue_log` on disk, as it was read from a database. Pure.

Rule 1: the first line names the columns, every other line is one row, a JSON array of texts. So a row has its
number although its cells may hold line breaks.
Rule 2: a cell becomes the text that an export has there. So a row from the database is the same line, with the
same ids, as the row from a file.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal

import msgspec
from msgspec import Struct

from producers.asterisk.table_forms import Columns, TableRow, found_columns

_BEGIN = '{"queuewatch_copy_of":'


class _Header(Struct, frozen=True):
    queuewatch_copy_of: str
    columns: tuple[str, ...]


class TableCopy(Struct, frozen=True):
    """A copy that has these columns."""

    columns: Columns

    def rows(self, lines: Iterable[tuple[int, str]]) -> Iterator[TableRow]:
        """The rows, numbered from 1 as the database gave them."""
        for number, text in lines:
            if number > 1:
                cells = msgspec.json.decode(text, type=tuple[str, ...])
                yield TableRow(number - 1, text, cells)


def found_copy(lines: Iterable[tuple[int, str]]) -> TableCopy | None:
    """The copy, if the file begins like one."""
    _, first = next(iter(lines), (0, ""))
    if not first.startswith(_BEGIN):
        return None
    columns = found_columns(msgspec.json.decode(first, type=_Header).columns)
    return None if columns is None else TableCopy(columns)


def header_line(table: str, names: Sequence[str]) -> bytes:
    """The first line of a copy."""
    return msgspec.json.encode(_Header(table, tuple(names))) + b"\n"


def row_line(cells: Iterable[str]) -> bytes:
    """A row of a copy."""
    return msgspec.json.encode(list(cells)) + b"\n"


def cell_text(value: object, *, is_utc: bool = False) -> str:
    """What a driver gives, as an export writes it. `is_utc`: its times without an offset are UTC."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        if value.tzinfo is not None or is_utc:
            aware = value.replace(tzinfo=value.tzinfo or UTC)
            return aware.astimezone(UTC).isoformat(" ", "microseconds")
        return value.isoformat(" ", "microseconds")
    if isinstance(value, bytes):  # PostgreSQL without an encoding (SQL_ASCII), BLOBs
        return value.decode("utf-8", "backslashreplace")
    if isinstance(value, float):  # seconds since 1970
        return str(int(value)) if value.is_integer() else repr(value)
    return format(value, "f") if isinstance(value, Decimal) else str(value)
