"""The port to the database of the archive, with two adapters: a server and the embedded one."""

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

Row = tuple[Any, ...]


class Answer(NamedTuple):
    """What a query gives: names of its columns, and rows of plain values (no datetimes are asked)."""

    columns: list[str]
    rows: list[Row]

    def named(self) -> list[dict[str, Any]]:
        """The rows by the names of their columns."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


class UnavailableError(Exception):
    """The database does not answer, or not now: the same request may succeed later."""


class RefusedError(Exception):
    """The database will never take these rows or this statement; the text says why."""


class Reader(Protocol):
    """Answers questions about the archive."""

    def execute(self, sql: str) -> Answer:
        """One statement; UnavailableError or RefusedError."""
        ...

    def close(self) -> None: ...


class Database(Reader, Protocol):
    """Takes rows, too."""

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        """All rows in one columnar insert; after an error any part of them may stand."""
        ...


def quoted(text: str) -> str:
    """A string literal of ClickHouse."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
