"""What legs count in a UTC quarter hour of a queue and channel, and how such counts are added up. SQL; pure.

Rule 1: a leg belongs to the (queue, day) of its `key_at`, which never changes, and there to the quarter hour of its
arrival. So every version of a leg changes one (queue, day), also when its arrival was corrected to another.
Rule 2: a figure of several quarter hours is made of their columns alone, and is that of their legs to the digit: counts are
added, of the longest waits the longest is taken, waits are kept one by one for percentiles.
Rule 3: sums of days are made of quarter hours of the same build, and have no figure that is not a number.
Rule 4: by arrival alone, and only for spans whose bounds are UTC quarter hours: every zone of today has such half hours.
"""

from collections.abc import Sequence

from schemas.counters import COUNTER, column_of
from schemas.millis import DAY, MINUTE, SECOND
from schemas.tables import COUNTED_COLUMNS, DAY_SUM_COUNTED_COLUMNS
from streams.history.counting_sql import (
    ARRIVED,
    LEFT,
    LEG_COLUMNS,
    PERCENTILES,
    SERVED,
    TARGETED,
    TARGETS,
    TARGETS_RANK,
    WRAPPED,
    limit_of_figure,
    longest,
    nearest_rank_sql,
    sums,
    waited_sql,
)
from streams.history.loss_steps import COLUMNS as STEPS
from streams.history.loss_steps import step_sql

QUARTER_MS = 15 * MINUTE
ALL = "all_"  # before the name of a figure: ClickHouse takes no sum under the name of its column
KEYS = ("queue", "at_ms", "channel")
OF_LEGS: tuple[str, ...] = tuple(
    dict.fromkeys((*LEG_COLUMNS, "queue", "reason"))
)  # what is read of a leg
_REASONED = "out_of_hours = 0 AND reason != ''"
_OF_LEGS: dict[str, str] = {
    # ClickHouse knows no type that holds both its counts, which are unsigned, and the columns of a table of ours.
    **{name: f"toInt64({expression})" for name, expression in (*sums("arrival"), *longest())},
    **{name: f"toInt64(countIf({step_sql()} = '{step}'))" for step, name in STEPS.items()},
    "answer_waits": f"groupArrayIf(ifNull(wait_ms, 0), {waited_sql()})",
    "targets": f"groupUniqArrayIf({TARGETS}, {TARGETED})",
    "newest_targets": f"argMaxIf({TARGETS}, {TARGETS_RANK}, {TARGETED})",
    "newest_rank": f"toUInt64(maxIf({TARGETS_RANK}, {TARGETED}))",
    "reason_steps": f"groupArrayIf({step_sql()}, {_REASONED})",
    "reasons": f"groupArrayIf(reason, {_REASONED})",
}
ADDED: tuple[str, ...] = (*dict(sums("arrival")), *STEPS.values())
_LONGEST = tuple(dict(longest()))
_WAITS = "arraySort(groupArrayArray(answer_waits))"
# A figure of several quarter hours: the columns that it is made of, and how.
_FIGURES: dict[str, tuple[tuple[str, ...], str]] = {
    **{name: ((name,), f"sum({name})") for name in ADDED},
    **{name: ((name,), f"max({name})") for name in _LONGEST},
    **{f"wait_p{p}": (("answer_waits",), nearest_rank_sql(_WAITS, p)) for p in PERCENTILES},
    "n_targets": (("targets",), "uniqExactArray(targets)"),
    "newest_targets": (("newest_targets", "newest_rank"), "argMax(newest_targets, newest_rank)"),
}
# Those of `counting_sql`.
ALL_FIGURES: tuple[str, ...] = tuple(name for name in _FIGURES if name not in STEPS.values())
JUDGED: tuple[str, ...] = ("n_good", "n_due", "goal_millionths", "n_untargeted")
COUNTERS_AND_JUDGED: tuple[str, ...] = (*map(column_of, COUNTER), *JUDGED)


def _figure(name: str) -> tuple[tuple[str, ...], str]:
    limit_s = limit_of_figure(name)
    if limit_s is None:
        return _FIGURES[name]
    return (
        ("answer_waits",),
        f"arrayCount(wait -> wait <= {limit_s * SECOND}, groupArrayArray(answer_waits))",
    )


def columns_of(figures: Sequence[str]) -> tuple[str, ...]:
    """The columns that figures are made of, in the order of the table."""
    wanted = {column for figure in figures for column in _figure(figure)[0]}
    return tuple(name for name in COUNTED_COLUMNS if name in wanted)


def figures_sql(figures: Sequence[str]) -> str:
    """`sum(n_offered) AS all_n_offered, …` over rows with the columns of `columns_of`."""
    return ",\n  ".join(f"{_figure(name)[1]} AS {ALL}{name}" for name in figures)


def counted_sql(
    legs: str, columns: Sequence[str], keys: Sequence[str] = KEYS, conditions: str = ""
) -> str:
    """One row for each quarter hour with an inbound leg; `legs` is a subquery with `OF_LEGS`."""
    selected = ", ".join(f"{_OF_LEGS[name]} AS {name}" for name in columns)
    what = ARRIVED + LEFT + SERVED + WRAPPED
    at = f"intDiv(arrived_at_ms, {QUARTER_MS}) * {QUARTER_MS}"
    day = f", {DAY_SQL} AS day" if "day" in keys else ""
    return (
        f"SELECT {', '.join(keys)}{', ' if selected else ''}{selected}\n"
        f"FROM (SELECT *, {what} AS what, {at} AS at_ms{day} FROM {legs})\n"
        f"WHERE direction = 'inbound'{conditions}\nGROUP BY {', '.join(keys)}"
    )


DAY_SQL = "toStartOfDay(key_at)"


def are_day_sums(columns: Sequence[str]) -> bool:
    """Whether sums of days have these columns."""
    return set(columns) <= set(DAY_SUM_COUNTED_COLUMNS)


def day_sums_sql(rows: str) -> str:
    """The columns of table `day_sums`, of rows of `quarter_hours`: by UTC day of arrival, added up as figures are."""
    summed = ", ".join(
        f"{'max' if name in _LONGEST else 'sum'}({name}) AS {ALL}{name}"
        for name in DAY_SUM_COUNTED_COLUMNS
    )
    keys = f"queue, day, built, intDiv(at_ms, {DAY}) * {DAY} AS started_ms, channel"
    return f"SELECT {keys}, {summed} FROM {rows} GROUP BY queue, day, built, started_ms, channel"


def day_of(at: int) -> int:
    """The start of the UTC day, in ms."""
    return at // DAY * DAY


def is_whole(points: Sequence[int]) -> bool:
    """Whether all bounds of a question are UTC quarter hours."""
    return all(at % QUARTER_MS == 0 for at in points)
