"""A month beside the month before and the year before; what is noise is said to be that. Pure."""

from dashboards.wallboard.history.block import block
from dashboards.wallboard.history.cells import cells, number, percent, points, text
from dashboards.wallboard.history.glance import SAYS
from dashboards.wallboard.history.shown import Shown
from dashboards.wallboard.history.table import Head, Table, as_html
from dashboards.wallboard.texts import NO_VALUE, Texts
from schemas.past_figures import Figures, PastTold, Value
from streams.charts.html import Html, el, every

_AGAINST = {
    "month before": "history_before_month",
    "same month last year": "history_same_month",
    "same weekdays last year": "history_same_weekdays",
}


_THEN = (
    "offered_then",
    "sl_then",
    "gave_up_then",
)  # all are missing where nothing of then is known


def section(shown: Shown) -> Html:
    return block(shown, "compare", shown.say("history_compare"), lambda told: _drawn(shown, told))


def _drawn(shown: Shown, told: PastTold) -> Html | None:
    if not any(row.get(name) for row in told.rows for name in _THEN):
        return None
    return every(
        [el("p", {"class": "as-of"}, shown.say("history_compare_says")), as_html(table(shown))]
    )


def table(shown: Shown) -> Table:
    say = shown.say
    heads = [
        Head("against", say("history_against")),
        Head("offered_now", say("history_offered")),
        Head("offered_then", say("history_then", what=say("history_offered"))),
        Head("sl_now", say("trend_promised")),
        Head("sl_then", say("history_then", what=say("trend_promised"))),
        Head("sl_change", say("history_change")),
        Head("gave_up_now", say("history_share_gave_up")),
        Head("gave_up_then", say("history_then", what=say("history_share_gave_up"))),
        Head("gave_up_change", say("history_change")),
        Head("holidays_now", say("history_holidays")),
        Head("holidays_then", say("history_then", what=say("history_holidays"))),
    ]
    names = [head.name for head in heads]
    rows = [
        cells(row, names, (
            say(_AGAINST[str(row["against"])]), number(row.get("offered_now"), say), number(row.get("offered_then"), say),
            percent(row.get("sl_now")), percent(row.get("sl_then")), _change(row, "sl", say),
            percent(row.get("gave_up_now")), percent(row.get("gave_up_then")), _change(row, "gave_up", say),
            text(row.get("holidays_now")), text(row.get("holidays_then")),
        ))
        for row in shown.rows("compare")
    ]  # fmt: skip
    return Table("compare", say("history_compare"), heads, rows)


def _change(row: Figures, name: str, say: Texts) -> Html:
    change: Value = row.get(f"{name}_change")
    if change is None:
        return Html(NO_VALUE)
    says = SAYS.get(str(row.get(f"{name}_says")))
    return every([el("bdi", {}, points(change)), el("small", {}, say(says)) if says else ""])
