"""SQL that counts by group and interval from quarter hours, and from legs of the (queue, day)s that are not rolled up.

Its figures are those of `counting_sql`, to the digit: both are made of the same expressions.
"""

from collections.abc import Mapping, Sequence

from streams.history.counting_sql import grouping, restrictions, slot_sql
from streams.history.intervals import Run
from streams.history.legs_sql import newest_legs_among, of_queue, present_queue
from streams.history.quarter_hours import (
    ALL,
    KEYS,
    OF_LEGS,
    QUARTER_MS,
    columns_of,
    counted_sql,
    figures_sql,
)
from streams.history.question import Question
from streams.history.rolled_up import RolledUp, built_sql, unbuilt_legs


def fits(question: Question, slots: Sequence[Run]) -> bool:
    """Whether quarter hours can answer it: by arrival, as it is known now, and no bound within a quarter hour."""
    whole = all(run.start % QUARTER_MS == 0 and run.length % QUARTER_MS == 0 for run in slots)
    return (
        whole
        and question.end % QUARTER_MS == 0
        and question.basis == "arrival"
        and question.as_of is None
        and question.live_below is None
        and not question.as_counted_live
    )


def rolled_sql(
    question: Question,
    slots: Sequence[Run],
    groups: Mapping[str, str] | None,
    rolled: RolledUp,
    figures: Sequence[str],
    *,
    only: Sequence[str] | None = None,
    rest: str = "",
    former: Mapping[str, str] | None = None,
) -> str:
    """As `counting_sql`, for a question that `fits`; `figure_of` names its columns."""
    source = quarter_hours_sql(question, rolled, columns_of(figures), former or {})
    return (
        f"SELECT {grouping(question, groups, rest)} AS report_group, {slot_sql(slots)} AS slot,\n"
        f"  {figures_sql(figures)}\n"
        f"FROM (SELECT *, at_ms AS moment FROM {source})\n"
        f"WHERE 1{restrictions(question, only)}\nGROUP BY report_group, slot"
    )


def quarter_hours_sql(
    question: Question, rolled: RolledUp, columns: Sequence[str], former: Mapping[str, str]
) -> str:
    """`(SELECT queue, at_ms, channel, …)`: every inbound leg of the range is in one row of it."""
    in_range = f" AND at_ms >= {question.start} AND at_ms < {question.end}"
    named = ", ".join((*KEYS, *columns))
    parts = []
    if rolled.reads_quarter_hours:
        of = "" if question.queue is None else f" AND {of_queue(question.queue, former)}"
        parts.append(f"SELECT {named} FROM quarter_hours WHERE {built_sql(rolled)}{in_range}{of}")
    if rolled.reads_legs:
        among = unbuilt_legs(rolled)
        start, end = question.start, question.end
        legs = newest_legs_among(OF_LEGS, start, end, question.queue, former, among)
        parts.append(counted_sql(legs, columns, KEYS, in_range))
    found = "(" + "\nUNION ALL\n".join(parts) + ")"
    if not former:
        return found
    others = ", ".join((*KEYS[1:], *columns))
    return f"(SELECT {present_queue(former)} AS queue, {others} FROM {found})"


def figure_of(column: str) -> str:
    """The name by which `counting_sql` has a column of `rolled_sql`."""
    return column.removeprefix(ALL)
