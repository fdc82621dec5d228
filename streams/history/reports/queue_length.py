"""How many callers waited at once, and for which share of the opening hours.

Callers of every channel who arrived in opening hours; ghosts and those of whom nobody knows how long they waited are left out. Opening hours
are those of today's configuration; of a group, when any of its queues is open. At most two million legs.
"""

from collections.abc import Iterable, Sequence

from schemas.opening import Opening
from schemas.targets import Targets
from streams.history.catalogue import Catalogue
from streams.history.group_sql import grouped_legs
from streams.history.intervals import spans_between
from streams.history.kept import LEGS
from streams.history.options import AS_OF, BY_GROUP, QUEUE, RANGE
from streams.history.promises_kept import rounded
from streams.history.question import HistoryError, Question, WrongOptionError
from streams.history.queue_length import Lengths, lengths
from streams.history.report import Column, ForPeople, Found, Part, Report, Row
from streams.sinks.clickhouse.database import Reader

MOST_LEGS = 2_000_000
_IN_TABLE = 30
_PERCENTILES = (50, 90, 99)
_NEVER = "it was never open"
SUMMARY = Part(
    (
        Column("queue", "text", "id of the queue, or name of the group"),
        Column("open_h", "h", "opening hours of the range"),
        Column("mean_waiting", "number", "mean number of waiting callers: all waits in these hours / these hours", _NEVER),
        *(
            Column(f"waiting_p{percent}", "number", f"the smallest number that was not exceeded for {percent} % of the"
                   " time", _NEVER)
            for percent in _PERCENTILES
        ),
        Column("max_waiting", "number", "the most callers who waited at once", _NEVER),
        Column("share_nobody", "share", "share of the time in which nobody waited", _NEVER),
    ),
    name="lengths",
    kind="length",
)  # fmt: skip


def _first_rows(rows: Sequence[Row]) -> ForPeople:
    more = len(rows) - _IN_TABLE
    below = f"{more:,} more rows: --format csv" if more > 0 else ""
    return ForPeople(rows[:_IN_TABLE], below)


DISTRIBUTION = Part(
    (
        Column("queue", "text", "id of the queue, or name of the group"),
        Column("waiting_at_once", "number", "so many callers waited at once"),
        Column("share_of_time", "share", "for this share of the opening hours"),
    ),
    name="distribution",
    kind="waiting",
    arrange=_first_rows,
)


def stays_sql(catalogue: Catalogue, question: Question) -> str:
    """Who waited; `gone` 0: still there."""
    legs = grouped_legs(catalogue, question, ("outcome", "left_at_ms", "wait_ms"))
    return (
        f"SELECT report_group, arrived_at_ms AS came, ifNull(left_at_ms, 0) AS gone FROM {legs}"
        " WHERE out_of_hours = 0 AND outcome NOT IN ('rejected', 'ghost')"
        " AND (outcome = 'open' OR isNotNull(wait_ms))"
    )


def _ask(reader: Reader, catalogue: Catalogue, question: Question) -> Found:
    sql = stays_sql(catalogue, question)
    counted = reader.execute(f"SELECT count() AS n FROM ({sql})").named()
    if counted and int(counted[0].get("n", 0)) > MOST_LEGS:
        raise HistoryError(f"more than {MOST_LEGS:,} legs: ask for a shorter range or one --queue")
    stays: dict[str, list[tuple[int, int]]] = {}
    for record in reader.execute(sql).named():
        gone = int(record["gone"]) or question.end
        stays.setdefault(str(record["report_group"]), []).append((int(record["came"]), gone))
    members = catalogue.members(question.by, question.queue)
    found = {
        group: lengths(stays.get(group, []), open_hours(members.get(group, []), question))
        for group in sorted({*stays, *members})
    }
    return Found(
        (
            [summary_row(group, each) for group, each in found.items()],
            [row for group, each in found.items() for row in distribution_rows(group, each)],
        ),
        ("Callers who waited at once", "For which share of the opening hours"),
    )


def open_hours(members: Iterable[Targets], question: Question) -> list[tuple[int, int]]:
    """The opening hours of any of these queues, cut to the range; all of it for one that nobody configured."""
    start, end = question.start, question.end
    queues = list(members)
    if not queues or any(each.opening == Opening() for each in queues):
        return [(start, end)]
    merged: list[tuple[int, int]] = []
    spans = [
        span for each in queues for span in spans_between(start, end, each.opening, each.time_zone)
    ]
    for first, last in sorted(spans):
        if merged and first <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], last)
        else:
            merged.append((first, last))
    cut = [(max(first, start), min(last, end)) for first, last in merged]
    return [(first, last) for first, last in cut if first < last]


def summary_row(group: str, found: Lengths) -> Row:
    row: Row = {"queue": group, "open_h": round(found.watched_ms / 3_600_000, 3)}
    if found.mean is None:
        return row
    return row | {
        "mean_waiting": round(found.mean, 3),
        **{f"waiting_p{percent}": found.percentile(percent) for percent in _PERCENTILES},
        "max_waiting": max(found.ms),
        "share_nobody": rounded(found.share(0)),
    }


def distribution_rows(group: str, found: Lengths) -> list[Row]:
    return [
        {"queue": group, "waiting_at_once": n, "share_of_time": rounded(found.share(n))}
        for n in sorted(found.ms)
    ]


def _check(question: Question) -> None:
    if question.by == "channel":
        raise WrongOptionError("--by", "opening hours are not told by channel")


REPORT = Report(
    options=(*RANGE, QUEUE, BY_GROUP, AS_OF),
    parts=(SUMMARY, DISTRIBUTION),
    ask=_ask,
    reads=(LEGS,),
    examples=("--from 2026-10-05 --to 2026-10-12 --queue outages",),
    check=_check,
)
