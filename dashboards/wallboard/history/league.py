"""The league: departments, centres or queues, the worst first by three places, with their volume. Pure."""

from collections.abc import Sequence

from msgspec.structs import replace

from dashboards.wallboard.drawing.chart import chart
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
    share,
    whole,
)
from dashboards.wallboard.history.glance import change_says
from dashboards.wallboard.history.shown import Shown
from dashboards.wallboard.history.table import Head, Table, with_rest_folded
from dashboards.wallboard.texts import NO_VALUE, Texts
from schemas.goal import ENOUGH_CALLS
from schemas.past_figures import Figures, Groups, PastTold
from streams.charts.bars import Bar, bars
from streams.charts.html import Html, el, every, joined

DRAWN = 12  # bars; the table has all
_TITLES = {
    "department": "history_departments",
    "centre": "history_centres",
    "queue": "history_queues",
}


def by_of(shown: Shown) -> Groups:
    return shown.address.by or shown.place.groups()[0]


def section(shown: Shown) -> Html:
    return block(shown, "league", shown.say("history_league"), lambda told: _drawn(shown, told))


def table(shown: Shown) -> Table:
    say = shown.say
    heads = [
        Head("queue", say(_singular(by_of(shown)))),
        Head("place", say("history_place")),
        Head("called", say("history_called")),
        Head("sl_promised", say("trend_promised")),
        Head("goal", say("history_goal_title"), in_file_alone=True),
        Head("half_hours_missed", say("history_half_hours")),
        Head("half_hours", say("history_half_hours_of"), in_file_alone=True),
        Head("longest_run", say("history_run")),
        Head("worst_start", say("history_worst_title")),
        Head("worst_sl", say("history_worst_level"), in_file_alone=True),
        Head("gave_up", say("history_gave_up")),
        Head("rejected", say("history_rejected")),
        Head("share_lost", say("history_share_lost")),
        Head("unserved_callers", say("history_unserved")),
        Head("wait_p90_s", say("history_wait")),
        Head("sl_change", say(f"history_before_{shown.address.period.kind}")),
    ]
    names = [head.name for head in heads]
    rows = [cells(row, names, _row(shown, row)) for row in called(shown.rows("league"))]
    return Table("league", say("history_league"), heads, rows)


def called(rows: Sequence[Figures]) -> list[Figures]:
    return [row for row in rows if whole(row, "called")]


def _row(shown: Shown, row: Figures) -> Sequence[Html | str]:
    say = shown.say
    half_hours = say(
        "history_n_of_m", n=whole(row, "half_hours_missed"), m=whole(row, "half_hours")
    )
    return (
        _name(shown, row), number(row.get("place"), say), number(row.get("called"), say),
        _two(level(row, say), _goal(row, say)), percent(row.get("goal")),
        half_hours if row.get("half_hours") is not None else NO_VALUE, number(row.get("half_hours"), say),
        number(row.get("longest_run"), say), _two(moment(row.get("worst_start")), percent(row.get("worst_sl"))),
        percent(row.get("worst_sl")), number(row.get("gave_up"), say),
        number(row.get("rejected"), say), percent(row.get("share_lost")), number(row.get("unserved_callers"), say),
        seconds(row.get("wait_p90_s"), say), change(row, say),
    )  # fmt: skip


def _goal(row: Figures, say: Texts) -> Html | str:
    return "" if row.get("goal") is None else say("trend_goal", goal=percent(row["goal"]))


def _two(value: Html | str, below: Html | str) -> Html:
    shown = value if isinstance(value, Html) else el("bdi", {}, value)
    return every([shown, el("small", {}, below) if below and value != NO_VALUE else ""])


def change(row: Figures, say: Texts) -> Html:
    """With what it is worth: a change that days differ by anyway is called noise."""
    if row.get("sl_change") is None:
        return Html(NO_VALUE)
    return every([el("bdi", {}, points(row["sl_change"])), el("small", {}, change_says(row, say))])


def name_of(shown: Shown, row: Figures) -> str:
    group = str(row.get("queue", ""))
    return shown.place.names[by_of(shown)].get(group, group)


def _name(shown: Shown, row: Figures) -> Html:
    group = str(row.get("queue", ""))
    to = shown.address.below(by_of(shown), group)
    return el("a", {"href": to}, el("bdi", {}, name_of(shown, row)))


def _singular(by: Groups) -> str:
    return {"department": "department", "centre": "centre", "queue": "queue"}[by]


def _drawn(shown: Shown, told: PastTold) -> Html | None:
    found = called(told.rows)
    if not found:
        return None
    say = shown.say
    silent = len(told.rows) - len(found)
    return every([
        el("p", {"class": "as-of"}, say("history_league_says")),
        _choice(shown),
        _chart(shown, found),
        with_rest_folded(table(shown), DRAWN, say),
        el("p", {"class": "as-of"}, say("history_silent", n=silent)) if silent else "",
    ])  # fmt: skip


def _choice(shown: Shown) -> Html | str:
    """Of what the rows are."""
    groups, now = shown.place.groups(), by_of(shown)
    if len(groups) < 2:  # noqa: PLR2004
        return ""
    links = [
        el("a", {"href": _with_by(shown, group), "aria-current": "true" if group == now else None},
           shown.say(_TITLES[group]))
        for group in groups
    ]  # fmt: skip
    return el("p", {"class": "choice"}, joined(" · ", links))


def _with_by(shown: Shown, group: Groups) -> str:

    return replace(shown.address, by=group).to()


def _chart(shown: Shown, found: Sequence[Figures]) -> Html | str:
    """Where there is a service level of enough calls."""
    say = shown.say
    enough = [row for row in found if whole(row, "promised_calls") >= ENOUGH_CALLS][:DRAWN]
    rows = [
        Bar(name_of(shown, row), share(row, "sl_promised"), percent(row.get("sl_promised")), share(row, "goal"),
            is_bad=is_missed(row))
        for row in enough if share(row, "sl_promised") is not None
    ]  # fmt: skip
    if not rows:
        return ""
    title = say("history_league_chart", n=len(rows))
    return chart(title, lambda frame: bars(frame, rows, 1.0, say("history_goal_title")), say)
