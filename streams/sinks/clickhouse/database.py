"""The port to the database of the archive, with two adapters: a server and the embedded one."""

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

Row = tuple[Any, ...]
Columns = Sequence[Sequence[Any]]  # the values of each column; rows turned by a quarter


class Answer(NamedTuple):
    """The result of a query: column names, and rows of plain values (no query selects datetimes)."""

    columns: list[str]
    rows: list[Row]

    def named(self) -> list[dict[str, Any]]:
        """The rows by the names of their columns."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


class UnavailableError(Exception):
    """The database does not answer, or cannot now; the same request may succeed later."""


class NotLetInError(UnavailableError):
    """The server answers, but lets us not in, or one of us speaks no TLS; the text names the option to look at."""


class RefusedError(Exception):
    """The database will never take these rows or this statement; the text says why."""


class Reader(Protocol):
    """Runs queries on the archive."""

    def execute(self, sql: str) -> Answer:
        """Run one statement; UnavailableError or RefusedError if it fails."""
        ...

    def close(self) -> None: ...


class Database(Reader, Protocol):
    """A reader that also inserts rows."""

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        """Insert all rows in one columnar insert; after an error any part of them may be inserted."""
        ...


class ColumnDatabase(Database, Protocol):
    """A database that takes many rows by column, as the writer has legs."""

    def insert_columns(self, table: str, columns: Sequence[str], chunks: Sequence[Columns]) -> None:
        """Insert the rows of all chunks in one columnar insert; RefusedError also where a number does not fit its column."""
        ...


def quoted(text: str) -> str:
    """`text` as a string literal of ClickHouse."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
