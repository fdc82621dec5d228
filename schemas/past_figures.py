"""What the board's page of the past asks the archive, and what it is told: rows of the reports of `history`, by their columns."""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from schemas.periods import Period

Value = str | int | float | None
Figures = Mapping[str, Value]  # a row of a report; a column that is missing has no value
Groups = Literal["department", "centre", "queue"]
Part = Literal[
    "glance",
    "league",
    "trend",
    "notes",
    "weekly",
    "months",
    "compare",
    "metrics",
    "corrections",
    "published",
    "calls",
]


class PastAsked(Struct, frozen=True):
    """A part of the page, of the sums of `queues` alone: those that its reader sees and asks about, in rising order.

    `published` is of no queue: every publication of a period that lies in this one, with its department; the board shows each reader their own.
    `by` are the rows of a league and of metrics. `clock` is the half hour whose calls are asked for, of one queue and one day.
    """

    part: Part
    period: Period
    queues: tuple[str, ...]
    by: Groups = "queue"
    clock: str = ""


class PastTold(Struct, frozen=True):
    """As of `as_of`, for `[start, end)` in ms on the clock of `zone`; `reaches` are the first and the last moment of which the
    archive has data. `beside`: rows of another kind that belong to the part: of a glance the losses, of a trend the year before.
    `not_configured` are queues that have no targets, and so are in no figure; `more` is how many rows were left out.
    Calls of the range that arrived before `deleted_until` were deleted, at `deleted_at` if that is known: what needs each of them
    has no value.
    """

    as_of: int
    zone: str
    start: int
    end: int
    reaches: tuple[int, int] | None
    rows: tuple[Figures, ...] = ()
    beside: tuple[Figures, ...] = ()
    not_configured: tuple[str, ...] = ()
    more: int = 0
    deleted_until: int | None = None
    deleted_at: int | None = None
