"""What legs count by group and interval: the question by clock, and one record for each group and start.

Rows of queues lie on the queue's own clock, rows of groups on the clock of the default zone.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from schemas.targets import Targets
from streams.history.catalogue import ALL, NOT_CONFIGURED, Catalogue, group_of, seen_queues
from streams.history.counting_sql import counting_sql
from streams.history.intervals import bounds, open_starts, runs
from streams.history.kept import check_counted
from streams.history.quarter_hours import ALL_FIGURES
from streams.history.question import CHANNELS, Question
from streams.history.rolled_sql import figure_of, fits, rolled_sql
from streams.history.rolled_up import RolledUp, of_rolled, read_rolled_up
from streams.sinks.clickhouse.database import Answer, Reader


class Clock(Struct, frozen=True):
    """Rows that share the bounds of their intervals: queues of one zone and day start, or groups."""

    zone: str
    points: list[int]
    only: list[str] | None  # these queues; None: all
    groups: dict[str, str] | None
    members: dict[str, list[Targets]]


class Counted(Struct, frozen=True):
    """`record` is a row of `counting_sql`, empty if nobody called; `members` the newest targets of the group."""

    group: str
    start: int
    end: int
    zone: str
    record: Mapping[str, Any]
    members: list[Targets]


class CalledIntervals(Struct, frozen=True):
    """The intervals of a group in which anybody called, by start: of each its start and the figures, in the order asked.

    `ends` has the end of every interval by its start.
    """

    group: str
    zone: str
    ends: Mapping[int, int]
    rows: list[tuple[int, ...]]


class _Asked(Struct, frozen=True):
    reader: Reader
    catalogue: Catalogue
    question: Question
    rolled: RolledUp
    figures: Sequence[str]


def counted_groups(
    reader: Reader,
    catalogue: Catalogue,
    question: Question,
    figures: Sequence[str] = ALL_FIGURES,
) -> list[Counted]:
    """One for each group and interval that must be shown, by start and then by name.

    Fewer `figures` (streams.history.quarter_hours) are found faster; a record has those at least.
    """
    asked = _asked(reader, catalogue, question, figures)
    found = []
    for clock, zones in _alike(reader, catalogue, question):
        ends = dict(pairwise(clock.points))
        found += [
            Counted(
                group,
                start,
                ends[start],
                zones.get(group, clock.zone),
                record,
                clock.members.get(group, []),
            )
            for group, start, record in _of_clock(asked, clock)
        ]
    return sorted(found, key=lambda each: (each.start, each.group))


def called_intervals(
    reader: Reader, catalogue: Catalogue, question: Question, figures: Sequence[str]
) -> list[CalledIntervals]:
    """By name of the group; without those that nobody called and that were never open.

    For tens of thousands of intervals of which a few figures are asked: a mapping for each took longer than the archive.
    """
    asked = _asked(reader, catalogue, question, figures)
    found = []
    for clock, zones in _alike(reader, catalogue, question):
        ends = dict(pairwise(clock.points))
        answer = _answer(asked, clock)
        called = _by_group(answer, figures)
        silent = {group: of for group, of in clock.members.items() if group not in called}
        opened = {group for group, _ in _expected(replace(clock, members=silent), question)}
        found += [
            CalledIntervals(group, zones.get(group, clock.zone), ends, called.get(group, []))
            for group in called.keys() | opened
        ]
    return sorted(found, key=lambda each: each.group)


def _by_group(answer: Answer, figures: Sequence[str]) -> dict[str, list[tuple[int, ...]]]:
    """The start and the figures of each interval, by start."""
    if not answer.rows:  # an empty answer may name no columns
        return {}
    picked = itemgetter(*map(answer.columns.index, ("report_group", "slot", *figures)))
    rows = sorted(map(picked, answer.rows))
    return {group: [row[1:] for row in of] for group, of in groupby(rows, itemgetter(0))}


def _asked(
    reader: Reader, catalogue: Catalogue, question: Question, figures: Sequence[str]
) -> _Asked:
    rolled = read_rolled_up(reader, question.start, question.end, question.as_of)
    return _Asked(reader, catalogue, question, rolled, figures)


def _alike(
    reader: Reader, catalogue: Catalogue, question: Question
) -> Iterator[tuple[Clock, dict[str, str]]]:
    """Each clock that is asked at once, and the zones of its queues."""
    by_points: dict[tuple[int, ...], list[Clock]] = {}
    for clock in _clocks(reader, catalogue, question):
        by_points.setdefault(tuple(clock.points), []).append(clock)
    for alike in by_points.values():
        zones = {queue: clock.zone for clock in alike for queue in clock.only or ()}
        yield _together(alike), zones


def _together(alike: Sequence[Clock]) -> Clock:
    """Clocks of queues whose intervals begin at the same moments, as half hours of most zones do: asked at once."""
    first = alike[0]
    if len(alike) == 1:
        return first
    queues = sorted(queue for clock in alike for queue in clock.only or ())
    members = {queue: of for clock in alike for queue, of in clock.members.items()}
    return replace(first, only=queues, members=members)


def _of_clock(asked: _Asked, clock: Clock) -> Iterator[tuple[str, int, Mapping[str, Any]]]:
    counted = {
        (str(record["report_group"]), int(record["slot"])): record
        for record in _answer(asked, clock).named()
    }
    for group, start in sorted(set(counted) | _expected(clock, asked.question)):
        yield group, start, counted.get((group, start), {})


def _answer(asked: _Asked, clock: Clock) -> Answer:
    """Its columns are `report_group`, `slot` and at least the figures that are asked."""
    question, slots = asked.question, runs(clock.points)
    rest, former = _rest(question), asked.catalogue.former
    is_rolled_up = fits(question, slots)
    if (
        not is_rolled_up or question.as_of is not None
    ):  # of deleted versions nobody knows what they changed
        check_counted(asked.reader, question)
    if not is_rolled_up:
        sql = counting_sql(question, slots, clock.groups, clock.only, rest, former, asked.figures)
        return asked.reader.execute(sql)

    def ask(rolled: RolledUp) -> Answer:
        return asked.reader.execute(
            rolled_sql(
                question, slots, clock.groups, rolled, asked.figures,
                only=clock.only, rest=rest, former=former,
            )
        )  # fmt: skip

    found = of_rolled(asked.reader, asked.rolled, ask)
    return Answer([figure_of(name) for name in found.columns], found.rows)


def _clocks(reader: Reader, catalogue: Catalogue, question: Question) -> list[Clock]:
    if question.by == "channel":
        promises = catalogue.members("all", question.queue).get(ALL, [])
        shown = CHANNELS if question.channel is None else (question.channel,)
        points = _points(question, catalogue.default_zone, 0)
        of_channels: dict[str, list[Targets]] = dict.fromkeys(shown, promises)
        return [Clock(catalogue.default_zone, points, None, None, of_channels)]
    members = catalogue.members(question.by, question.queue)
    if question.by != "queue":
        groups = {queue: group_of(question.by, t) for queue, t in catalogue.queues.items()}
        points = _points(question, catalogue.default_zone, 0)
        only = list(catalogue.queues) if question.configured_only else None
        return [Clock(catalogue.default_zone, points, only, groups, members)]
    by_clock: dict[tuple[str, int], list[str]] = {}
    for queue in _queues(reader, catalogue, question):
        targets = catalogue.queues.get(queue)
        day_start = targets.day_start_minute if targets else 0
        by_clock.setdefault((catalogue.zone(queue), day_start), []).append(queue)
    return [
        Clock(
            zone,
            _points(question, zone, day_start),
            queues,
            None,
            {queue: members[queue] for queue in queues if queue in members},
        )
        for (zone, day_start), queues in by_clock.items()
    ]


def _queues(reader: Reader, catalogue: Catalogue, question: Question) -> list[str]:
    """The configured queues and those that legs name."""
    if question.queue is not None:
        return [question.queue]
    if question.configured_only:
        return sorted(catalogue.queues)
    former = catalogue.former
    seen = {former.get(queue, queue) for queue in seen_queues(reader)}
    return sorted({*catalogue.queues, *seen})


def _points(question: Question, zone: str, day_start_minute: int) -> list[int]:
    if question.every_ms is None:
        return [question.start, question.end]
    return bounds(question.start, question.end, question.every_ms, zone, day_start_minute)


def _rest(question: Question) -> str:
    return ALL if question.by == "all" else NOT_CONFIGURED


def _expected(clock: Clock, question: Question) -> set[tuple[str, int]]:
    """Group and start of every row that must be present even if nobody called."""
    if question.every_ms is None:
        groups = {*clock.members, *((ALL,) if question.by == "all" else ())}
        return {(group, clock.points[0]) for group in groups}
    return {
        (group, start)
        for group, queues in clock.members.items()
        for targets in queues
        for start in open_starts(clock.points, targets.opening, targets.time_zone)
    }
