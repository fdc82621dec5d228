"""How long callers waited: percentiles, and how many left within each limit.

Callers of channel `voice` in opening hours, whatever became of them; ghosts, callers who still wait and those of whom nobody
knows how long they waited are left out. By arrival.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from streams.history.catalogue import Catalogue
from streams.history.counting_sql import nearest_rank_sql
from streams.history.group_sql import grouped_legs
from streams.history.kept import LEGS
from streams.history.options import AS_OF, BY_GROUP, QUEUE, RANGE
from streams.history.promises_kept import rounded
from streams.history.question import Question
from streams.history.report import Column, Found, Part, Report, Row
from streams.sinks.clickhouse.database import Reader

PERCENTILES = (50, 80, 90, 95, 99)
LIMITS_S = (0, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1_800)
_NOBODY = "nobody was answered"
PERCENTILES_PART = Part(
    (
        Column("queue", "text", "id of the queue, or name of the group"),
        Column("answered", "legs", "legs of channel `voice` that were answered"),
        *(
            Column(
                f"wait_p{percent}_s",
                "s",
                f"the smallest wait that at least {percent} % of the answered, call backs left out, did not"
                " exceed",
                _NOBODY,
            )
            for percent in PERCENTILES
        ),
        Column(
            "max_wait_answered_s",
            "s",
            "longest wait of the answered, call backs left out",
            _NOBODY,
        ),
        Column("gave_up", "legs", "legs of channel `voice` that were abandoned, at once or later"),
        *(
            Column(
                f"gave_up_p{percent}_s",
                "s",
                f"the smallest wait that at least {percent} % of them did not exceed: not their patience, since who was"
                " answered is not in it (`history patience`)",
                "nobody gave up",
            )
            for percent in PERCENTILES
        ),
    ),
    name="percentiles",
    kind="percentiles",
)
WITHIN_PART = Part(
    (
        Column("queue", "text", "id of the queue, or name of the group"),
        Column("limit_s", "s", "the limit; waits of more than the limit before it", "no limit: longer than all"),
        Column("answered", "legs", "legs answered with such a wait"),
        Column("gave_up", "legs", "legs abandoned with such a wait"),
        Column("otherwise", "legs", "legs that left otherwise with such a wait"),
        Column("share", "share", "all three / all waits"),
        Column("share_within", "share", "all waits up to the limit / all waits"),
    ),
    name="distribution",
    kind="waits",
)  # fmt: skip


def _ended(catalogue: Catalogue, question: Question) -> str:
    legs = grouped_legs(catalogue, question, ("outcome", "wait_ms"))
    return (
        f"(SELECT report_group, outcome, ifNull(wait_ms, 0) AS waited FROM {legs}"
        " WHERE out_of_hours = 0 AND channel = 'voice' AND isNotNull(wait_ms)"
        " AND outcome NOT IN ('open', 'rejected', 'ghost'))"
    )


def percentiles_sql(catalogue: Catalogue, question: Question) -> str:
    selected = []
    for outcome in ("answered", "abandoned"):
        waits = f"arraySort(groupArrayIf(waited, outcome = '{outcome}'))"
        selected += [
            f"{nearest_rank_sql(waits, percent)} AS {outcome}_p{percent}" for percent in PERCENTILES
        ]
        selected.append(f"countIf(outcome = '{outcome}') AS n_{outcome}")
    return (
        f"SELECT report_group, {', '.join(selected)}, maxIf(waited, outcome = 'answered') AS longest"
        f" FROM {_ended(catalogue, question)} GROUP BY report_group ORDER BY report_group"
    )


def distribution_sql(catalogue: Catalogue, question: Question) -> str:
    steps = ", ".join(f"waited <= {limit * 1000}, {limit}" for limit in LIMITS_S)
    return (
        f"SELECT report_group, multiIf({steps}, -1) AS up_to,"
        " countIf(outcome = 'answered') AS n_answered, countIf(outcome = 'abandoned') AS n_abandoned,"
        f" count() AS n_all FROM {_ended(catalogue, question)} GROUP BY report_group, up_to"
    )


def percentiles_row(record: Mapping[str, Any]) -> Row:
    row: Row = {
        "queue": str(record["report_group"]),
        "answered": int(record["n_answered"]),
        "gave_up": int(record["n_abandoned"]),
    }
    if row["answered"]:
        row |= {f"wait_p{p}_s": record[f"answered_p{p}"] / 1000 for p in PERCENTILES}
        row["max_wait_answered_s"] = record["longest"] / 1000
    if row["gave_up"]:
        row |= {f"gave_up_p{p}_s": record[f"abandoned_p{p}"] / 1000 for p in PERCENTILES}
    return row


def distribution_rows(records: Iterable[Mapping[str, Any]]) -> list[Row]:
    """Every limit of each group, also without a wait."""
    counted: dict[str, dict[int, Mapping[str, Any]]] = {}
    for record in records:
        counted.setdefault(str(record["report_group"]), {})[int(record["up_to"])] = record
    rows: list[Row] = []
    for group, limits in sorted(counted.items()):
        total, within = sum(int(each["n_all"]) for each in limits.values()), 0
        for limit in (*LIMITS_S, -1):
            found = limits.get(limit, {})
            answered, gave_up, n = (
                int(found.get(name, 0)) for name in ("n_answered", "n_abandoned", "n_all")
            )
            within += n
            rows.append({
                "queue": group,
                "limit_s": None if limit < 0 else limit,
                "answered": answered,
                "gave_up": gave_up,
                "otherwise": n - answered - gave_up,
                "share": rounded(n / total),
                "share_within": rounded(within / total),
            })  # fmt: skip
    return rows


def _ask(reader: Reader, catalogue: Catalogue, question: Question) -> Found:
    percentiles = reader.execute(percentiles_sql(catalogue, question)).named()
    distribution = reader.execute(distribution_sql(catalogue, question)).named()
    return Found(
        ([percentiles_row(record) for record in percentiles], distribution_rows(distribution)),
        (
            "Percentiles",
            "How many left with a wait up to each limit, and above the limit before it",
        ),
    )


REPORT = Report(
    options=(*RANGE, QUEUE, BY_GROUP, AS_OF),
    parts=(PERCENTILES_PART, WITHIN_PART),
    ask=_ask,
    reads=(LEGS,),
    examples=("--from 2026-10-01 --to 2026-11-01 --by centre",),
)
