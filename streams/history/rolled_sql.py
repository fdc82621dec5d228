"""SQL that counts by group and interval from quarter hours, and from legs of the (queue, day)s that are not rolled up.

Its figures are those of `counting_sql`, to the digit: both are made of the same expressions.
"""

from collections.abc import Mapping, Sequence

from schemas.millis import DAY, SECOND
from streams.history.counting_sql import grouping, restrictions, slot_sql
from streams.history.intervals import Run
from streams.history.legs_sql import KEY_SLACK_MS, newest_legs_among, of_queue, present_queue
from streams.history.quarter_hours import (
    ALL,
    KEYS,
    OF_LEGS,
    QUARTER_MS,
    are_day_sums,
    columns_of,
    counted_sql,
    day_of,
    figures_sql,
)
from streams.history.question import Question
from streams.history.rolled_up import RolledUp, built_sql, unbuilt_legs

_UNION = "\nUNION ALL\n"
Span = tuple[int, int]  # [start, end) in ms


def fits(question: Question, slots: Sequence[Run]) -> bool:
    """Whether quarter hours can answer it: by arrival, with no bound within a quarter hour."""
    whole = all(run.start % QUARTER_MS == 0 and run.length % QUARTER_MS == 0 for run in slots)
    return (
        whole
        and question.end % QUARTER_MS == 0
        and question.basis == "arrival"
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
    columns = columns_of(figures)
    days = whole_days(slots) if are_day_sums(columns) else []
    source = quarter_hours_sql(question, rolled, columns, former or {}, days)
    return (
        f"SELECT {grouping(question, groups, rest)} AS report_group, {slot_sql(slots)} AS slot,\n"
        f"  {figures_sql(figures)}\n"
        f"FROM (SELECT *, at_ms AS moment FROM {source})\n"
        f"WHERE 1{restrictions(question, only)}\nGROUP BY report_group, slot"
    )


def whole_days(slots: Sequence[Run]) -> list[Span]:
    """UTC days, side by side as one span, of which each lies in one interval: their quarter hours need not be told apart."""
    found: list[Span] = []
    for run in slots:
        if run.count == 1:
            first = -(-run.start // DAY) * DAY
            last = (run.start + run.length) // DAY * DAY
        elif run.start % DAY == 0 and run.length % DAY == 0:
            first, last = run.start, run.start + run.length * run.count
        else:
            continue
        if first < last:
            found.append((first, last))
    return found


def quarter_hours_sql(
    question: Question,
    rolled: RolledUp,
    columns: Sequence[str],
    former: Mapping[str, str],
    days: Sequence[Span] = (),
) -> str:
    """`(SELECT queue, at_ms, channel, …)`: every inbound leg of the range is in one row of it.

    Of `days` (`whole_days`), for columns that `are_day_sums`, one row may be all legs of the UTC day that begins at `at_ms`.
    """
    in_range = f" AND at_ms >= {question.start} AND at_ms < {question.end}"
    named = ", ".join((*KEYS, *columns))
    keyed = f"{named}, day, built"
    parts = []
    if rolled.reads_quarter_hours:
        of = "" if question.queue is None else f" AND {of_queue(question.queue, former)}"
        within, holds = built_sql(rolled)
        summed = days if rolled.has_day_sums else ()
        tables = [
            f"SELECT {keyed} FROM day_sums WHERE {within}{of} AND {_arrived(each)}"
            for each in summed
        ]
        tables += [
            f"SELECT {keyed} FROM quarter_hours WHERE {within}{of}{about}"
            for about in (_beside(question, summed) if summed else [in_range])
        ]
        # Which builds hold is asked once, not of each table: it took longer than the tables.
        parts.append(f"SELECT {named} FROM ({_UNION.join(tables)}) WHERE {holds}")
    if rolled.reads_legs:
        among = unbuilt_legs(rolled)
        start, end = question.start, question.end
        legs = newest_legs_among(OF_LEGS, start, end, question.queue, former, among, question.as_of)
        parts.append(counted_sql(legs, columns, KEYS, in_range))
    found = "(" + _UNION.join(parts) + ")"
    if not former:
        return found
    others = ", ".join((*KEYS[1:], *columns))
    return f"(SELECT {present_queue(former)} AS queue, {others} FROM {found})"


def _beside(question: Question, days: Sequence[Span]) -> list[str]:
    """Conditions on the quarter hours of what lies between the days, with the days of `key_at` that can have them."""
    points = [question.start, *(at for span in days for at in span), question.end]
    gaps = [gap for gap in zip(points[::2], points[1::2], strict=True) if gap[0] < gap[1]]
    return [
        f" AND {_arrived(gap)} AND day >= toDateTime({day_of(max(0, gap[0] - KEY_SLACK_MS)) // SECOND})"
        f" AND day <= toDateTime({day_of(gap[1] + KEY_SLACK_MS) // SECOND})"
        for gap in gaps
    ]


def _arrived(span: Span) -> str:
    return f"at_ms >= {span[0]} AND at_ms < {span[1]}"


def figure_of(column: str) -> str:
    """The name by which `counting_sql` has a column of `rolled_sql`."""
    return column.removeprefix(ALL)
