"""Callers who gave up or were refused and were not answered within a day, and those who tried again at once.

Rule 1: an *attempt* is an inbound leg in opening hours that was abandoned or refused.
Rule 2: it was *served* if the same caller was answered, in any queue or by a call back, within 24 h of its arrival.
Rule 3: whether it was is known once the archive has a call of 24 h later; before, an attempt that is not served
is *not yet known*.
Rule 4: an abandoned attempt was *redialled* if the same caller called again, in any queue, within 30 min of giving up.
"""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from schemas.millis import DAY, MINUTE
from streams.history.catalogue import Catalogue
from streams.history.group_sql import group_sql, restrictions
from streams.history.legs_sql import newest_legs
from streams.history.question import Question
from streams.sinks.clickhouse.database import Reader, quoted

SERVED_WITHIN_MS = DAY
REDIAL_WITHIN_MS = 30 * MINUTE
_COLUMNS = (
    "arrived_at_ms", "answered_at_ms", "left_at_ms", "outcome", "direction", "channel", "caller", "out_of_hours",
)  # fmt: skip


class Unserved(Struct, frozen=True):
    """`callers`, `unserved` and `not_yet_known` are people; so is `decided`; everything else is attempts.

    A caller who has an unserved attempt is in `unserved` however many others were served.
    """

    group: str
    attempts: int
    without_caller: int  # nobody knows whose: in no other count
    callers: int
    unserved: int
    not_yet_known: int
    abandoned: int  # whose half hour is over
    redialled: int
    decided: int  # callers of whom the 24 h of an attempt are over

    @property
    def told(self) -> int | None:
        """`unserved`; None where nobody can be unserved yet and some may still be: 0 would be a promise."""
        return None if self.not_yet_known and not self.decided else self.unserved


def unserved(reader: Reader, catalogue: Catalogue, question: Question) -> list[Unserved]:
    """By name of the group; a caller who tried in two groups is in both."""
    asked = replace(question, queue=None)
    newest = _legs(catalogue, asked)
    (found,) = reader.execute(f"SELECT max(arrived_at_ms) AS last FROM {newest}").rows or [(0,)]
    records = reader.execute(unserved_sql(catalogue, question, int(found[0] or 0))).named()
    return [_of(record) for record in sorted(records, key=lambda each: str(each["report_group"]))]


def unserved_sql(catalogue: Catalogue, question: Question, known_to: int) -> str:
    """One row for each group. `known_to`: arrival of the newest call that the archive knows."""
    # Callers of whom nobody knows who they are would be one caller with very long lists.
    answered = (
        "caller != '' AND outcome = 'answered' AND isNotNull(answered_at_ms)"
        " AND (direction = 'inbound' OR channel = 'callback')"
    )
    tried = " AND ".join([
        "direction = 'inbound' AND out_of_hours = 0 AND outcome IN ('abandoned', 'rejected')",
        f"arrived_at_ms >= {question.start} AND arrived_at_ms < {question.end}",
        *([f"queue = {quoted(question.queue)}"] if question.queue is not None else []),
        *restrictions(catalogue, question),
    ])  # fmt: skip
    over = "ifNull(left_at_ms, arrived_at_ms)"
    by_caller = (
        f"SELECT caller, groupArrayIf(ifNull(answered_at_ms, 0), {answered}) AS answers,"
        " groupArrayIf(arrived_at_ms, caller != '' AND direction = 'inbound') AS arrivals,"
        f" groupArrayIf(arrived_at_ms, {tried}) AS began, groupArrayIf({over}, {tried}) AS ended,"
        f" groupArrayIf({group_sql(catalogue, question)}, {tried}) AS places,"
        f" groupArrayIf(outcome, {tried}) AS ends"
        f" FROM {_legs(catalogue, replace(question, queue=None))} GROUP BY caller"
    )
    each = (
        "SELECT caller, report_group, how,"
        f" arrayExists(x -> x >= at AND x <= at + {SERVED_WITHIN_MS}, answers) AS is_served,"
        f" at + {SERVED_WITHIN_MS} <= {known_to} AS is_known,"
        f" arrayExists(x -> x > over AND x <= over + {REDIAL_WITHIN_MS}, arrivals) AS is_redialled,"
        f" over + {REDIAL_WITHIN_MS} <= {known_to} AS is_over"
        f" FROM ({by_caller})"
        " ARRAY JOIN began AS at, ended AS over, places AS report_group, ends AS how"
    )
    named = "caller != ''"
    lost = f"{named} AND is_served = 0 AND is_known = 1"
    return (
        "SELECT report_group, count() AS n_attempts, countIf(caller = '') AS n_without_caller,"
        f" uniqExactIf(caller, {named}) AS n_callers, uniqExactIf(caller, {lost}) AS n_unserved,"
        f" uniqExactIf(caller, {named} AND is_served = 0) AS n_unserved_or_unknown,"
        f" uniqExactIf(caller, {named} AND is_known = 1) AS n_decided,"
        f" countIf({named} AND how = 'abandoned' AND is_over = 1) AS n_abandoned,"
        f" countIf({named} AND how = 'abandoned' AND is_over = 1 AND is_redialled = 1) AS n_redialled"
        f" FROM ({each}) GROUP BY report_group"
    )


def _legs(catalogue: Catalogue, question: Question) -> str:
    """All legs of the range and of the day after it, of every queue and direction."""
    return newest_legs(
        _COLUMNS,
        question.start,
        question.end + SERVED_WITHIN_MS,
        question.queue,
        question.as_of,
        former=catalogue.former,
    )


def _of(record: Mapping[str, Any]) -> Unserved:
    unserved_callers = int(record["n_unserved"])
    return Unserved(
        str(record["report_group"]),
        int(record["n_attempts"]),
        int(record["n_without_caller"]),
        int(record["n_callers"]),
        unserved_callers,
        int(record["n_unserved_or_unknown"]) - unserved_callers,
        int(record["n_abandoned"]),
        int(record["n_redialled"]),
        int(record["n_decided"]),
    )
