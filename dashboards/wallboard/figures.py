"""Every figure of one queue with all that it is made of: formula, T, short limit, goal, window and n. Pure."""

from typing import Literal

from msgspec import Struct

from dashboards.wallboard import words
from schemas.counters import Counts
from schemas.formulas import FORMULAS, Formula, denominator, numerator
from schemas.goal import GOAL_WINDOW_MINUTES, AgainstGoal, against_goal
from schemas.millis import MINUTE
from schemas.snapshots import QueueSnapshot
from schemas.timing import STEP_MS

DEFINITION = "docs/definitions.md"


class Figure(Struct, frozen=True, omit_defaults=True):
    """One share over `[since, until)`, event time in ms. No `value` if `n` is 0.

    `kind` live: a caller who still waits past T is a miss, too; it is never compared with history. `is_promised`:
    the formula that queues.toml names for this queue, by which it is judged against `goal`.
    """

    name: str
    title: str
    kind: Literal["closed", "live"]
    window: Literal["5 min", "15 min", "30 min", "60 min", "today"]
    since: int
    until: int
    n: int
    numerator: int
    answer_within_ms: int
    short_abandon_ms: int
    value: float | None = None
    text: str = words.NO_VALUE
    is_promised: bool = False
    goal: float | None = None
    against_goal: AgainstGoal | None = None


_WINDOWS: tuple[tuple[int, Literal["5 min", "15 min", "30 min", "60 min"]], ...] = (
    (5, "5 min"),
    (15, "15 min"),
    (GOAL_WINDOW_MINUTES, "30 min"),
    (60, "60 min"),
)


def figures(snapshot: QueueSnapshot) -> tuple[Figure, ...]:
    """Of a queue without targets none: there is no T to count by."""
    if snapshot.answer_within_ms is None or snapshot.short_abandon_ms is None:
        return ()
    until = snapshot.as_of // STEP_MS * STEP_MS + STEP_MS
    spans = [
        (window, until - minutes * MINUTE, snapshot.windows[minutes])
        for minutes, window in _WINDOWS
        if minutes in snapshot.windows
    ]
    made = [
        _figure(snapshot, rule, counts, window, (since, until))
        for window, since, counts in spans
        for rule in FORMULAS
    ]
    if snapshot.today is not None and snapshot.today_started_at is not None:
        day = (snapshot.today_started_at, until)
        made += [_figure(snapshot, rule, snapshot.today, "today", day) for rule in FORMULAS]
    made += [
        _figure(snapshot, rule, counts, window, (since, until), is_live=True)
        for window, since, counts in spans
        for rule in FORMULAS
        if _is_promised(snapshot, rule)
    ]
    return tuple(made)


def _is_promised(snapshot: QueueSnapshot, rule: Formula) -> bool:
    return rule.name == f"sl_{snapshot.formula}"


def _figure(
    snapshot: QueueSnapshot,
    rule: Formula,
    counts: Counts,
    window: Literal["5 min", "15 min", "30 min", "60 min", "today"],
    span: tuple[int, int],
    *,
    is_live: bool = False,
) -> Figure:
    above = numerator(rule, counts)
    n = denominator(rule, counts) + (snapshot.waiting_past_target if is_live else 0)
    goal = snapshot.goal if _is_promised(snapshot, rule) and not is_live else None
    value = above / n if n > 0 else None
    return Figure(
        name=rule.name,
        title=rule.title,
        kind="live" if is_live else "closed",
        window=window,
        since=span[0],
        until=span[1],
        n=n,
        numerator=above,
        answer_within_ms=snapshot.answer_within_ms or 0,
        short_abandon_ms=snapshot.short_abandon_ms or 0,
        value=value,
        text=words.percent(value, goal),
        is_promised=_is_promised(snapshot, rule),
        goal=goal,
        against_goal=against_goal(above, n, goal),
    )
