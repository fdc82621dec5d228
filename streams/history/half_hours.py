"""The half hours of every queue or group, from the legs: what `consistency`, error budgets and months are made of."""

from itertools import groupby, pairwise

from msgspec import Struct
from msgspec.structs import replace

from streams.history.catalogue import Catalogue
from streams.history.consistency import HalfHour
from streams.history.counted_groups import Counted, counted_groups
from streams.history.intervals import EVERY, bounds
from streams.history.promises_kept import kept_of
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
    counted = counted_groups(reader, catalogue, asked, JUDGED, every_interval=False)
    ends: dict[str, dict[int, int]] = {}
    for zone in {each.zone for each in counted}:
        points = bounds(question.start, question.end, EVERY["30m"], zone)
        ends[zone] = dict(pairwise(points))
    named = sorted(counted, key=lambda each: (each.group, each.start))
    return [
        _group(group, list(records), ends)
        for group, records in groupby(named, key=lambda each: each.group)
    ]


def _group(group: str, counted: list[Counted], ends: dict[str, dict[int, int]]) -> GroupsHalfHours:
    zone = counted[0].zone
    found = [HalfHour(each.start, ends[zone][each.start], kept_of(each.record)) for each in counted]
    without = sum(int(each.record.get("n_untargeted", 0)) for each in counted)
    return GroupsHalfHours(group, zone, [each for each in found if each.kept.due > 0], without)
