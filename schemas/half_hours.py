"""The days by half hour that the archive tells the board of."""

from msgspec import Struct

from schemas.notes import WrittenNote


class HalfHour(Struct, frozen=True):
    """`[start, end)` on the clock of its day, which calls it `clock`: `08:30`, the second 02:00 of a night `02:00+02:00`.

    A count is None where the archive does not reach, or where nothing was open and nobody called. `in_time` of `n` is the
    service level, each queue by its own promise; both are None, too, where a call had no promise. `is_whole`: it has
    passed, and the archive has all of it.
    """

    start: int
    end: int
    clock: str
    is_whole: bool
    offered: int | None = None
    abandoned: int | None = None
    in_time: int | None = None
    n: int | None = None


class PastDay(Struct, frozen=True):
    """A business day; `date` is the one on which it began."""

    date: str
    halves: tuple[HalfHour, ...] = ()


class PastDays(Struct, frozen=True):
    """Today as of `as_of` over yesterday and the same weekday last week, all on the clock of `zone`.

    `reaches_to` is the last moment that the archive covers; None if it covers nothing of today. `notes` are those of today.
    """

    as_of: int
    zone: str
    today: PastDay
    yesterday: PastDay
    last_week: PastDay
    reaches_to: int | None = None
    notes: tuple[WrittenNote, ...] = ()


class MinuteOfQueue(Struct, frozen=True, gc=False):
    """A queue in the minute that began at `start`, at its end: who waited, and the service level of 30 minutes."""

    queue: str
    start: int
    waiting: int
    in_time: int
    n: int
