"""When agents come, pause and go: the plan of one person for one local day."""

from datetime import date, datetime, time
from random import Random
from zoneinfo import ZoneInfo

from msgspec import Struct

from producers.simulate.centre import Person
from schemas.millis import MINUTE, from_datetime

_EARLY_MS, _LATE_MS = -9 * MINUTE, 0  # who opens a queue is there before its first caller
_STAYS_MS = (
    12 * MINUTE
)  # teams overlap, otherwise a queue would have no agents at each change of shift
_SATURDAY = 5
_BREAK_SPREAD_MS = 50 * MINUTE  # teams take them by turns: else a small one would be away at once
_LATE_FOR_BREAK_MS = 4 * MINUTE


class PlannedBreak(Struct, frozen=True):
    at: int
    length_ms: int
    reason: str


class Duty(Struct, frozen=True):
    """One shift of one person, in times."""

    login_at: int
    logout_at: int
    breaks: tuple[PlannedBreak, ...]


def duty_of(
    person: Person, day: date, zone: ZoneInfo, seed: str, absent_share: float
) -> Duty | None:
    """The duty that starts on `day`; None if off or absent. It does not depend on other days."""
    if day.weekday() not in person.weekdays:
        return None
    draw = Random(f"{seed}/{person.agent}/{day}")
    if draw.random() < absent_share:
        return None
    midnight = from_datetime(datetime.combine(day, time(), zone))
    shift = (person.saturday if day.weekday() == _SATURDAY else None) or person.shift
    start = midnight + shift.start_min * MINUTE
    end = midnight + shift.end_min * MINUTE
    breaks = tuple(
        PlannedBreak(
            start + pause.after_min * MINUTE + _offset_ms(person, draw),
            int(pause.length_min * MINUTE * draw.uniform(0.85, 1.25)),
            pause.reason,
        )
        for pause in shift.breaks
    )
    login_at = start + draw.randrange(_EARLY_MS, _LATE_MS)
    return Duty(login_at, end + draw.randrange(_STAYS_MS), breaks)


def _offset_ms(person: Person, draw: Random) -> int:
    """When he goes, of the time in which his team does. By chance alone half of a small team would be away at once, and an
    ordinary day would not be calm.
    """
    by_chance = draw.randrange(-_BREAK_SPREAD_MS, _BREAK_SPREAD_MS)
    if person.turn is None:
        return by_chance
    late_ms = by_chance * _LATE_FOR_BREAK_MS // _BREAK_SPREAD_MS
    return round((2 * person.turn - 1) * _BREAK_SPREAD_MS) + late_ms
