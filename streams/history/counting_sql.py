"""SQL that counts legs by group and interval. Pure; the same on ClickHouse 18.16 and 26.x.

Every counter of schemas.counters is a column. On basis `event` the counters of missed offers are left out,
since the row of a leg does not have their times (see streams.history.missed_offers). Offered is the sum of
its outcomes and `open`.

The bits of `what` say which moments of a leg a row stands for: its arrival, its leaving of the queue, the
end of its service, the end of its wrap-up. On basis `arrival` one row stands for all; on basis `event` each
moment has a row.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from schemas.counters import COUNTER, Counter, Counts, Moment, column_of, sql_condition
from schemas.formulas import ASA, formula, sql_population
from schemas.legs import TOLD_ALIKE
from schemas.millis import SECOND
from schemas.promised import due_sql, goal_millionths_sql, good_sql
from streams.history.intervals import Run
from streams.history.legs_sql import newest_legs
from streams.history.question import Basis, Question
from streams.sinks.clickhouse.database import quoted

ARRIVED, LEFT, SERVED, WRAPPED = 1, 2, 4, 8
_ANSWERED_IN = "n_answers_within_"  # no column of a counter begins so
_SIDES: dict[Moment, int] = {
    "arrival": ARRIVED,
    "leaving": LEFT,
    "end of service": SERVED,
    "end of wrap-up": WRAPPED,
}
PERCENTILES = (50, 90, 95)
LEG_COLUMNS = (
    "outcome", "direction", "arrived_at_ms", "answered_at_ms", "left_at_ms", "ended_at_ms",
    "wrap_ended_at_ms", "wait_ms", "talk_hold_ms", "wrap_ms", "in_target", "short", "out_of_hours",
    "answer_within_ms", "short_abandon_ms", "formula", "targets_version", "key_at", "channel",
    "missed_offers", "flags", "goal",
)  # fmt: skip


def counting_sql(
    question: Question,
    slots: Sequence[Run],
    groups: Mapping[str, str] | None,
    only: Sequence[str] | None = None,
    rest: str = "",
    former: Mapping[str, str] | None = None,
    figures: Sequence[str] = (),
) -> str:
    """One row for each group and slot. `slots` cover the range of the question; `former` as in `newest_legs`. Of `figures` those
    of `answered_in` are added; all others are there always.

    `groups` maps queues to groups, and `rest` is the group of all others; None groups by queue. Of a
    question by channel, the channel is the group.
    `only` restricts to these queues (those of one zone); None takes all.
    """
    newest = newest_legs(
        LEG_COLUMNS,
        question.start,
        question.end,
        question.queue,
        question.as_of,
        question.live_below,
        as_counted_live=question.as_counted_live,
        former=former,
    )
    selected = ",\n  ".join(
        f"{expression} AS {name}"
        for name, expression in (*_counts(question.basis), *_answered_in(figures))
    )
    restricted = restrictions(question, only)
    return (
        f"SELECT {grouping(question, groups, rest)} AS report_group, {slot_sql(slots)} AS slot,\n  {selected}\n"
        f"FROM (SELECT *, {_moments(question.basis)} FROM {newest})\n"
        f"{_unfolded(question.basis)}"
        f"WHERE direction = 'inbound'{restricted}"
        f" AND moment >= {question.start} AND moment < {question.end}\n"
        "GROUP BY report_group, slot"
    )


def _moments(basis: Basis) -> str:
    if basis == "arrival":
        return f"arrived_at_ms AS moment, {ARRIVED + LEFT + SERVED + WRAPPED} AS what"
    # A moment that is not known becomes 0, which is in no range.
    return (
        "[arrived_at_ms, ifNull(left_at_ms, ifNull(answered_at_ms, 0)), ifNull(ended_at_ms, 0),"
        " ifNull(wrap_ended_at_ms, 0)] AS moments,"
        f" [{ARRIVED}, {LEFT}, {SERVED}, {WRAPPED}] AS sides"
    )


def _unfolded(basis: Basis) -> str:
    return "" if basis == "arrival" else "ARRAY JOIN moments AS moment, sides AS what\n"


def restrictions(question: Question, only: Sequence[str] | None) -> str:
    """` AND …`: the queues and the channel that are asked for."""
    queues = "" if only is None else f" AND queue IN ({', '.join(map(quoted, only)) or quoted('')})"
    return queues + (
        "" if question.channel is None else f" AND channel = {quoted(question.channel)}"
    )


def grouping(question: Question, groups: Mapping[str, str] | None, rest: str) -> str:
    """The group of columns `queue` and `channel`."""
    if question.by == "channel":
        return "channel"
    if groups is None:
        return "queue"
    if not groups:
        return quoted(rest)
    keys = ", ".join(map(quoted, groups))
    values = ", ".join(map(quoted, groups.values()))
    return f"transform(queue, [{keys}], [{values}], {quoted(rest)})"


def slot_sql(slots: Sequence[Run]) -> str:
    """The start of the interval that holds `moment`: a multiIf with one branch for each run of intervals."""
    steps = [
        f"{run.start} + intDiv(moment - {run.start}, {run.length}) * {run.length}" for run in slots
    ]
    if len(steps) == 1:
        return steps[0]
    ends = [run.start for run in slots[1:]]
    chosen = ", ".join(f"moment < {end}, {step}" for end, step in zip(ends, steps, strict=False))
    return f"multiIf({chosen}, {steps[-1]})"


def counts_of(row: Mapping[str, Any]) -> Counts:
    """The counters in a row of `counting_sql`; all 0 for an empty row (an interval without calls)."""
    return Counts(**{name: int(row.get(column_of(name), 0)) for name in COUNTER})


def knows(counter: str, basis: Basis) -> bool:
    """Whether `counting_sql` has the counter. The row of a leg has the number of its missed offers, but not
    their times: so they are left out on basis `event`.
    """
    return basis == "arrival" or COUNTER[counter].moment in _SIDES


def _counted(counter: Counter) -> str:
    if counter.moment not in _SIDES:
        return f"sumIf(missed_offers, {_side(ARRIVED)} AND {sql_condition(counter)})"
    side = _side(_SIDES[counter.moment], out_of_hours=counter.when.out_of_hours)
    condition = f"{side} AND {sql_condition(counter)}"
    if counter.sums is not None:
        return f"sumIf(ifNull({counter.sums}, 0), {condition})"
    return f"countIf({condition})"


def _counts(basis: Basis) -> list[tuple[str, str]]:
    waits = f"arraySort(groupArrayIf(ifNull(wait_ms, 0), {waited_sql()}))"
    return [
        *sums(basis),
        *longest(),
        *((f"wait_p{p}", nearest_rank_sql(waits, p)) for p in PERCENTILES),
        ("n_targets", f"uniqExactIf({TARGETS}, {TARGETED})"),
        ("newest_targets", f"argMaxIf({TARGETS}, {TARGETS_RANK}, {TARGETED})"),
    ]


def sums(basis: Basis) -> list[tuple[str, str]]:
    """What is added over legs, as (name, expression)."""
    left, arrived, based = _side(LEFT), _side(ARRIVED), _based()
    return [
        *((column_of(name), _counted(each)) for name, each in COUNTER.items() if knows(name, basis)),
        ("n_open", f"countIf({arrived} AND outcome = 'open')"),
        ("n_told_alike", f"countIf({arrived} AND has(flags, {quoted(TOLD_ALIKE)}))"),
        ("n_untargeted", f"countIf({based} AND isNull(answer_within_ms))"),
        ("n_good", f"countIf({left} AND {good_sql()})"),
        ("n_due", f"countIf({left} AND {due_sql()})"),
        ("goal_millionths", f"sumIf({goal_millionths_sql()}, {left} AND {due_sql()})"),
        ("n_waits", f"countIf({based} AND isNotNull(wait_ms))"),
    ]  # fmt: skip


def answered_in(limit_s: int) -> str:
    """The figure of those who were answered within so many seconds, call backs left out."""
    return f"{_ANSWERED_IN}{limit_s}_s"


def limit_of_figure(name: str) -> int | None:
    """The seconds of a figure `answered_in`; None for others."""
    return int(name[len(_ANSWERED_IN) : -len("_s")]) if name.startswith(_ANSWERED_IN) else None


def _answered_in(figures: Sequence[str]) -> list[tuple[str, str]]:
    limits = ((name, limit_of_figure(name)) for name in figures)
    return [
        (name, f"countIf({waited_sql()} AND ifNull(wait_ms, 0) <= {limit_s * SECOND})")
        for name, limit_s in limits
        if limit_s is not None
    ]


def longest() -> list[tuple[str, str]]:
    """Of what the greatest is taken, as (name, expression)."""
    return [
        ("max_answer_wait", f"maxIf(ifNull(wait_ms, 0), {waited_sql()})"),
        ("max_wait", f"maxIf(ifNull(wait_ms, 0), {_based()})"),
    ]


def waited_sql() -> str:
    """The legs whose waits are in mean and percentiles."""
    return f"{_side(LEFT)} AND {sql_population(ASA)}"


def _based() -> str:
    return f"{_side(LEFT)} AND ({sql_population(formula('abandonment_ab1'))})"


# The three targets in one text, which ClickHouse 18.16 can count and compare; the newest are those of the greatest rank.
TARGETS = (
    "concat(formula, ' ', toString(ifNull(answer_within_ms, 0)),"
    " ' ', toString(ifNull(short_abandon_ms, 0)))"
)


TARGETED = "targets_version > 0 AND out_of_hours = 0"
TARGETS_RANK = "targets_version * 4294967296 + toUInt32(key_at)"


def _side(bit: int, *, out_of_hours: bool = False) -> str:
    return f"bitAnd(what, {bit}) != 0 AND out_of_hours = {int(out_of_hours)}"


def nearest_rank_sql(sorted_waits: str, percent: int) -> str:
    """Element ceil(p·n) of the sorted waits, by integers: exact where p·n is whole."""
    return (
        f"arrayElement({sorted_waits},"
        f" greatest(1, intDiv(toInt64(length({sorted_waits})) * {percent} + 99, 100)))"
    )
