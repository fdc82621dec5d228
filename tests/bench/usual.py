"""The profile of a desk: how many calls it is offered in each quarter of an hour of a week as planned. Pure.

The true rates, as if the archive held many such weeks: its errors are not what is measured here.
"""

from schemas.millis import DAY, MINUTE
from schemas.profiles import SLOT_MS, SLOTS, Profile
from tests.bench.desk import Desk
from tests.bench.troubles import MONDAY, week

_WEEKDAYS = 7


def usual(desk: Desk) -> Profile:
    """Slots without calls are closed."""
    phases = week(desk).phases
    ends = [each.at for each in phases[1:]] + [MONDAY + _WEEKDAYS * DAY]
    calls = [[0.0] * SLOTS for _ in range(_WEEKDAYS)]
    for phase, end in zip(phases, ends, strict=True):
        for at in range(phase.at - phase.at % MINUTE, end, MINUTE):
            day, rest = divmod(at - MONDAY, DAY)
            if 0 <= day < _WEEKDAYS:
                calls[day][rest // SLOT_MS] += phase.calls_a_minute
    days = tuple(tuple(n or None for n in day) for day in calls)
    return Profile(desk.name, 1, 0, MONDAY, "UTC", MONDAY, MONDAY + 7 * DAY, 1.0, days)
