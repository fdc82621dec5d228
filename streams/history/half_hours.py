"""The half hours of every queue or group, from the legs: what `consistency`, error budgets and months are made of."""

from msgspec import Struct
from msgspec.structs import replace

from streams.history.catalogue import Catalogue
from streams.history.consistency import HalfHour
from streams.history.counted_groups import CalledIntervals, called_intervals
from streams.history.intervals import EVERY
from streams.history.promises_kept import Kept
from streams.history.quarter_hours import JUDGED
from streams.history.question import Question
from streams.sinks.clickhouse.database import Reader


class GroupsHalfHours(Struct, frozen=True):
    """`without_target`: legs that left the queue and had no target; with one of them there is no service level."""

    group: str
    zone: str
    half_hours: list[HalfHour]
    without_target: int = 0

    @property
    def judged(self) -> bool:
        return not self.without_target


def groups_half_hours(
    reader: Reader, catalogue: Catalogue, question: Question
) -> list[GroupsHalfHours]:
    """By name; half hours without a call are left out. Half hours lie on the clock of the queue or group."""
    asked = replace(question, every_ms=EVERY["30m"], basis="arrival")
    return [_group(each) for each in called_intervals(reader, catalogue, asked, JUDGED)]


def _group(called: CalledIntervals) -> GroupsHalfHours:
    ends = called.ends
    found = [
        HalfHour(start, ends[start], Kept(good, due, goal_millionths))
        for start, good, due, goal_millionths, _ in called.rows
        if due > 0
    ]
    without = sum(untargeted for *_, untargeted in called.rows)
    return GroupsHalfHours(called.group, called.zone, found, without)
