"""The half hours of a range by weekday and time of day: when in a week calls are not served as promised."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from msgspec import Struct

from schemas.millis import to_datetime
from streams.history.consistency import HalfHour
from streams.history.promises_kept import Kept, sum_of


class Slot(Struct, frozen=True):
    """All half hours of a weekday (1 is Monday) that begin at `clock`; `missed` of the `eligible` ones missed the goal.

    The hour that a night has twice is in its slot twice.
    """

    weekday: int
    clock: str
    kept: Kept
    half_hours: int
    eligible: int
    missed: int


def weekly_pattern(half_hours: Iterable[HalfHour], zone: str) -> list[Slot]:
    """By weekday and time; slots without a promised call are left out."""
    clock = ZoneInfo(zone)
    found: dict[tuple[int, str], list[HalfHour]] = {}
    for each in half_hours:
        local = to_datetime(each.start, clock)
        found.setdefault((local.isoweekday(), f"{local:%H:%M}"), []).append(each)
    return [
        Slot(
            weekday,
            clock,
            sum_of(each.kept for each in members),
            len(members),
            sum(each.eligible for each in members),
            sum(each.missed for each in members),
        )
        for (weekday, clock), members in sorted(found.items())
    ]
