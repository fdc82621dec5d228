"""A period at a glance: seven figures, and what the average hides. Pure."""

from dashboards.wallboard.history.block import block
from dashboards.wallboard.history.cells import (
    cells,
    is_missed,
    level,
    moment,
    number,
    percent,
    points,
    seconds,
    whole,
)
from dashboards.wallboard.history.shown import Shown
from dashboards.wallboard.history.table import Head, Table
from dashboards.wallboard.texts import NO_VALUE, Texts
from schemas.past_figures import Figures, PastTold
from streams.charts.html import Html, el, every

_NAMES = (
    "called", "answered", "hung_up", "gave_up", "rejected", "share_lost", "promised_calls", "sl_promised", "goal",
    "against_goal", "half_hours", "half_hours_missed", "longest_run", "worst_start", "worst_sl", "calls_in_missed",
    "unserved_callers", "wait_p90_s", "sl_then", "sl_change", "sl_noise", "sl_says",
)  # fmt: skip
SAYS = {"better": "history_better", "worse": "history_worse", "noise": "history_noise", "few calls": "history_few"}  # fmt: skip


def section(shown: Shown) -> Html:
    return block(shown, "glance", shown.say("history_glance"), lambda told: _drawn(shown, told))


def table(shown: Shown) -> Table:
    row, say = shown.whole, shown.say
    heads = [Head(name, Html(name)) for name in _NAMES]
    values = cells(row, _NAMES, [number(row.get(name), say) for name in _NAMES])
    return Table("glance", say("history_glance"), heads, [values] if row else [])


def _drawn(shown: Shown, told: PastTold) -> Html | None:
    if not told.rows or not whole(told.rows[0], "called"):
        return None
    row, say = told.rows[0], shown.say
    hides = el("p", {"class": "hides"}, say("history_hides")) if row.get("average_hides") else None
    return every([
        hides or "",
        el("dl", {"class": "tiles"}, every([
            _tile(say("history_called"), number(row.get("called"), say),
                  say("history_answered", n=whole(row, "answered"))),
            _tile(say("trend_promised"), level(row, say), _goal(row, say)),
            _tile(say("history_half_hours"), _half_hours(row, say), _worst(row, say)),
            _tile(say("history_lost"), number(whole(row, "gave_up") + whole(row, "rejected"), say),
                  say("history_of_called", share=percent(row.get("share_lost")))),
            _tile(say("history_unserved"), number(row.get("unserved_callers"), say), say("history_within")),
            _tile(say("history_wait"), seconds(row.get("wait_p90_s"), say), say("history_wait_says")),
            _tile(_before(shown), _change(row, say), change_says(row, say)),
        ])),
    ])  # fmt: skip


def _tile(title: Html, shown: Html | str, small: Html | None) -> Html:
    return el(
        "div", {}, el("dt", {}, title),
        el("dd", {}, el("span", {"class": "figure"}, shown if isinstance(shown, Html) else el("bdi", {}, shown)),
           el("small", {}, small) if small else None),
    )  # fmt: skip


def _goal(row: Figures, say: Texts) -> Html | None:
    if row.get("goal") is None:
        return say("history_no_goal")
    key = "history_goal_missed" if is_missed(row) else "history_goal"
    return say(key, goal=percent(row["goal"]))


def _half_hours(row: Figures, say: Texts) -> Html:
    if row.get("half_hours") is None:
        return Html(NO_VALUE)
    return say("history_n_of_m", n=whole(row, "half_hours_missed"), m=whole(row, "half_hours"))


def _worst(row: Figures, say: Texts) -> Html | None:
    if not whole(row, "half_hours_missed"):
        return None
    return say("history_worst", time=moment(row.get("worst_start")), share=percent(row.get("worst_sl")))  # fmt: skip


def _before(shown: Shown) -> Html:
    return shown.say(f"history_before_{shown.address.period.kind}")


def _change(row: Figures, say: Texts) -> Html:
    change = row.get("sl_change")
    return (
        Html(NO_VALUE) if change is None else say("history_points", n=el("bdi", {}, points(change)))
    )


def change_says(row: Figures, say: Texts) -> Html:
    says = SAYS.get(str(row.get("sl_says")))
    return say(says or "history_no_before")
