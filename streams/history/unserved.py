"""Callers who gave up or were refused and were not answered within a day, and those who tried again at once.

Rule 1: an *attempt* is an inbound leg in opening hours that was abandoned or refused.
Rule 2: it was *served* if the same caller was answered, in any queue or by a call back, within 24 h of its arrival.
Rule 3: whether it was is known once the archive has a call of 24 h later; before, an attempt that is not served
is *not yet known*.
Rule 4: an abandoned attempt was *redialled* if the same caller called again, in any queue, within 30 min of giving up.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from schemas.millis import DAY, MINUTE
from streams.history.catalogue import Catalogue
from streams.history.group_sql import group_sql, restrictions
from streams.history.legs_sql import (
    callers_sql,
    latest_arrival,
    legs_about,
    newest_legs,
    newest_legs_in_order,
)
from streams.history.question import By, Question
from streams.sinks.clickhouse.database import Reader, quoted

SERVED_WITHIN_MS = DAY
REDIAL_WITHIN_MS = 30 * MINUTE
# Of more the callers are counted in parts, each with all of its calls: what bounds the memory of a year. Nobody is in two.
LEGS_AT_ONCE = 3_000_000
_FAILED = "outcome IN ('abandoned', 'rejected')"
_COUNTED = (
    "n_attempts", "n_without_caller", "n_callers", "n_unserved", "n_unserved_or_unknown", "n_decided", "n_abandoned",
    "n_redialled",
)  # fmt: skip
_COLUMNS = (
    "arrived_at_ms", "answered_at_ms", "left_at_ms", "outcome", "direction", "channel", "caller", "out_of_hours",
)  # fmt: skip


class Unserved(Struct, frozen=True):
    """`callers`, `unserved` and `not_yet_known` are people; so is `decided`; everything else is attempts.

    A caller who has an unserved attempt is in `unserved` however many others were served.
    """

    group: str
    attempts: int = 0
    without_caller: int = 0  # nobody knows whose: in no other count
    callers: int = 0
    unserved: int = 0
    not_yet_known: int = 0
    abandoned: int = 0  # whose half hour is over
    redialled: int = 0
    decided: int = 0  # callers of whom the 24 h of an attempt are over

    @property
    def told(self) -> int | None:
        """`unserved`; None where nobody can be unserved yet and some may still be, and where no platform told whose any attempt was:
        0 would be a promise.
        """
        if self.nobody_named or (self.not_yet_known and not self.decided):
            return None
        return self.unserved

    @property
    def nobody_named(self) -> bool:
        """Whether there were attempts, and of none is it known whose it was."""
        return bool(self.attempts) and self.attempts == self.without_caller


def unserved(reader: Reader, catalogue: Catalogue, question: Question) -> list[Unserved]:
    """By name of the group; a caller who tried in two groups is in both."""
    return unserved_by(reader, catalogue, question, (question.by,))[question.by]


def unserved_by(
    reader: Reader, catalogue: Catalogue, question: Question, groupings: Sequence[By]
) -> dict[By, list[Unserved]]:
    """The same of several groupings, for which the legs are read once."""
    start, end = question.start, question.end + SERVED_WITHIN_MS
    known_to = latest_arrival(reader, start, end, question.as_of)
    found: dict[tuple[int, str], Counter[str]] = {}
    parts = -(-legs_about(reader, start, end) // LEGS_AT_ONCE) or 1
    for part in range(parts):
        sql = unserved_sql(catalogue, question, groupings, known_to, part, parts)
        for record in reader.execute(sql).named():
            key = int(record["place"]) - 1, str(record["report_group"])
            found.setdefault(key, Counter()).update({name: int(record[name]) for name in _COUNTED})
    return {
        by: [_of(group, found[at, group]) for at, group in sorted(found) if at == place]
        for place, by in enumerate(groupings)
    }


def unserved_sql(
    catalogue: Catalogue,
    question: Question,
    groupings: Sequence[By],
    known_to: int,
    part: int = 0,
    parts: int = 1,
) -> str:
    """One row for each grouping and group, of the callers of one part. `known_to`: arrival of the newest call that the
    archive knows.
    """
    # Callers of whom nobody knows who they are would be one caller with very long lists.
    answered = (
        "caller != '' AND outcome = 'answered' AND isNotNull(answered_at_ms)"
        " AND (direction = 'inbound' OR channel = 'callback')"
    )
    tried = " AND ".join([
        f"direction = 'inbound' AND out_of_hours = 0 AND {_FAILED}",
        f"arrived_at_ms >= {question.start} AND arrived_at_ms < {question.end}",
        *([f"queue = {quoted(question.queue)}"] if question.queue is not None else []),
        *restrictions(catalogue, question),
    ])  # fmt: skip
    over = "ifNull(left_at_ms, arrived_at_ms)"
    groups = ", ".join(group_sql(catalogue, replace(question, by=by)) for by in groupings)
    of_part = f" AND cityHash64(caller) % {parts} = {part}" if parts > 1 else ""
    start, end = question.start, question.end + SERVED_WITHIN_MS
    # Most callers were answered: of them nothing needs to be grouped. Versions that hold no more may name some of them, too.
    failed = f"caller IN ({callers_sql(start, end, question.as_of, _FAILED)}{of_part})"
    by_caller = (
        f"SELECT caller, groupArrayIf(ifNull(answered_at_ms, 0), {answered}) AS answers,"
        " groupArrayIf(arrived_at_ms, caller != '' AND direction = 'inbound') AS arrivals,"
        f" groupArrayIf(arrived_at_ms, {tried}) AS began, groupArrayIf({over}, {tried}) AS ended,"
        f" groupArrayIf(queue, {tried}) AS queues, groupArrayIf(channel, {tried}) AS channels,"
        f" groupArrayIf(outcome, {tried}) AS ends"
        f" FROM {_legs(catalogue, question, in_key_order=parts > 1)} WHERE {failed} GROUP BY caller HAVING length(began) > 0"
    )
    each = (
        f"SELECT caller, [{groups}] AS groups, how,"
        f" arrayExists(x -> x >= at AND x <= at + {SERVED_WITHIN_MS}, answers) AS is_served,"
        f" at + {SERVED_WITHIN_MS} <= {known_to} AS is_known,"
        f" arrayExists(x -> x > over AND x <= over + {REDIAL_WITHIN_MS}, arrivals) AS is_redialled,"
        f" over + {REDIAL_WITHIN_MS} <= {known_to} AS is_over"
        f" FROM ({by_caller})"
        " ARRAY JOIN began AS at, ended AS over, queues AS queue, channels AS channel, ends AS how"
    )
    named = "caller != ''"
    lost = f"{named} AND is_served = 0 AND is_known = 1"
    return (
        "SELECT place, report_group, count() AS n_attempts, countIf(caller = '') AS n_without_caller,"
        f" uniqExactIf(caller, {named}) AS n_callers, uniqExactIf(caller, {lost}) AS n_unserved,"
        f" uniqExactIf(caller, {named} AND is_served = 0) AS n_unserved_or_unknown,"
        f" uniqExactIf(caller, {named} AND is_known = 1) AS n_decided,"
        f" countIf({named} AND how = 'abandoned' AND is_over = 1) AS n_abandoned,"
        f" countIf({named} AND how = 'abandoned' AND is_over = 1 AND is_redialled = 1) AS n_redialled"
        f" FROM ({each}) ARRAY JOIN groups AS report_group, arrayEnumerate(groups) AS place"
        " GROUP BY place, report_group"
    )


def _legs(catalogue: Catalogue, question: Question, *, in_key_order: bool) -> str:
    """All legs of the range and of the day after it, of every queue and direction."""
    start, end, former = question.start, question.end + SERVED_WITHIN_MS, catalogue.former
    if in_key_order:
        return newest_legs_in_order(_COLUMNS, start, end, question.as_of, former)
    return newest_legs(_COLUMNS, start, end, None, question.as_of, former=former)


def _of(group: str, counted: Mapping[str, int]) -> Unserved:
    return Unserved(
        group,
        counted["n_attempts"],
        counted["n_without_caller"],
        counted["n_callers"],
        counted["n_unserved"],
        counted["n_unserved_or_unknown"] - counted["n_unserved"],
        counted["n_abandoned"],
        counted["n_redialled"],
        counted["n_decided"],
    )
