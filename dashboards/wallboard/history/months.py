"""Weekday by half hour in each of twelve months: whether a bad time of the week was always so, or became so. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date

from dashboards.wallboard.drawing.chart import chart
from dashboards.wallboard.history.block import block
from dashboards.wallboard.history.cells import Cell, cells, level, number, percent
from dashboards.wallboard.history.shown import Shown
from dashboards.wallboard.history.table import Head, Table, as_html
from dashboards.wallboard.history.weekly import DAYS, heat_of
from dashboards.wallboard.texts import NO_VALUE
from schemas.past_figures import Figures, PastTold
from schemas.periods import containing
from streams.charts.heatmap import Heat
from streams.charts.html import Html, el, every
from streams.charts.multiples import Panel, multiples


def section(shown: Shown) -> Html:
    return block(shown, "months", shown.say("history_months"), lambda told: _drawn(shown, told))


def table(shown: Shown) -> Table:
    """As a file: a row for each month, weekday and half hour, as `history weekly-by-month` has them."""
    say = shown.say
    heads = [
        Head("month", say("history_month")),
        Head("weekday", say("history_weekday")),
        Head("half_hour", say("trend_half_hour")),
        Head("sl_promised", say("trend_promised")),
        Head("goal", say("history_goal_title")),
        Head("promised_calls", say("history_promised_calls")),
    ]
    names = [head.name for head in heads]
    rows = [
        cells(row, names, (
            str(row["month"]), say(f"weekday_{row['weekday']}"), str(row["half_hour"]), level(row, say),
            percent(row.get("goal")), number(row.get("promised_calls"), say),
        ))
        for row in shown.rows("months")
    ]  # fmt: skip
    return Table("months", say("history_months"), heads, rows)


def _drawn(shown: Shown, told: PastTold) -> Html | None:
    if not told.rows:
        return None
    say = shown.say
    by_month = _by_month(told.rows)
    common = heat_of(told.rows, shown)
    heats = {month: heat_of(rows, shown, common.rows) for month, rows in by_month.items()}
    panels = [Panel(month, _below(heat), heat.cells) for month, heat in heats.items()]
    return every([
        el("p", {"class": "as-of"}, say("history_months_says")),
        chart(say("trend_promised"), lambda frame: multiples(frame, panels, common), say),
        el("details", {}, el("summary", {}, say("history_as_table")), as_html(_by_weekday(shown, by_month, common.rows))),
    ])  # fmt: skip


def _by_month(rows: Sequence[Figures]) -> dict[str, list[Figures]]:
    """Every month from the first to the last, so that one without calls is seen to be that."""
    found: dict[str, list[Figures]] = {}
    months = sorted({str(row["month"]) for row in rows})
    at = containing("month", date.fromisoformat(f"{months[0]}-01"))
    while at.text <= months[-1]:
        found[at.text] = []
        at = at.following()
    for row in rows:
        found[str(row["month"])].append(row)
    return found


def _below(heat: Heat) -> str:
    """How many times of the week were below the goal, of those that could be judged."""
    judged = [cell for row in heat.cells for cell in row if cell.step is not None]
    if not judged:
        return NO_VALUE
    return f"▼ {sum(cell.is_bad for cell in judged)} / {len(judged)}"


def _by_weekday(shown: Shown, by_month: Mapping[str, Sequence[Figures]], clocks: Sequence[str]) -> Table:  # fmt: skip
    """The numbers of the chart: a row a month and half hour, a column a weekday."""
    say = shown.say
    heads = [
        Head("month", say("history_month")),
        *(Head(f"weekday_{day}", say(f"weekday_{day}")) for day in DAYS),
    ]
    rows: list[Sequence[Cell]] = []
    for month, of_month in by_month.items():
        found = {(row["half_hour"], row["weekday"]): row for row in of_month}
        for clock in clocks:
            there = [found.get((clock, day), {}) for day in DAYS]
            if any(there):
                name = f"{month} {clock}"
                shares = [Cell(row.get("sl_promised"), level(row, say)) for row in there]
                rows.append([Cell(name, el("bdi", {}, name)), *shares])
    return Table("months", say("history_months"), heads, rows)
