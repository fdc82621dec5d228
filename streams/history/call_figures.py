"""Calls by group and interval: the columns that `summary` and `intervals` share, and how they are computed.

Counts come from SQL. An interval in opening hours without calls has zeros. Ratios are computed last.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from schemas.counters import COUNTER, COUNTERS, Counts
from schemas.formulas import (
    ABANDONMENTS,
    ASA,
    FORMULAS,
    SERVICE_LEVELS,
    TALK_HOLD,
    TIME_TO_ABANDON,
    WRAP,
    denominator,
    ratio,
)
from schemas.millis import iso
from schemas.targets import Targets
from streams.history.catalogue import ALL, NOT_CONFIGURED, Catalogue, group_of, seen_queues
from streams.history.counting_sql import PERCENTILES, counting_sql, counts_of, knows
from streams.history.intervals import bounds, open_starts, runs
from streams.history.question import CHANNELS, Basis, Question
from streams.history.report import Column, Part, Row
from streams.sinks.clickhouse.database import Reader

# The counters that come first, in this order; all others follow at the end of the row.
_FIRST = (
    "offered", "answered", "abandoned", "short_abandoned", "exited", "transferred", "callback",
    "dropped", "ghost", "rejected", "out_of_hours", "answered_in_target", "abandoned_in_target",
)  # fmt: skip
_LAST = tuple(name for name in COUNTERS if name not in _FIRST)
_NEED_TARGETS = frozenset({*(rule.name for rule in SERVICE_LEVELS), "abandonment_ab2"})

_NOBODY_ANSWERED = "nobody was answered"
_NOT_MEASURED = "no conversation was measured"
_NO_ONE_TARGET = "not configured, or the queues of the group differ"


def _counts(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, "legs", COUNTER[name].text) for name in names)


def _last_counts() -> Iterator[Column]:
    for name in _LAST:
        counter = COUNTER[name]
        unknown = "basis `event`: a leg knows how many, not when"
        yield Column(
            _column(name),
            "s" if counter.unit == "ms" else counter.unit,
            counter.text,
            unknown if counter.moment == "missed offer" else "",
        )


def _column(counter: str) -> str:
    """Sums of milliseconds are shown in seconds, as all times of a report."""
    return f"{counter.removesuffix('_ms')}_s" if COUNTER[counter].unit == "ms" else counter


def _ratios() -> tuple[Column, ...]:
    return tuple(
        Column(
            rule.name,
            "share",
            rule.title,
            "no such calls"
            + (", or a leg of them had no target" if rule.name in _NEED_TARGETS else ""),
        )
        for rule in FORMULAS
    )


_WAITS = (
    Column("asa_s", "s", ASA.title, _NOBODY_ANSWERED),
    *(
        Column(
            f"wait_p{percent}_s",
            "s",
            f"the smallest wait that at least {percent} % of the answered, call backs left out, did not"
            " exceed",
            _NOBODY_ANSWERED,
        )
        for percent in PERCENTILES
    ),
    Column(
        "max_wait_answered_s",
        "s",
        "longest wait of the answered, call backs left out",
        _NOBODY_ANSWERED,
    ),
    Column(
        "max_wait_s",
        "s",
        "longest known wait of all that left the queue, ghosts left out",
        "nobody left it, or no wait is known",
    ),
    Column(
        "mean_time_to_abandon_s", "s", TIME_TO_ABANDON.title, "nobody abandoned whose wait is known"
    ),
    Column("aht_talk_hold_s", "s", TALK_HOLD.title, _NOT_MEASURED),
    Column("aht_with_wrap_s", "s", "the same with mean after-call work", "not measured"),
)
_TARGETS = (
    Column("formula", "text", "the promised formula", _NO_ONE_TARGET),
    Column("answer_within_s", "s", "the target T", _NO_ONE_TARGET),
    Column("short_abandon_s", "s", "the short-abandon limit s", _NO_ONE_TARGET),
)
COLUMNS: tuple[Column, ...] = (
    Column("start", "time", "start of the interval, on the clock of the queue or group"),
    Column(
        "queue", "text", "id of the queue, or name of the group (a centre, a department, a channel)"
    ),
    *_counts("offered", "answered", "abandoned", "short_abandoned", "exited", "transferred"),
    *_counts("callback", "dropped", "ghost"),
    Column("open", "legs", "legs that arrived and have not left yet"),
    *_counts("rejected", "out_of_hours", "answered_in_target", "abandoned_in_target"),
    *_ratios(),
    *_WAITS,
    *_TARGETS,
    Column("basis", "text", "when a leg counts: `arrival` or `event`"),
    Column(
        "channel", "text", "the channel whose legs alone are counted", "legs of every channel are"
    ),
    *_last_counts(),
    Column(
        "told_alike",
        "legs",
        "of rows without an id that say the same as one before them: other calls, or the same ones twice",
    ),
)
PART = Part(
    COLUMNS,
    in_table=(
        "start",
        "queue",
        "offered",
        "answered",
        "abandoned",
        "open",
        "answered_in_target",
        "sl",
        "abandonment_ab1",
        "asa_s",
        "wait_p90_s",
        "max_wait_s",
        "aht_talk_hold_s",
        "formula",
        "answer_within_s",
        "short_abandon_s",
        "basis",
    ),
    table_only=(
        Column("sl", "share", "the service level by the promised formula", _NO_ONE_TARGET),
    ),
)


class _Clock(Struct, frozen=True):
    """Rows that share the bounds of their intervals: queues of one zone and day start, or groups."""

    zone: str
    points: list[int]
    only: list[str] | None  # these queues; None: all
    groups: dict[str, str] | None
    members: dict[str, list[Targets]]


def call_figures(reader: Reader, catalogue: Catalogue, question: Question) -> list[Row]:
    """One row a group and interval, by start and then by name."""
    found: list[tuple[int, str, Row]] = []
    for clock in _clocks(reader, catalogue, question):
        sql = counting_sql(
            question,
            runs(clock.points),
            clock.groups,
            clock.only,
            _rest(question),
            catalogue.former,
        )
        counted = {
            (str(record["report_group"]), int(record["slot"])): record
            for record in reader.execute(sql).named()
        }
        for group, start in sorted(set(counted) | _expected(clock, question)):
            record = counted.get((group, start), {})
            row = figures_row(record, clock.members.get(group, []), question.basis)
            label: Row = {
                "start": iso(start, ZoneInfo(clock.zone)),
                "queue": group,
                "channel": group if question.by == "channel" else question.channel,
            }
            found.append((start, group, row | label))
    return [row for _, _, row in sorted(found, key=lambda entry: entry[:2])]


def _clocks(reader: Reader, catalogue: Catalogue, question: Question) -> list[_Clock]:
    if question.by == "channel":
        promises = catalogue.members("all", question.queue).get(ALL, [])
        shown = CHANNELS if question.channel is None else (question.channel,)
        points = _points(question, catalogue.default_zone, 0)
        of_channels: dict[str, list[Targets]] = dict.fromkeys(shown, promises)
        return [_Clock(catalogue.default_zone, points, None, None, of_channels)]
    members = catalogue.members(question.by, question.queue)
    if question.by != "queue":
        groups = {queue: group_of(question.by, t) for queue, t in catalogue.queues.items()}
        points = _points(question, catalogue.default_zone, 0)
        return [_Clock(catalogue.default_zone, points, None, groups, members)]
    by_clock: dict[tuple[str, int], list[str]] = {}
    for queue in _queues(reader, catalogue, question):
        targets = catalogue.queues.get(queue)
        day_start = targets.day_start_minute if targets else 0
        by_clock.setdefault((catalogue.zone(queue), day_start), []).append(queue)
    return [
        _Clock(
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
    former = catalogue.former
    seen = {former.get(queue, queue) for queue in seen_queues(reader)}
    return sorted({*catalogue.queues, *seen})


def _points(question: Question, zone: str, day_start_minute: int) -> list[int]:
    if question.every_ms is None:
        return [question.start, question.end]
    return bounds(question.start, question.end, question.every_ms, zone, day_start_minute)


def _rest(question: Question) -> str:
    return ALL if question.by == "all" else NOT_CONFIGURED


def _expected(clock: _Clock, question: Question) -> set[tuple[str, int]]:
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


def figures_row(record: Mapping[str, Any], members: Sequence[Targets], basis: Basis) -> Row:
    """The row of a report. `record`: a row of `counting_sql`, empty if nobody called. `members`: the newest
    targets of the group.
    """
    counts = counts_of(record)
    row: Row = {name: getattr(counts, name) for name in _FIRST}
    row |= {_column(name): _shown(name, counts) for name in _LAST if knows(name, basis)}
    row["open"] = int(record.get("n_open", 0))
    row["told_alike"] = int(record.get("n_told_alike", 0))
    judged = not record.get("n_untargeted", 0)
    for rule in (*SERVICE_LEVELS, *ABANDONMENTS):
        if judged or rule.name not in _NEED_TARGETS:
            row[rule.name] = _rounded(ratio(rule, counts), 6)
    row |= _waits(record, counts) | _targets(record, members) | {"basis": basis}
    return {column.name: row.get(column.name) for column in COLUMNS} | {
        "sl": row.get(f"sl_{row.get('formula')}")
    }


def _shown(counter: str, counts: Counts) -> float | None:
    n: int = getattr(counts, counter)
    return _seconds(n) if COUNTER[counter].unit == "ms" else n


def _waits(record: Mapping[str, Any], counts: Counts) -> Row:
    row: Row = {
        "asa_s": _seconds(ratio(ASA, counts)),
        "mean_time_to_abandon_s": _seconds(ratio(TIME_TO_ABANDON, counts)),
    }
    if denominator(ASA, counts):
        row |= {f"wait_p{p}_s": _seconds(record[f"wait_p{p}"]) for p in PERCENTILES}
        row["max_wait_answered_s"] = _seconds(record["max_answer_wait"])
    if record.get("n_waits", 0):
        row["max_wait_s"] = _seconds(record["max_wait"])
    talk, wrap = ratio(TALK_HOLD, counts), ratio(WRAP, counts)
    row["aht_talk_hold_s"] = _seconds(talk)
    if talk is not None and wrap is not None:
        row["aht_with_wrap_s"] = _seconds(talk + wrap)
    return row


def _targets(record: Mapping[str, Any], members: Sequence[Targets]) -> Row:
    """The targets of the legs; the newest ones if those of a single queue changed. Without legs, the targets
    of the newest configuration. Empty if the queues of a group differ: then no single target applies.
    """
    configured = {(t.formula, t.answer_within_ms, t.short_abandon_ms) for t in members}
    of_legs = str(record.get("newest_targets", "")).split()
    single_queue = len(members) <= 1
    if of_legs and (single_queue or (record["n_targets"] == 1 and len(configured) <= 1)):
        formula, answer_within, short_abandon = of_legs[0], int(of_legs[1]), int(of_legs[2])
    elif len(configured) == 1 and not of_legs:
        formula, answer_within, short_abandon = next(iter(configured))
    else:
        return {}
    return {
        "formula": formula,
        "answer_within_s": _seconds(answer_within),
        "short_abandon_s": _seconds(short_abandon),
    }


def _seconds(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else round(milliseconds / 1000, 3)


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
