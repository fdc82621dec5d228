"""What the withdrawal of a delivery does to history: which legs go, and which fall back to what others told."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from schemas.newest_legs import holds_sql
from schemas.tables import LEG_IDENTITY
from streams.sinks.clickhouse.database import Reader, quoted


class Effect(Struct, frozen=True):
    """On one queue, in legs. `gone`: nobody else told them. `restored`: what others told holds again.

    `untouched`: another delivery told them later, or told more. `first_at` and `last_at` are the arrivals of
    those that go or change, in ms; 0 if there is none.
    """

    queue: str
    gone: int
    restored: int
    untouched: int
    first_at: int
    last_at: int


def effects(reader: Reader, delivery: str) -> list[Effect]:
    """By queue, in order; empty if the delivery told no leg of history."""
    return [_effect(row) for row in reader.execute(_sql(delivery)).named()]


def is_withdrawn(reader: Reader, delivery: str) -> bool:
    """Whether the archive knows of the withdrawal: from then on its figures are without the delivery."""
    answer = reader.execute(f"SELECT count() FROM withdrawals WHERE delivery = {quoted(delivery)}")
    return int(answer.rows[0][0]) > 0


def _effect(row: Mapping[str, Any]) -> Effect:
    return Effect(
        queue=str(row["queue"]),
        gone=int(row["n_gone"]),
        restored=int(row["n_restored"]),
        untouched=int(row["n_untouched"]),
        first_at=int(row["first_at"]),
        last_at=int(row["last_at"]),
    )


def _sql(delivery: str) -> str:
    identity = ", ".join(LEG_IDENTITY)
    name = quoted(delivery)
    legs = (
        f"SELECT {identity}, argMax(delivery, version) AS holder, argMax(arrived_at_ms, version) AS came,"
        f" countIf(delivery != {name}) AS n_others FROM legs WHERE {holds_sql()}"
        f" AND ({identity}) IN (SELECT {identity} FROM legs WHERE delivery = {name})"
        f" GROUP BY {identity}"
    )
    return (
        f"SELECT queue, countIf(n_others = 0) AS n_gone,"
        f" countIf(n_others > 0 AND holder = {name}) AS n_restored,"
        f" countIf(holder != {name}) AS n_untouched,"
        f" minIf(came, holder = {name}) AS first_at, maxIf(came, holder = {name}) AS last_at"
        f" FROM ({legs}) GROUP BY queue ORDER BY queue"
    )
