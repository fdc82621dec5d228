"""The days of a month or week, or the half hours of a day, with the goal and those of a year before. Pure."""

from collections.abc import Sequence
from datetime import date

from dashboards.wallboard.drawing.chart import chart
from dashboards.wallboard.history.block import block, folded
from dashboards.wallboard.history.cells import cells, level, number, percent, seconds, share, whole
from dashboards.wallboard.history.notes import told_of
from dashboards.wallboard.history.shown import Shown
from dashboards.wallboard.history.table import Head, Table
from schemas.goal import ENOUGH_CALLS
from schemas.past_figures import Figures, PastTold
from schemas.periods import SAME_WEEKDAYS, column_length, column_start, containing
from streams.charts.annotations import Annotation, places
from streams.charts.html import Html, el, every
from streams.charts.lines import Axis, Line, lines
from streams.charts.scale import QUARTERS, counts


def section(shown: Shown) -> Html:
    return block(shown, "trend", shown.say("history_trend"), lambda told: _drawn(shown, told))


def table(shown: Shown) -> Table:
    say, is_day = shown.say, shown.address.period.kind == "day"
    heads = [
        Head("start", say("trend_half_hour") if is_day else say("history_day")),
        Head("offered", say("history_offered")),
        Head("answered", say("history_answered_title")),
        Head("abandoned", say("trend_abandoned")),
        Head("rejected", say("history_rejected")),
        Head("sl_promised", say("trend_promised")),
        Head("goal", say("history_goal_title")),
        Head("promised_calls", say("history_promised_calls")),
        Head("wait_p90_s", say("history_wait")),
    ]
    names = [head.name for head in heads]
    rows = [cells(row, names, _row(shown, row)) for row in shown.rows("trend")]
    return Table("trend", say("history_trend"), heads, rows)


def _row(shown: Shown, row: Figures) -> Sequence[Html | str]:
    say = shown.say
    return (
        _when(shown, row), number(row.get("offered"), say), number(row.get("answered"), say),
        number(row.get("abandoned"), say), number(row.get("rejected"), say), level(row, say), percent(row.get("goal")),
        number(row.get("promised_calls"), say), seconds(row.get("wait_p90_s"), say),
    )  # fmt: skip


def _when(shown: Shown, row: Figures) -> Html:
    """A day leads to its half hours; a half hour of a queue to its calls, for whoever may see them."""
    name = label(row, is_day=shown.address.period.kind == "day")
    if shown.address.period.kind != "day":
        weekday = date.fromisoformat(name).isoweekday()
        to = shown.address.at(containing("day", date.fromisoformat(name)))
        return every([el("a", {"href": to}, el("bdi", {}, name)), " ", shown.say(f"weekday_{weekday}")])  # fmt: skip
    if shown.may_list and whole(row, "offered") + whole(row, "rejected"):
        return el("a", {"href": shown.address.calls(shown.address.period, name)}, el("bdi", {}, name))  # fmt: skip
    return el("bdi", {}, name)


def label(row: Figures, *, is_day: bool) -> str:
    """The half hour, or the day, on the clock of its zone; in the hour that a night has twice with its offset."""
    start = str(row["start"])
    return start[11:16] if is_day else start[:10]


def _drawn(shown: Shown, told: PastTold) -> Html | None:
    if not any(row.get("offered") is not None for row in told.rows):
        return None
    say = shown.say
    return every([
        chart(say("trend_promised"), lambda frame: lines(frame, _levels(shown, told), _axis(shown, told, 1.0, QUARTERS), _goal(shown), marks(shown, told)), say),
        _calls(shown, told),
        "" if told.beside else el("p", {"class": "as-of"}, say("history_no_year")),
        folded(shown, table(shown)),
    ])  # fmt: skip


def _calls(shown: Shown, told: PastTold) -> Html:
    drawn = _two(shown, told, "offered", least=0)
    most = max((value or 0.0 for each in drawn for value in each.values), default=0.0)
    top, across = counts(most, shown.say.number)
    return chart(shown.say("history_offered"), lambda frame: lines(frame, drawn, _axis(shown, told, top, across), None, marks(shown, told)), shown.say)  # fmt: skip


def _levels(shown: Shown, told: PastTold) -> list[Line]:
    """Of few calls a share is no point: the table has the calls themselves."""
    return _two(shown, told, "sl_promised", least=ENOUGH_CALLS)


def _two(shown: Shown, told: PastTold, name: str, *, least: int) -> list[Line]:
    say = shown.say
    is_day = shown.address.period.kind == "day"
    places = [label(row, is_day=is_day) for row in told.rows]
    made = [Line(say("history_this"), [_value(row, name, least) for row in told.rows])]
    if told.beside:
        before = {_below(row, is_day=is_day): _value(row, name, least) for row in told.beside}
        made.append(Line(say("history_year_ago"), [before.get(each) for each in places], "second"))
    return made


def _below(row: Figures, *, is_day: bool) -> str:
    """Under which place of the period a row of 364 days before is drawn."""
    name = label(row, is_day=is_day)
    if is_day:
        return name
    return (date.fromisoformat(name) + SAME_WEEKDAYS).isoformat()


def _value(row: Figures, name: str, least: int) -> float | None:
    if least and whole(row, "promised_calls") < least:
        return None
    return share(row, name)


def _axis(shown: Shown, told: PastTold, top: float, marks: Sequence[tuple[float, str]]) -> Axis:
    if shown.address.period.kind == "day":
        clocks = [label(row, is_day=True) for row in told.rows]
        return Axis([each if each.endswith(":00") else "" for each in clocks], top, marks)
    return Axis([label(row, is_day=False)[8:].lstrip("0") for row in told.rows], top, marks)


def marks(shown: Shown, told: PastTold) -> list[Annotation]:
    """Of each row of the notes its number, over the columns of its time."""
    by_day = shown.address.period.kind != "day"
    starts = [column_start(str(row["start"]), by_day=by_day) for row in told.rows]
    made = []
    for row in shown.rows("notes"):
        since, until = (column_start(str(row[name]), by_day=by_day) for name in ("began", "ended"))
        end = since + 1 if row["planned"] == "action" else until  # its end is when it is due
        first, last = places(starts, column_length(by_day=by_day), since, end)
        made.append(Annotation(whole(row, "number"), first, last, told_of(row, shown.say)))
    return made


def _goal(shown: Shown) -> tuple[float, str] | None:
    """That of the whole; queues of different goals have their mean, by calls."""
    goal = share(shown.whole, "goal")
    return None if goal is None else (goal, shown.say("trend_goal", goal=percent(goal)))
