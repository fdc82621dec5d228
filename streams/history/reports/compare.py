"""A month beside the month before, the same month last year, and the same weekdays last year (364 days before).

What is noise is said: a change that days differ by from each other anyway, or one of few calls. Holidays stand beside.
"""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from schemas.formulas import denominator, formula, numerator
from schemas.millis import iso
from schemas.targets import Targets
from streams.history.catalogue import Catalogue
from streams.history.comparing import Change, Day, change
from streams.history.counted_groups import Counted
from streams.history.counting_sql import counts_of
from streams.history.days import days_by_group, service_level
from streams.history.kept import COUNTED
from streams.history.known_range import lacks
from streams.history.months import Range, compared_with, days_of
from streams.history.options import AS_OF, BY_GROUP, CHANNEL, MONTH, QUEUE
from streams.history.promises_kept import rounded
from streams.history.question import Question
from streams.history.reach import ends
from streams.history.report import Column, Part, Report, Row
from streams.sinks.clickhouse.database import Reader

_NO_CALLS = "no such calls on one side, or one of them had no target"
_FEW = "no such calls, or few calls on one side"
_NOT_KNOWN = (
    "the archive does not know all of that range; shares are then of the days that it knows"
)


def _changes(name: str, text: str) -> tuple[Column, ...]:
    return (
        Column(f"{name}_now", "share", f"{text}, in the month", _NO_CALLS),
        Column(f"{name}_then", "share", "the same in the range it is compared with", _NO_CALLS),
        Column(f"{name}_change", "points", f"{name}_now - {name}_then", _NO_CALLS),
        Column(f"{name}_noise", "number", "a change of at most so many points, either way, is noise: two standard"
               " errors, by the spread of days", _FEW),
        Column(f"{name}_says", "text", "`better`, `worse`, `noise`, or `few calls`: fewer than five days with calls, or"
               " than 30 calls, on one side", _NO_CALLS),
    )  # fmt: skip


COLUMNS: tuple[Column, ...] = (
    Column("queue", "text", "id of the queue, or name of the group"),
    Column("against", "text", "`month before`, `same month last year`, `same weekdays last year`"),
    Column("then_start", "time", "start of the range that the month is compared with"),
    Column("then_end", "time", "end of it, not in it"),
    Column("offered_now", "legs", "legs that arrived in the month"),
    Column("offered_then", "legs", "legs that arrived in the other range", _NOT_KNOWN),
    *_changes("sl", "served as each queue promised"),
    *_changes("gave_up", "abandons that were not short / all that left, less short abandons"),
    Column("holidays_now", "text", "holidays of the group in the month, by `queues.toml` of today", "none"),
    Column("holidays_then", "text", "holidays of the group in the other range, likewise", "none"),
)  # fmt: skip


def compare_rows(reader: Reader, catalogue: Catalogue, question: Question) -> list[Row]:
    zone = catalogue.default_zone if question.queue is None else catalogue.zone(question.queue)
    month = Range(question.start, question.end)
    now = days_by_group(reader, catalogue, question, month)
    known = ends(reader)
    asked = [each for id_, each in catalogue.queues.items() if question.queue in (None, id_)]
    rows: list[Row] = []
    for against, then in compared_with(month, zone).items():
        before = days_by_group(reader, catalogue, question, then)
        is_whole = not lacks(known, then, asked, zone)
        for group in sorted({*now, *before}):
            sides = now.get(group, []), before.get(group, [])
            row: Row = {
                "queue": group,
                "against": against,
                "then_start": iso(then.start, ZoneInfo(zone)),
                "then_end": iso(then.end, ZoneInfo(zone)),
                "holidays_now": _holidays(sides[0], month, zone),
                "holidays_then": _holidays(sides[0], then, zone),
            }
            if any(map(_offered, sides)):
                row |= compared(*sides)
                rows.append(row if is_whole else row | {"offered_then": None})
    return sorted(rows, key=lambda row: str(row["queue"]))


def compared(now: list[Counted], then: list[Counted]) -> Row:
    """The figures of a row; without a service level if a leg of either side had no target."""
    row: Row = {"offered_now": _offered(now), "offered_then": _offered(then)}
    if any(each.record.get("n_untargeted", 0) for each in (*now, *then)):
        return row
    return row | _shown("sl", service_level(now, then)) | _shown("gave_up", _gave_up(now, then))


def _gave_up(now: list[Counted], then: list[Counted]) -> Change:
    sides = ([_abandons(each.record) for each in days] for days in (now, then))
    return change(*sides, more_is_better=False)


def _abandons(record: Mapping[str, Any]) -> Day:
    counts = counts_of(record)
    rule = formula("abandonment_ab2")
    return Day(numerator(rule, counts), denominator(rule, counts))


def _shown(name: str, of: Change) -> Row:
    return {
        f"{name}_now": rounded(of.now),
        f"{name}_then": rounded(of.then),
        f"{name}_change": None if of.points is None else round(of.points, 4),
        f"{name}_noise": None if of.noise is None else round(of.noise, 4),
        f"{name}_says": of.says,
    }


def _offered(days: list[Counted]) -> int:
    return sum(counts_of(each.record).offered for each in days)


def _holidays(days: list[Counted], of: Range, zone: str) -> str | None:
    members: list[Targets] = days[0].members if days else []
    named = {day for targets in members for day in targets.opening.holidays}
    return " ".join(f"{day}" for day in days_of(of, zone) if day.isoformat() in named) or None


REPORT = Report(
    options=(MONTH, QUEUE, CHANNEL, BY_GROUP, AS_OF),
    parts=(
        Part(
            COLUMNS,
            in_table=(
                "queue", "against", "offered_now", "offered_then", "sl_now", "sl_then", "sl_change",
                "sl_noise", "sl_says", "gave_up_now", "gave_up_then", "gave_up_change", "gave_up_says",
                "holidays_now", "holidays_then",
            ),
        ),
    ),
    ask=compare_rows,
    only_where_known=True,
    reads=COUNTED,
    examples=("2026-10 --by centre",),
)  # fmt: skip
