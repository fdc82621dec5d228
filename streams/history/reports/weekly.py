"""A week in half hours: how calls of each weekday and time of day were served, over the whole range.

By arrival, half hours on the clock of the queue or group.
"""

from streams.history.catalogue import Catalogue
from streams.history.half_hours import GroupsHalfHours, groups_half_hours
from streams.history.kept import COUNTED
from streams.history.options import AS_OF, BY_GROUP, CHANNEL, QUEUE, RANGE
from streams.history.promises_kept import COLUMNS as PROMISED
from streams.history.promises_kept import shares
from streams.history.question import Question
from streams.history.report import Column, Part, Report, Row
from streams.history.weekly_pattern import Slot, weekly_pattern
from streams.sinks.clickhouse.database import Reader

_UNJUDGED = "a leg of the group had no target"
COLUMNS: tuple[Column, ...] = (
    Column("queue", "text", "id of the queue, or name of the group"),
    Column("weekday", "number", "1 is Monday, 7 is Sunday"),
    Column("half_hour", "text", "when it begins, on the local clock"),
    Column("half_hours", "number", "half hours of the range with a promised call"),
    Column("half_hours_eligible", "number", "those of them with five promised calls or more", _UNJUDGED),
    Column("half_hours_missed", "number", "those of them that missed the goal", _UNJUDGED),
    *(column for column in PROMISED if column.name != "without_target"),
)  # fmt: skip


def weekly_rows(reader: Reader, catalogue: Catalogue, question: Question) -> list[Row]:
    return [
        row_of(group, slot)
        for group in groups_half_hours(reader, catalogue, question)
        for slot in weekly_pattern(group.half_hours, group.zone)
    ]


def row_of(group: GroupsHalfHours, slot: Slot) -> Row:
    row: Row = {
        "queue": group.group,
        "weekday": slot.weekday,
        "half_hour": slot.clock,
        "half_hours": slot.half_hours,
        "served_as_promised": slot.kept.good,
        "promised_calls": slot.kept.due,
    }
    if not group.judged:
        return row
    judged: Row = {"half_hours_eligible": slot.eligible, "half_hours_missed": slot.missed}
    return row | judged | shares(slot.kept)


REPORT = Report(
    options=(*RANGE, QUEUE, CHANNEL, BY_GROUP, AS_OF),
    parts=(
        Part(
            COLUMNS,
            in_table=(
                "queue", "weekday", "half_hour", "promised_calls", "sl_promised", "goal", "against_goal",
                "half_hours", "half_hours_missed",
            ),
        ),
    ),
    ask=weekly_rows,
    only_where_known=True,
    reads=COUNTED,
    examples=("--from 2026-11-01 --to 2026-12-01 --by all",),
)  # fmt: skip
