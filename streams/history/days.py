"""The days of each queue or group, from the legs: what comparisons measure noise by."""

from msgspec.structs import replace

from streams.history.catalogue import Catalogue
from streams.history.comparing import Change, Day, change
from streams.history.counted_groups import Counted, counted_groups
from streams.history.intervals import EVERY
from streams.history.months import Range
from streams.history.promises_kept import kept_of
from streams.history.quarter_hours import COUNTERS_AND_JUDGED
from streams.history.question import Question
from streams.sinks.clickhouse.database import Reader


def days_by_group(
    reader: Reader, catalogue: Catalogue, question: Question, of: Range
) -> dict[str, list[Counted]]:
    """The days of a range by group; days in which a group was closed and nobody called are not there."""
    asked = replace(question, start=of.start, end=of.end, every_ms=EVERY["1d"], basis="arrival")
    found: dict[str, list[Counted]] = {}
    for each in counted_groups(reader, catalogue, asked, COUNTERS_AND_JUDGED):
        found.setdefault(each.group, []).append(each)
    return found


def service_level(now: list[Counted], then: list[Counted]) -> Change:
    """As each queue promised."""
    return change(kept_by_day(now), kept_by_day(then))


def kept_by_day(days: list[Counted]) -> list[Day]:
    found = [kept_of(each.record) for each in days]
    return [Day(kept.good, kept.due) for kept in found]
