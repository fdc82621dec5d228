"""Each month by weekday and half hour: how calls of one time of the week were served, month after month.

By arrival, months and half hours on the clock of the queue or group. A month that the range cuts has the part that lies in it.
"""

from itertools import groupby
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from schemas.millis import to_datetime
from streams.history.catalogue import Catalogue
from streams.history.consistency import HalfHour
from streams.history.half_hours import GroupsHalfHours, groups_half_hours
from streams.history.kept import COUNTED
from streams.history.question import Question
from streams.history.report import Column, Report, Row
from streams.history.reports.weekly import REPORT as WEEKLY
from streams.history.reports.weekly import row_of
from streams.history.weekly_pattern import weekly_pattern
from streams.sinks.clickhouse.database import Reader

(_WEEKLY,) = WEEKLY.parts
_MONTH = Column("month", "text", "the local month, as `2026-11`")


def weekly_by_month(reader: Reader, catalogue: Catalogue, question: Question) -> list[Row]:
    """The half hours are asked for once: a year is no dearer than its half hours."""
    return [
        row for group in groups_half_hours(reader, catalogue, question) for row in rows_of(group)
    ]


def rows_of(group: GroupsHalfHours) -> list[Row]:
    """By month, weekday and time. Half hours come by their start."""
    clock = ZoneInfo(group.zone)

    def month_of(each: HalfHour) -> str:
        return f"{to_datetime(each.start, clock):%Y-%m}"

    return [
        row_of(group, slot) | {"month": month}
        for month, half_hours in groupby(group.half_hours, key=month_of)
        for slot in weekly_pattern(half_hours, group.zone)
    ]


REPORT = Report(
    options=WEEKLY.options,
    parts=(
        replace(_WEEKLY, columns=(_MONTH, *_WEEKLY.columns), in_table=("month", *_WEEKLY.in_table)),
    ),
    ask=weekly_by_month,
    only_where_known=True,
    reads=COUNTED,
    examples=("--from 2026-01-01 --to 2027-01-01 --by all --format csv",),
)
