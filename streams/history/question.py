"""What a report is asked: the values of its options."""

from typing import Literal

from msgspec import Struct

By = Literal["queue", "centre", "department", "all"]
Basis = Literal["arrival", "event"]
RangeOf = Literal["arrival", "known"]
BY: tuple[By, ...] = ("queue", "centre", "department", "all")
BASES: tuple[Basis, ...] = ("arrival", "event")
RANGES_OF: tuple[RangeOf, ...] = ("arrival", "known")


class Question(Struct, frozen=True):
    """Of `[start, end)`, which is empty for a report that takes no range.

    `every_ms` None means one row for all of it. `as_of` is in broker time. `live_below` asks for what
    live counters know: live legs alone, in versions below that one. What a field means to a report is
    said where the option is declared (streams.history.options).
    """

    start: int
    end: int
    by: By = "queue"
    every_ms: int | None = None
    basis: Basis = "arrival"
    queue: str | None = None
    as_of: int | None = None
    live_below: int | None = None
    window_ms: int = 0
    from_legs: bool = False
    range_of: RangeOf = "arrival"
    contact_id: str = ""


class HistoryError(Exception):
    """One line for a person: what is wrong with the question, or with what it was put to."""


class WrongOptionError(Exception):
    """An option whose value a report cannot take together with the others: wrong use."""

    def __init__(self, flag: str, message: str) -> None:
        super().__init__(message)
        self.flag = flag
