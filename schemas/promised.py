"""Served as each queue promised: the service level of queues, or of times, that promised different things.

Each leg is judged by the formula, the target T and the limit s that it carries. `good` is how many count as
served by the formula of their own leg, `due` how many that formula takes: the sum of the numerators over the
sum of the denominators, never a mean of shares. The goal of such a group is its legs' goals in the same
sum: what should have been served, over `due`. A leg without targets is in neither.
"""

from collections.abc import Callable, Iterable

from schemas.counters import COUNTER, Counts, sql_condition
from schemas.formulas import (
    SERVICE_LEVELS,
    Formula,
    FormulaName,
    good_and_all,
    sql_population,
)
from schemas.goal import AgainstGoal, against_goal

# A goal is counted in millionths, so that sums over many legs are whole numbers, the same on every database.
MILLION = 1_000_000


def good_and_due(parts: Iterable[tuple[FormulaName, Counts]]) -> tuple[int, int]:
    """Both sums over queues, each with the counts of its own legs by its own formula."""
    good = due = 0
    for name, counts in parts:
        above, below = good_and_all(name)(counts)
        good, due = good + above, due + below
    return good, due


def good_sql() -> str:
    """Whether a leg counts as served as its queue promised, 1 or 0, over the columns of table `legs`.

    Like `due_sql` it takes only legs that arrived in opening hours: the caller says `out_of_hours = 0`.
    """
    return _by_formula(_sql_served)


def due_sql() -> str:
    """Whether the denominator of the leg's own formula takes it, 1 or 0."""
    return _by_formula(sql_population)


def goal_millionths_sql() -> str:
    """The leg's goal in millionths, 0 without one."""
    return f"toInt64(round(ifNull(goal, 0) * {MILLION}))"


def against_promises(good: int, due: int, goal_millionths: int) -> AgainstGoal | None:
    """`met`, `missed`, or `few` for a share below the goal of too few calls; None if there is no share.

    `goal_millionths` is the sum over the `due` legs.
    """
    if due <= 0 or goal_millionths <= 0:
        return None
    if good * MILLION >= goal_millionths:  # whole numbers: no rounding decides on the limit
        return "met"
    return against_goal(0, due, 1.0)  # the goal is missed; only how many calls there were is asked


def goal_of(due: int, goal_millionths: int) -> float | None:
    """The goal of the group, a share; None without calls that were promised one."""
    return goal_millionths / MILLION / due if due > 0 and goal_millionths > 0 else None


def _sql_served(rule: Formula) -> str:
    """Which legs the numerator counts; each counter counts a leg at most once, so a sum is a condition."""

    def any_of(names: tuple[str, ...]) -> str:
        return " OR ".join(f"({sql_condition(COUNTER[name])})" for name in names)

    gone = rule.numerator_excluded
    return f"({any_of(rule.numerator)})" + (f" AND NOT ({any_of(gone)})" if gone else "")


def _by_formula(condition: Callable[[Formula], str]) -> str:
    cases = ", ".join(
        f"formula = '{rule.name.removeprefix('sl_')}', ({condition(rule)})"
        for rule in SERVICE_LEVELS
    )
    return f"multiIf({cases}, 0)"
