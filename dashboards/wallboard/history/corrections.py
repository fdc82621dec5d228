"""What history says otherwise than it did before: how many corrections, of what, by which cause. Pure."""

from dashboards.wallboard.history.block import block
from dashboards.wallboard.history.cells import cells, moment, number, text
from dashboards.wallboard.history.shown import Shown
from dashboards.wallboard.history.table import Head, Table, as_html
from schemas.past_figures import PastTold
from streams.charts.html import Html, el, every


def section(shown: Shown) -> Html:
    heading = shown.say("history_corrections")
    return block(shown, "corrections", heading, lambda told: _drawn(shown, told))


def _drawn(shown: Shown, told: PastTold) -> Html | None:
    if not told.rows:
        return el("p", {}, shown.say("history_no_corrections"))
    return every(
        [el("p", {"class": "as-of"}, shown.say("history_corrections_says")), as_html(table(shown))]
    )


def table(shown: Shown) -> Table:
    say = shown.say
    heads = [
        Head("column", say("history_column")),
        Head("cause", say("history_cause")),
        Head("corrections", say("history_corrections")),
        Head("legs", say("history_legs")),
        Head("known_at", say("history_known_at")),
    ]
    names = [head.name for head in heads]
    rows = [
        cells(row, names, (
            text(row["column"]), text(row["cause"]), number(row["corrections"], say), number(row["legs"], say),
            f"{moment(row['known_at'])} UTC",
        ))
        for row in shown.rows("corrections")
    ]  # fmt: skip
    return Table("corrections", say("history_corrections"), heads, rows)
