from collections.abc import Sequence
from typing import Any

import pytest

from streams.sinks.clickhouse.batches import (
    FULL_AFTER_S,
    FULL_ROWS,
    MOST_REFUSED,
    Batch,
    Chunk,
    insert_all_but_poison,
)
from streams.sinks.clickhouse.database import RefusedError

ORIGIN = ("legs", 0, None)


class Table:
    """Takes rows but those of `poison`, as a database does: all of an insert or none."""

    def __init__(self, poison: set[int]) -> None:
        self.poison = poison
        self.rows: list[Any] = []

    def insert(self, rows: Sequence[Any]) -> None:
        for (value,) in rows:
            if value in self.poison:
                raise RefusedError(f"no {value}")
        self.rows += rows


def test_halving_finds_the_poison_and_keeps_the_rest() -> None:
    for poison in (set(), {0}, {99}, {3, 4, 50}):
        table = Table(poison)
        rows = [(n,) for n in range(100)]
        found = insert_all_but_poison(rows, table.insert)
        assert sorted(found) == [(n, f"no {n}") for n in sorted(poison)]
        assert sorted(table.rows) == [(n,) for n in range(100) if n not in poison]


def test_when_nearly_all_are_refused_it_is_not_the_rows() -> None:
    with pytest.raises(RefusedError, match=f"more than {MOST_REFUSED} rows"):
        insert_all_but_poison([(n,) for n in range(5000)], Table(set(range(5000))).insert)


def test_what_is_held_by_column_comes_apart_into_rows_with_their_records() -> None:
    batch = Batch()
    batch.add("legs", [(0, "x")], [ORIGIN], now_s=1.0)
    batch.add_chunk("legs", Chunk([(1, 2), ("a", "b")], "legs", 3, ["one", "two"]), now_s=2.0)
    held = batch.tables["legs"]
    assert (batch.size, held.size, batch.opened_at) == (3, 3, 1.0)
    held.take_apart()
    assert held.rows == [(0, "x"), (1, "a"), (2, "b")]
    assert held.origins == [ORIGIN, ("legs", 3, "one"), ("legs", 3, "two")]
    assert (held.size, held.chunks) == (3, [])


def test_a_batch_is_due_by_size_or_by_age() -> None:
    batch = Batch()
    assert not batch.is_due(1e9)
    batch.add("legs", [(1,)], [ORIGIN], now_s=10.0)
    batch.add("spells", [(1,)], [ORIGIN], now_s=10.9)
    assert not batch.is_due(10.0 + FULL_AFTER_S - 0.01)
    assert batch.is_due(10.0 + FULL_AFTER_S)
    batch.clear()
    for _ in range(FULL_ROWS):
        batch.add("legs", [(1,)], [ORIGIN], now_s=20.0)
    assert batch.is_due(20.0)
