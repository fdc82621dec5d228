"""The question that a report answers: the values of its options."""

from typing import Literal, get_args

from msgspec import Struct

from schemas.calls import Channel

By = Literal["queue", "centre", "department", "channel", "all"]
Basis = Literal["arrival", "event"]
RangeOf = Literal["arrival", "known"]
AlertsBy = Literal["rule", "queue", "owner"]
BY: tuple[By, ...] = ("queue", "centre", "department", "channel", "all")
CHANNELS: tuple[Channel, ...] = get_args(Channel)
BASES: tuple[Basis, ...] = ("arrival", "event")
ALERTS_BY: tuple[AlertsBy, ...] = ("rule", "queue", "owner")
RANGES_OF: tuple[RangeOf, ...] = ("arrival", "known")


class Question(Struct, frozen=True):
    """About the range `[start, end)`, which is empty for a report that takes no range.

    `every_ms` None means one row for the whole range. `as_of` is in broker time. `live_below` selects what
    the live counters include: only live legs, in versions below that one; with `as_counted_live` without the
    versions that judge a leg again in history alone. streams.history.options explains the other fields.
    """

    start: int
    end: int
    by: By = "queue"
    every_ms: int | None = None
    basis: Basis = "arrival"
    queue: str | None = None
    channel: Channel | None = None
    as_of: int | None = None
    live_below: int | None = None
    as_counted_live: bool = False
    window_ms: int = 0
    from_legs: bool = False
    range_of: RangeOf = "arrival"
    contact_id: str = ""
    publication: str | None = None
    alerts_by: AlertsBy = "rule"
    formula: str = ""  # of a metric that is tried
    no_value_when: str = ""
    configured_only: bool = False  # leaves out legs of queues that nobody configured
    now: int | None = None  # when it is asked; None: nobody told


class HistoryError(Exception):
    """The question cannot be answered. The text is one line for a person that says why."""


class WrongOptionError(Exception):
    """An option has a value that the report does not accept together with the other options."""

    def __init__(self, flag: str, message: str) -> None:
        super().__init__(message)
        self.flag = flag
