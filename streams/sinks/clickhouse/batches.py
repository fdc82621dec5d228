"""Rows that wait for their insert, and when the insert is due. Pure: the time is an argument."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from msgspec import Struct

from streams.sinks.clickhouse.database import Columns, RefusedError, Row
from streams.sinks.clickhouse.records import Origin

FULL_ROWS = 30_000
FULL_AFTER_S = 1.0
MOST_REFUSED = 100  # when more are refused, the tables are wrong, not the rows


class Chunk(NamedTuple):
    """Rows by column, one for each record of a partition."""

    columns: Columns
    topic: str
    partition: int
    records: Sequence[Any]


class TableBatch(Struct):
    """Rows of one table with the records they came from; some as rows, some by column."""

    rows: list[Row]
    origins: list[Origin]
    chunks: list[Chunk]

    @property
    def size(self) -> int:
        return len(self.rows) + sum(len(chunk.records) for chunk in self.chunks)

    def take_apart(self) -> None:
        """Make rows of what is held by column, to find out which of them is refused."""
        for chunk in self.chunks:
            self.rows += zip(*chunk.columns, strict=True)
            self.origins += [(chunk.topic, chunk.partition, record) for record in chunk.records]
        self.chunks.clear()


class Batch:
    """Everything since the last flush, by table. `opened_at` is the time of the first row."""

    def __init__(self) -> None:
        self.tables: dict[str, TableBatch] = {}
        self.size = 0
        self.opened_at: float | None = None

    def add(self, table: str, rows: Sequence[Row], origins: Sequence[Origin], now_s: float) -> None:
        """Rows of one table, each with its origin."""
        if not rows:
            return
        held = self._held(table, len(rows), now_s)
        held.rows += rows
        held.origins += origins

    def add_chunk(self, table: str, chunk: Chunk, now_s: float) -> None:
        self._held(table, len(chunk.records), now_s).chunks.append(chunk)

    def _held(self, table: str, more: int, now_s: float) -> TableBatch:
        held = self.tables.get(table)
        if held is None:
            held = self.tables[table] = TableBatch([], [], [])
        self.size += more
        if self.opened_at is None:
            self.opened_at = now_s
        return held

    @property
    def is_full(self) -> bool:
        return self.size >= FULL_ROWS

    def is_due(self, now_s: float) -> bool:
        return self.opened_at is not None and (
            self.is_full or now_s - self.opened_at >= FULL_AFTER_S
        )

    def due_in_ms(self, now_s: float, longest_ms: int) -> int:
        """How long to wait for more records, at most `longest_ms`."""
        if self.opened_at is None:
            return longest_ms
        return min(longest_ms, max(0, int((self.opened_at + FULL_AFTER_S - now_s) * 1000) + 1))

    def clear(self) -> None:
        self.tables, self.size, self.opened_at = {}, 0, None


def insert_all_but_poison(
    rows: Sequence[Row], insert: Callable[[Sequence[Row]], None]
) -> list[tuple[int, str]]:
    """Insert all rows, in halves where a part is refused; return (index, reason) of each refused row.

    RefusedError when more than `MOST_REFUSED` rows are refused. Rows that were inserted by then are
    inserted again later; inserting a row twice changes nothing.
    """
    poison: list[tuple[int, str]] = []
    pending = [(0, len(rows))] if rows else []
    while pending:
        start, end = pending.pop()
        try:
            insert(rows[start:end])
        except RefusedError as error:
            if end - start > 1:
                middle = (start + end) // 2
                pending += [(middle, end), (start, middle)]
                continue
            poison.append((start, str(error)))
            if len(poison) > MOST_REFUSED:
                raise RefusedError(f"more than {MOST_REFUSED} rows, the last: {error}") from None
    return poison
