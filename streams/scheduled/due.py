"""When the report of a period is due, and which periods are. Pure: dates, zones and a time that is handed in.

Rule 1: a period is due after its end, never before, whatever the clocks do that night. A clock that comes twice counts the first
time, one that is left out an hour later.
Rule 2: each period is due once. What was due while nobody made reports is made up for, the newest `MADE_UP` periods at most.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from schemas.millis import to_datetime
from schemas.opening import local_minute
from schemas.periods import Kind, Period, containing
from schemas.report_plans import ReportPlan

MADE_UP: dict[Kind, int] = {"month": 12, "week": 8, "day": 31}
_ONE = timedelta(days=1)
_FRIDAY = 4


def due_at(plan: ReportPlan, period: Period) -> int:
    """In ms; `period` is on the clock of `plan.period_zone`, `when` on that of `plan.zone`."""
    _, end = period.bounds(plan.period_zone)
    if plan.when.after_ms is not None:
        return end + plan.when.after_ms
    day = to_datetime(end, ZoneInfo(plan.zone)).date()
    while True:
        at = local_minute(day, plan.when.minute, plan.zone)
        if at >= end and (not plan.when.is_working_day or is_working_day(day, plan.holidays)):
            return at
        day += _ONE


def is_working_day(day: date, holidays: tuple[str, ...]) -> bool:
    return day.weekday() <= _FRIDAY and day.isoformat() not in holidays


def due(plan: ReportPlan, since: int, now: int) -> list[Period]:
    """Those that became due after `since` and are at `now`, oldest first; at most the newest `MADE_UP`."""
    found: list[Period] = []
    for period in _finished(plan, now):
        at = due_at(plan, period)
        if at <= since or len(found) == MADE_UP[plan.length]:
            break
        if at <= now:
            found.append(period)
    return found[::-1]


def not_made_up(plan: ReportPlan, since: int, now: int) -> list[Period]:
    """Those that were due too long ago to be made up for, oldest first: they are told, not forgotten."""
    newest = due(plan, since, now)
    found = []
    if len(newest) == MADE_UP[plan.length]:
        period = newest[0].previous()
        while due_at(plan, period) > since:
            found.append(period)
            period = period.previous()
    return found[::-1]


def next_due_at(plan: ReportPlan, now: int) -> int:
    """When the next one becomes due, after `now`."""
    today = to_datetime(now, ZoneInfo(plan.period_zone)).date()
    found = due_at(plan, containing(plan.length, today))
    for period in _finished(plan, now):
        at = due_at(plan, period)
        if at <= now:
            return found
        found = at
    raise AssertionError("periods begin before all clocks")


def _finished(plan: ReportPlan, now: int) -> Iterator[Period]:
    """Every period that is over at `now`, newest first."""
    period = containing(plan.length, to_datetime(now, ZoneInfo(plan.period_zone)).date())
    while True:
        period = period.previous()
        yield period
