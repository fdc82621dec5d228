"""What a report is asked for."""

from typing import Literal

from msgspec import Struct

By = Literal["queue", "centre", "department", "all"]
Basis = Literal["arrival", "event"]
BY: tuple[By, ...] = ("queue", "centre", "department", "all")
BASES: tuple[Basis, ...] = ("arrival", "event")


class Question(Struct, frozen=True):
    """Of `[start, end)`; `every_ms` None means one row for all of it. `as_of` in broker time.

    `live_below` asks for what live counters know: live legs alone, in versions below that one.
    """

    start: int
    end: int
    by: By = "queue"
    every_ms: int | None = None
    basis: Basis = "arrival"
    queue: str | None = None
    as_of: int | None = None
    live_below: int | None = None


class HistoryError(Exception):
    """One line for a person: what is wrong with the question, or with what it was put to."""
