"""Rows of a table with the worst first; rows without a call are named below it and do not fill it.

Worst is never one figure alone: before all, whether the goal was missed; then how many calls more should have
been served to meet it, so that a queue of four calls does not stand before one of four thousand.
"""

from collections.abc import Sequence

from streams.history.report import ForPeople, Row

_NAMED = 8  # more names than these would be a second table
_ORDER = {"missed": 0, "met": 1, "few calls": 2, None: 3}


def worst_first(rows: Sequence[Row]) -> ForPeople:
    """Rows with the columns of `promises_kept`, `offered`, `rejected`, `out_of_hours` and `queue`."""
    called = [row for row in rows if _calls(row)]
    empty = [str(row["queue"]) for row in rows if not _calls(row)]
    return ForPeople(sorted(called, key=_badness), without_calls(empty))


def without_calls(names: Sequence[str]) -> str:
    """The line below: `2 without a call: cards, fleet`."""
    if not names:
        return ""
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return f"{len(names):,} without a call: {', '.join(names[:_NAMED])}{more}"


def missing_calls(row: Row) -> float:
    """How many calls more should have been served as promised; below 0: more than enough were."""
    due, good, goal = (row.get(name) for name in ("promised_calls", "served_as_promised", "goal"))
    if goal is None:
        return 0.0
    return float(goal) * int(due or 0) - int(good or 0)


def _badness(row: Row) -> tuple[int, float, str]:
    against = row.get("against_goal")
    return (
        _ORDER.get(None if against is None else str(against), 3),
        -missing_calls(row),
        str(row["queue"]),
    )


def _calls(row: Row) -> int:
    return sum(int(row.get(name) or 0) for name in ("offered", "rejected", "out_of_hours"))
