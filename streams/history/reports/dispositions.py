"""What came of answered calls, as agents noted it: shares of those that have a disposition.

Answered legs in opening hours, by arrival. Where the platform tells no dispositions nothing is measured: that is no value, not 0.
"""

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

from streams.history.catalogue import Catalogue
from streams.history.group_sql import grouped_legs
from streams.history.kept import LEGS
from streams.history.options import AS_OF, BY_GROUP, CHANNEL, QUEUE, RANGE
from streams.history.promises_kept import rounded
from streams.history.question import Question
from streams.history.report import Column, Part, Report, Row
from streams.sinks.clickhouse.database import Reader

COLUMNS: tuple[Column, ...] = (
    Column("queue", "text", "id of the queue, or name of the group"),
    Column("disposition", "text", "the result that the agent gave the contact", "the platform did not say"),
    Column("answered", "legs", "answered legs with it"),
    Column("share_of_told", "share", "answered / the answered legs of the queue or group that have a disposition",
           "the platform did not say"),
    Column("share_told", "share", "answered legs that have a disposition / all answered, of the queue or group"),
)  # fmt: skip


def dispositions_sql(catalogue: Catalogue, question: Question) -> str:
    legs = grouped_legs(catalogue, question, ("outcome", "disposition"))
    return (
        f"SELECT report_group, disposition AS result, count() AS n_answered FROM {legs}"
        " WHERE out_of_hours = 0 AND outcome = 'answered' GROUP BY report_group, result"
    )


def disposition_rows(reader: Reader, catalogue: Catalogue, question: Question) -> list[Row]:
    return rows_of(reader.execute(dispositions_sql(catalogue, question)).named())


def rows_of(records: Iterable[Mapping[str, Any]]) -> list[Row]:
    """By group, the most frequent first."""
    ordered = sorted(
        records,
        key=lambda each: (str(each["report_group"]), -int(each["n_answered"]), str(each["result"])),
    )
    return [
        row
        for group, found in groupby(ordered, key=lambda each: str(each["report_group"]))
        for row in _of_group(
            group, [(str(each["result"]), int(each["n_answered"])) for each in found]
        )
    ]


def _of_group(group: str, found: list[tuple[str, int]]) -> list[Row]:
    total, told = sum(n for _, n in found), sum(n for result, n in found if result)
    return [
        {
            "queue": group,
            "disposition": result or None,
            "answered": n,
            "share_of_told": rounded(n / told) if result else None,
            "share_told": rounded(told / total),
        }
        for result, n in found
    ]


REPORT = Report(
    options=(*RANGE, QUEUE, CHANNEL, BY_GROUP, AS_OF),
    parts=(Part(COLUMNS),),
    ask=disposition_rows,
    reads=(LEGS,),
    examples=("--from 2026-10-01 --to 2026-11-01 --by centre",),
)
