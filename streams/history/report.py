"""Summary and intervals: counts from SQL, empty intervals of opening hours as zeros, ratios made last."""

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from schemas.counters import LEFT_OUTCOMES, Counts
from schemas.formulas import (
    ABANDONMENTS,
    ASA,
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
from streams.history.counting_sql import PERCENTILES, counting_sql, counts_of
from streams.history.intervals import bounds, open_starts, runs
from streams.history.question import Basis, Question
from streams.sinks.clickhouse.database import Reader

REPORT_COLUMNS: tuple[str, ...] = (
    "start", "queue", "offered", "answered", "abandoned", "short_abandoned", "exited", "transferred",
    "callback", "dropped", "ghost", "open", "rejected", "out_of_hours", "answered_in_target",
    "abandoned_in_target", "sl_answered_only", "sl_offered", "sl_abandons_in_target_ignored",
    "sl_abandons_in_target_good", "sl_short_abandons_ignored", "abandonment_ab1", "abandonment_ab2",
    "unanswered_ab7", "asa_s", "wait_p50_s", "wait_p90_s", "wait_p95_s", "max_wait_answered_s",
    "max_wait_s", "mean_time_to_abandon_s", "aht_talk_hold_s", "aht_with_wrap_s", "formula",
    "answer_within_s", "short_abandon_s", "basis",
)  # fmt: skip
_NEED_TARGETS = frozenset({*(rule.name for rule in SERVICE_LEVELS), "abandonment_ab2"})
_COUNTED = (
    "offered", *LEFT_OUTCOMES, "answered_in_target", "abandoned_in_target", "short_abandoned",
    "rejected", "out_of_hours",
)  # fmt: skip

Value = str | int | float | None
Line = dict[str, Value]  # by column, None for no value


class _Part(Struct, frozen=True):
    """Rows that share their interval bounds: queues of one zone, or groups."""

    zone: str
    points: list[int]
    only: list[str] | None  # these queues; None: all
    groups: dict[str, str] | None
    members: dict[str, list[Targets]]


def report(reader: Reader, catalogue: Catalogue, question: Question) -> list[Line]:
    """One line a group and interval, by start and then by name."""
    lines: list[tuple[int, str, Line]] = []
    for part in _parts(reader, catalogue, question):
        sql = counting_sql(question, runs(part.points), part.groups, part.only, _rest(question))
        answer = reader.execute(sql)
        counted = {
            (str(row[0]), int(row[1])): dict(zip(answer.columns, row, strict=True))
            for row in answer.rows
        }
        for group, start in sorted(set(counted) | _expected(part, question)):
            found = counted.get((group, start), {})
            line = _line(found, part.members.get(group, []), question.basis)
            label: Line = {"start": iso(start, ZoneInfo(part.zone)), "queue": group}
            lines.append((start, group, line | label))
    return [line for _, _, line in sorted(lines, key=lambda entry: entry[:2])]


def _parts(reader: Reader, catalogue: Catalogue, question: Question) -> list[_Part]:
    members = catalogue.members(question.by, question.queue)
    if question.by != "queue":
        groups = {queue: group_of(question.by, t) for queue, t in catalogue.queues.items()}
        points = _points(question, catalogue.default_zone, 0)
        return [_Part(catalogue.default_zone, points, None, groups, members)]
    by_clock: dict[tuple[str, int], list[str]] = {}
    for queue in _queues(reader, catalogue, question):
        targets = catalogue.queues.get(queue)
        day_start = targets.day_start_minute if targets else 0
        by_clock.setdefault((catalogue.zone(queue), day_start), []).append(queue)
    return [
        _Part(zone, _points(question, zone, day_start), queues, None,
              {queue: members[queue] for queue in queues if queue in members})
        for (zone, day_start), queues in by_clock.items()
    ]  # fmt: skip


def _queues(reader: Reader, catalogue: Catalogue, question: Question) -> list[str]:
    """The configured queues and those that legs name."""
    if question.queue is not None:
        return [question.queue]
    return sorted({*catalogue.queues, *seen_queues(reader)})


def _points(question: Question, zone: str, day_start_minute: int) -> list[int]:
    if question.every_ms is None:
        return [question.start, question.end]
    return bounds(question.start, question.end, question.every_ms, zone, day_start_minute)


def _rest(question: Question) -> str:
    return ALL if question.by == "all" else NOT_CONFIGURED


def _expected(part: _Part, question: Question) -> set[tuple[str, int]]:
    """Group and start of every line that must be there though nobody called."""
    if question.every_ms is None:
        groups = {*part.members, *((ALL,) if question.by == "all" else ())}
        return {(group, part.points[0]) for group in groups}
    return {
        (group, start)
        for group, queues in part.members.items()
        for targets in queues
        for start in open_starts(part.points, targets.opening, targets.time_zone)
    }


def _line(found: Mapping[str, Any], members: Sequence[Targets], basis: Basis) -> Line:
    counts = counts_of(found)
    line: Line = dict.fromkeys(REPORT_COLUMNS)
    line |= {name: getattr(counts, name) for name in _COUNTED}
    line["open"] = int(found.get("n_open", 0))
    judged = not found.get("n_untargeted", 0)
    for rule in (*SERVICE_LEVELS, *ABANDONMENTS):
        if judged or rule.name not in _NEED_TARGETS:
            line[rule.name] = _rounded(ratio(rule, counts), 6)
    return line | _waits(found, counts) | _targets(found, members) | {"basis": basis}


def _waits(found: Mapping[str, Any], counts: Counts) -> Line:
    line: Line = {
        "asa_s": _mean_s(ratio(ASA, counts)),
        "mean_time_to_abandon_s": _mean_s(ratio(TIME_TO_ABANDON, counts)),
    }
    if denominator(ASA, counts):
        line |= {f"wait_p{p}_s": _seconds(found[f"wait_p{p}"]) for p in PERCENTILES}
        line["max_wait_answered_s"] = _seconds(found["max_answer_wait"])
    if any(getattr(counts, name) for name in LEFT_OUTCOMES if name != "ghost"):
        line["max_wait_s"] = _seconds(found["max_wait"])
    talk, wrap = ratio(TALK_HOLD, counts), ratio(WRAP, counts)
    line["aht_talk_hold_s"] = _mean_s(talk)
    if talk is not None and wrap is not None:
        line["aht_with_wrap_s"] = _seconds(talk + wrap)
    return line


def _targets(found: Mapping[str, Any], members: Sequence[Targets]) -> Line:
    """Of the legs, the newest where a queue's changed; with no legs of the newest configuration.

    Empty where queues of a group differ: no one target describes it.
    """
    configured = {(t.formula, t.answer_within_ms, t.short_abandon_ms) for t in members}
    of_legs = str(found.get("newest_targets", "")).split()
    single_queue = len(members) <= 1
    if of_legs and (single_queue or (found["n_targets"] == 1 and len(configured) <= 1)):
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


def _seconds(milliseconds: float) -> float:
    return round(milliseconds / 1000, 3)


def _mean_s(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else _seconds(milliseconds)


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
