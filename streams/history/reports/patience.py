"""How long callers have patience, and who is lost at each limit T, so that a target can be chosen.

Kaplan-Meier of the time to giving up, censored by answers and other exits; waits in whole seconds, rounded up. Callers of channel
`voice` in opening hours; refused callers, ghosts, callers who still wait and those of whom nobody knows how long they
waited are left out. By arrival.
"""

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

from streams.history.catalogue import Catalogue
from streams.history.group_sql import grouped_legs
from streams.history.kept import LEGS
from streams.history.options import AS_OF, BY_GROUP, QUEUE, RANGE
from streams.history.patience import Ended, Patience, patience
from streams.history.promises_kept import rounded
from streams.history.question import Question
from streams.history.report import Column, Part, Report, Row
from streams.sinks.clickhouse.database import Reader

COLUMNS: tuple[Column, ...] = (
    Column("queue", "text", "id of the queue, or name of the group"),
    Column("limit_s", "s", "the limit T"),
    Column("waits", "legs", "waits that ended: answered, given up, or left otherwise"),
    Column("still_waiting", "legs", "those of them that were longer than T"),
    Column("answered_within", "share", "answered with a wait of at most T / waits", "no wait ended"),
    Column("gave_up_within", "share", "gave up with a wait of at most T / waits: lost, as the queue was staffed", "no wait"
           " ended"),
    Column("would_give_up", "share", "who would give up by T if nobody were answered before (Kaplan-Meier)",
           "nobody waited so long"),
    Column("median_patience_s", "s", "the least time by which half would give up", "fewer than half would, as far as"
           " is known"),
)  # fmt: skip


def patience_sql(catalogue: Catalogue, question: Question) -> str:
    legs = grouped_legs(catalogue, question, ("outcome", "wait_ms"))
    return (
        "SELECT report_group, intDiv(ifNull(wait_ms, 0) + 999, 1000) AS second,"
        " countIf(outcome = 'abandoned') AS n_gave_up, countIf(outcome = 'answered') AS n_answered,"
        " count() AS n_all"
        f" FROM {legs} WHERE out_of_hours = 0 AND channel = 'voice' AND isNotNull(wait_ms)"
        " AND outcome NOT IN ('open', 'rejected', 'ghost')"
        " GROUP BY report_group, second"
    )


def patience_rows(reader: Reader, catalogue: Catalogue, question: Question) -> list[Row]:
    records = reader.execute(patience_sql(catalogue, question)).named()
    return [
        row for group, found in by_group(records).items() for row in rows_of(group, patience(found))
    ]


def by_group(records: Iterable[Mapping[str, Any]]) -> dict[str, list[Ended]]:
    """By name; of each group the seconds in their order."""
    named = sorted(records, key=lambda each: (str(each["report_group"]), int(each["second"])))
    return {
        group: [_ended(record) for record in found]
        for group, found in groupby(named, key=lambda each: str(each["report_group"]))
    }


def _ended(record: Mapping[str, Any]) -> Ended:
    gave_up, answered = int(record["n_gave_up"]), int(record["n_answered"])
    otherwise = int(record["n_all"]) - gave_up - answered
    return Ended(int(record["second"]), gave_up, answered, otherwise)


def rows_of(group: str, found: Patience) -> list[Row]:
    return [
        {
            "queue": group,
            "limit_s": limit.second,
            "waits": found.waits,
            "still_waiting": limit.still_waiting,
            "answered_within": rounded(limit.answered / found.waits) if found.waits else None,
            "gave_up_within": rounded(limit.gave_up / found.waits) if found.waits else None,
            "would_give_up": rounded(limit.would_give_up),
            "median_patience_s": found.median_s,
        }
        for limit in found.limits
    ]


REPORT = Report(
    options=(*RANGE, QUEUE, BY_GROUP, AS_OF),
    parts=(Part(COLUMNS),),
    ask=patience_rows,
    reads=(LEGS,),
    examples=("--from 2026-10-01 --to 2026-11-01 --by all",),
)
