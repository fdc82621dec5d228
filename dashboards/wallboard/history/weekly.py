"""Weekday by half hour: when in a week calls are not served as promised. Pure."""

from collections.abc import Sequence

from dashboards.wallboard.drawing.chart import chart
from dashboards.wallboard.history.block import block, folded
from dashboards.wallboard.history.cells import (
    cells,
    is_missed,
    level,
    number,
    percent,
    share,
    whole,
)
from dashboards.wallboard.history.shown import Shown
from dashboards.wallboard.history.table import Head, Table
from schemas.goal import ENOUGH_CALLS
from schemas.past_figures import Figures, PastTold
from streams.charts.heatmap import Cell, Heat, StepOf, heatmap
from streams.charts.html import Html, every
from streams.charts.html import el as element

DAYS = range(1, 8)
# The worse, the darker: from how much on a share is of which step.
_STEPS: tuple[tuple[float, StepOf, str], ...] = (
    (0.9, 0, "90–100 %"), (0.8, 1, "80–90 %"), (0.7, 2, "70–80 %"), (0.5, 3, "50–70 %"), (0.0, 4, "0–50 %"),
)  # fmt: skip


def section(shown: Shown) -> Html:
    return block(shown, "weekly", shown.say("history_weekly"), lambda told: _drawn(shown, told))


def table(shown: Shown) -> Table:
    say = shown.say
    heads = [
        Head("weekday", say("history_weekday")),
        Head("half_hour", say("trend_half_hour")),
        Head("sl_promised", say("trend_promised")),
        Head("goal", say("history_goal_title")),
        Head("promised_calls", say("history_promised_calls")),
        Head("half_hours_missed", say("history_half_hours")),
        Head("half_hours_eligible", say("history_half_hours_of")),
    ]
    names = [head.name for head in heads]
    rows = [
        cells(row, names, (
            say(f"weekday_{row['weekday']}"), str(row["half_hour"]), level(row, say), percent(row.get("goal")),
            number(row.get("promised_calls"), say), number(row.get("half_hours_missed"), say),
            number(row.get("half_hours_eligible"), say),
        ))
        for row in shown.rows("weekly")
    ]  # fmt: skip
    return Table("weekly", say("history_weekly"), heads, rows)


def _drawn(shown: Shown, told: PastTold) -> Html | None:
    if not told.rows:
        return None
    say = shown.say
    heat = heat_of(told.rows, shown)
    return every([
        element("p", {"class": "as-of"}, say("history_weekly_says")),
        chart(say("trend_promised"), lambda frame: heatmap(frame, heat), say),
        folded(shown, table(shown)),
    ])  # fmt: skip


def heat_of(rows: Sequence[Figures], shown: Shown, clocks: Sequence[str] = ()) -> Heat:
    """`clocks`: its half hours, where they are not its own."""
    say = shown.say
    found = {(str(row["half_hour"]), row["weekday"]): row for row in rows}
    clocks = clocks or _without_holes(sorted({clock for clock, _ in found}))
    return Heat(
        clocks,
        [say(f"weekday_{day}") for day in DAYS],
        [[_cell(found.get((clock, day)), shown, day, clock) for day in DAYS] for clock in clocks],
        [text for _, _, text in _STEPS],
        say("history_missed"),
    )  # fmt: skip


def _without_holes(clocks: Sequence[str]) -> list[str]:
    """Every half hour from the first to the last, so that one without calls is seen to be that."""
    if not clocks:
        return []
    every_half = [f"{half // 2:02}:{half % 2 * 30:02}" for half in range(48)]
    inner = {each for each in every_half if clocks[0] <= each <= clocks[-1]}
    return sorted(inner | set(clocks))


def _cell(row: Figures | None, shown: Shown, day: int, clock: str) -> Cell:
    """Percent without its sign, since every cell has it; of few calls those calls, without a step."""
    kept, due = (
        (None, 0) if row is None else (share(row, "sl_promised"), whole(row, "promised_calls"))
    )
    if row is None or kept is None:
        return Cell("")
    tip = f"{shown.say(f'weekday_{day}')} {clock}: {percent(kept)} ({due})"
    if due < ENOUGH_CALLS:
        return Cell(f"{round(kept * due)}/{due}", tip=tip)
    step = next(step for least, step, _ in _STEPS if kept >= least)
    return Cell(f"{kept * 100:.0f}", step, is_missed(row), tip)
