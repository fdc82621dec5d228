"""The register of promises: who promised what from when, and what callers of the range got by it.

A promise is a formula, a target T, a limit s and a goal. The result is that of the legs that were judged by it, by arrival. Legs
judged by a version that never came into force, because a later one replaced it, have a row without dates.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from schemas.millis import iso
from schemas.promised import due_sql, goal_millionths_sql, good_sql
from streams.history.catalogue import Catalogue
from streams.history.group_sql import grouped_legs
from streams.history.kept import LEGS
from streams.history.options import AS_OF, QUEUE, RANGE
from streams.history.promises_kept import Kept, kept_of, shares
from streams.history.question import Question
from streams.history.register import Promise, read_promises
from streams.history.report import Column, Part, Report, Row
from streams.sinks.clickhouse.database import Reader

_REPLACED = "the version never came into force"
_NO_CALLS = "no such calls in the range"
COLUMNS: tuple[Column, ...] = (
    Column("queue", "text", "id of the queue"),
    Column("centre", "text", "its centre", _REPLACED),
    Column("promised_from", "time", "since when it promised this, on the queue's clock", "from the beginning, or "
           + _REPLACED),
    Column("promised_until", "time", "until when, not included", "until now, or " + _REPLACED),
    Column("targets_versions", "text", "the published versions of the targets that say so"),
    Column("formula", "text", "the promised formula", _REPLACED),
    Column("answer_within_s", "s", "the target T", _REPLACED),
    Column("short_abandon_s", "s", "the short-abandon limit s", _REPLACED),
    Column("goal", "share", "the promised service level", _REPLACED + " and judged no call"),
    Column("served_as_promised", "legs", "legs of the range in the numerator of the formula"),
    Column("promised_calls", "legs", "legs of the range in the denominator of the formula"),
    Column("sl_promised", "share", "served_as_promised / promised_calls", _NO_CALLS),
    Column("against_goal", "text", "`met`, `missed` or `few calls`", _NO_CALLS),
)  # fmt: skip


def kept_sql(catalogue: Catalogue, question: Question) -> str:
    """One row for each queue and version of the targets that judged legs of the range."""
    columns = (
        "outcome",
        "wait_ms",
        "in_target",
        "short",
        "answer_within_ms",
        "formula",
        "goal",
        "targets_version",
    )
    legs = grouped_legs(catalogue, question, columns)
    return (
        f"SELECT queue, targets_version AS said_by, countIf({good_sql()}) AS n_good,"
        f" countIf({due_sql()}) AS n_due, sumIf({goal_millionths_sql()}, {due_sql()}) AS goal_millionths"
        f" FROM {legs} WHERE out_of_hours = 0 AND targets_version > 0 GROUP BY queue, said_by"
    )


def promise_rows(reader: Reader, catalogue: Catalogue, question: Question) -> list[Row]:
    records = reader.execute(kept_sql(catalogue, question)).named()
    return rows_of(read_promises(reader), records, catalogue, question)


def promises_alone(reader: Reader, catalogue: Catalogue, question: Question) -> list[Row]:
    """Without their results, where calls of the range were deleted."""
    rows = rows_of(read_promises(reader), [], catalogue, question)
    results = _result(Kept())
    return [{name: value for name, value in row.items() if name not in results} for row in rows]


def rows_of(
    register: Iterable[Promise],
    records: Iterable[Mapping[str, Any]],
    catalogue: Catalogue,
    question: Question,
) -> list[Row]:
    kept = {(str(each["queue"]), int(each["said_by"])): kept_of(each) for each in records}
    rows: list[Row] = []
    for promise in register:
        if question.queue not in (None, promise.queue):
            continue
        parts = [kept.pop((promise.queue, version), Kept()) for version in promise.versions]
        whole = sum(parts, Kept())
        in_range = promise.start < question.end and (
            promise.end is None or promise.end > question.start
        )
        if in_range or whole.due:
            rows.append(_row(promise, whole, catalogue.zone(promise.queue)))
    for (queue, version), of in sorted(kept.items()):
        row: Row = {"queue": queue, "targets_versions": str(version)}
        rows.append(row | _result(of))
    return sorted(rows, key=lambda row: str(row["queue"]))


def _row(promise: Promise, kept: Kept, zone: str) -> Row:
    clock = ZoneInfo(zone)
    return {
        "queue": promise.queue,
        "centre": promise.centre,
        "promised_from": iso(promise.start, clock) if promise.start else None,
        "promised_until": None if promise.end is None else iso(promise.end, clock),
        "targets_versions": " ".join(map(str, promise.versions)),
        "formula": promise.formula,
        "answer_within_s": promise.answer_within_ms / 1000,
        "short_abandon_s": promise.short_abandon_ms / 1000,
    } | _result(kept) | {"goal": promise.goal}  # fmt: skip


def _result(kept: Kept) -> Row:
    return {"served_as_promised": kept.good, "promised_calls": kept.due} | shares(kept)


REPORT = Report(
    options=(*RANGE, QUEUE, AS_OF),
    parts=(Part(COLUMNS),),
    ask=promise_rows,
    reads=(LEGS,),
    examples=("--from 2026-10-01 --to 2026-11-01",),
)
