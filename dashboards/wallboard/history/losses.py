"""Where calls were lost: from all who called down to those served in target. Pure."""

from collections.abc import Sequence
from itertools import groupby

from dashboards.wallboard.drawing.chart import chart
from dashboards.wallboard.history.block import download
from dashboards.wallboard.history.cells import cells, number, percent, text, whole
from dashboards.wallboard.history.shown import Shown
from dashboards.wallboard.history.table import Head, Table, as_html
from dashboards.wallboard.texts import Texts
from schemas.past_figures import Figures
from streams.charts.html import Html, el
from streams.charts.waterfall import Step, waterfall

_CALLED, _LEFT, _CLOSED = "called", "answered_in_target", "out_of_hours"


def section(shown: Shown) -> Html | None:
    """None where nobody called; that the archive says nothing is said at the glance, which asks for both."""
    rows = _rows(shown)
    if not any(whole(row, "legs") for row in rows):
        return None
    say = shown.say
    steps = _steps(rows, say)
    return el(
        "section", {"id": "losses", "aria-labelledby": "losses-head"},
        el("h2", {"id": "losses-head"}, say("history_losses")),
        chart(say("history_losses_chart"), lambda frame: waterfall(frame, steps), say),
        as_html(table(shown)),
        download(shown, "losses"),
    )  # fmt: skip


def table(shown: Shown) -> Table:
    say = shown.say
    heads = [
        Head("step", say("history_step")),
        Head("reason", say("history_reason")),
        Head("legs", say("trend_calls")),
        Head("share_of_called", say("history_share_of_called")),
    ]
    names = [head.name for head in heads]
    rows = [
        cells(row, names, (
            say(f"step_{row['step']}"), text(row.get("reason")), number(row.get("legs"), say),
            percent(row.get("share_of_called")),
        ))
        for row in _rows(shown)
    ]  # fmt: skip
    return Table("losses", say("history_losses"), heads, rows)


def _rows(shown: Shown) -> Sequence[Figures]:
    told = shown.told("glance")
    return told.beside if told else ()


def _steps(rows: Sequence[Figures], say: Texts) -> list[Step]:
    """Reasons of a step together; what is left is a total again."""
    made = []
    for step, found in groupby(
        (row for row in rows if row["step"] != _CLOSED), key=lambda row: str(row["step"])
    ):
        legs = list(found)
        n = sum(whole(row, "legs") for row in legs)
        shares = [row.get("share_of_called") for row in legs]
        part = sum(each for each in shares if isinstance(each, int | float))
        made.append(
            Step(say(f"step_{step}"), n, f"{say.number(n)} · {percent(part)}", is_total=step in {_CALLED, _LEFT})
        )  # fmt: skip
    return made
