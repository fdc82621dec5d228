"""Callers who were refused, by queue; a report that only tests know."""

from streams.history.catalogue import Catalogue
from streams.history.kept import LEGS
from streams.history.legs_sql import newest_legs
from streams.history.options import QUEUE, RANGE
from streams.history.question import Question
from streams.history.report import Column, Part, Record, Report, Row, Select


def refused_sql(_: Catalogue, question: Question) -> str:
    columns = ("outcome", "arrived_at_ms")
    newest = newest_legs(columns, question.start, question.end, question.queue, None)
    return (
        f"SELECT queue, countIf(outcome = 'rejected') AS refused, count() AS called FROM {newest}"
        f" WHERE arrived_at_ms >= {question.start} AND arrived_at_ms < {question.end}"
        " GROUP BY queue ORDER BY queue"
    )


def refused_row(record: Record) -> Row:
    share = record["refused"] / record["called"] if record["called"] else None
    return {"queue": record["queue"], "refused": record["refused"], "share": share}


REPORT = Report(
    options=(*RANGE, QUEUE),
    parts=(
        Part((
            Column("queue", "text", "id of the queue"),
            Column("refused", "legs", "callers who were refused before queueing"),
            Column("share", "share", "refused / all who called", "nobody called"),
        )),
    ),
    ask=Select(refused_sql, refused_row),
    reads=(LEGS,),
    examples=("--from 2026-11-02 --to 2026-11-03",),
)  # fmt: skip
