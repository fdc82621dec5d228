"""The metrics that users defined, each with its formula beside it; where none is defined the page has no such section. Pure."""

from dashboards.wallboard.history.block import block
from dashboards.wallboard.history.cells import (
    cells,
    is_missed,
    missed_mark,
    moment,
    number,
    percent,
    seconds,
    text,
)
from dashboards.wallboard.history.shown import Shown
from dashboards.wallboard.history.table import Head, Table, as_html
from dashboards.wallboard.texts import NO_VALUE
from schemas.past_figures import Figures, PastTold, Value
from streams.charts.html import Html, el, every

_WHY = {
    "division by 0": "metric_divides_by_0",
    "no value when": "metric_condition",
    "without target": "metric_without_target",
    "not known here": "metric_not_known",
    "too large": "metric_too_large",
}


def section(shown: Shown) -> Html | None:
    told = shown.told("metrics")
    if told is not None and not told.rows:
        return None
    return block(shown, "metrics", shown.say("history_metrics"), lambda told: _drawn(shown, told))


def _drawn(shown: Shown, told: PastTold) -> Html | None:
    if not told.rows:
        return None
    return every(
        [el("p", {"class": "as-of"}, shown.say("history_metrics_says")), as_html(table(shown))]
    )


def table(shown: Shown) -> Table:
    say = shown.say
    heads = [
        Head("title", say("history_metric")),
        Head("metric", say("history_metric"), in_file_alone=True),
        Head("queue", say("history_metric_of")),
        Head("value", say("history_metric_value")),
        Head("unit", say("history_metric_value"), in_file_alone=True),
        Head("no_value", say("history_metric_value"), in_file_alone=True),
        Head("metric_goal", say("history_goal_title")),
        Head("against_goal", say("history_goal_title"), in_file_alone=True),
        Head("divisor", say("history_metric_n")),
        Head("metric_formula", say("history_metric_formula")),
        Head("no_value_when", say("history_metric_formula"), in_file_alone=True),
        Head("metric_version", say("history_metric_formula"), in_file_alone=True),
        Head("start", say("history_metric_formula"), in_file_alone=True),
        Head("until", say("history_metric_formula"), in_file_alone=True),
    ]
    names = [head.name for head in heads]
    rows = shown.rows("metrics")
    is_cut = len({(row["start"], row["until"]) for row in rows}) > 1
    return Table(
        "metrics",
        say("history_metrics"),
        heads,
        [cells(_titled(shown, row), names, _row(shown, row, is_cut=is_cut)) for row in rows],
    )


def _titled(shown: Shown, row: Figures) -> dict[str, Value]:
    """In the language of the page, where the metric has a title in it."""
    return {**row, "title": row.get(f"title_{shown.say.code}") or row["title"]}


def _row(shown: Shown, row: Figures, *, is_cut: bool) -> tuple[Html | str, ...]:
    say = shown.say
    empty = ("", "", "")  # what stands in the file alone
    return (
        text(_titled(shown, row)["title"]), "", _group(shown, row), _value(shown, row), "", "",
        _in_unit(shown, row, "metric_goal"), "", number(row.get("divisor"), say),
        _formula(shown, row, is_cut=is_cut), "", *empty,
    )  # fmt: skip


def _group(shown: Shown, row: Figures) -> Html:
    place = shown.place
    if row.get("is_whole"):
        return el("bdi", {}, place.name or shown.say("title_all"))
    by = shown.address.by or (place.groups() or ("queue",))[0]
    group = str(row["queue"])
    return text(place.names[by].get(group, group))


def _value(shown: Shown, row: Figures) -> Html:
    value = row.get("value")
    if value is None:
        why = _WHY.get(str(row.get("no_value")))
        return every([NO_VALUE, el("small", {}, shown.say(why)) if why else ""])
    mark = missed_mark(shown.say) if is_missed(row) else ""
    return every([el("bdi", {}, _in_unit(shown, row, "value")), mark])


def _in_unit(shown: Shown, row: Figures, name: str) -> str:
    value = row.get(name)
    if row["unit"] == "share":
        return percent(value)
    return seconds(value, shown.say) if row["unit"] == "s" else number(value, shown.say)


def _formula(shown: Shown, row: Figures, *, is_cut: bool) -> Html:
    """Counters and signs are read from left to right in every language."""
    say = shown.say
    condition, version = row.get("no_value_when"), row.get("metric_version")
    lines: list[Html | str] = [el("bdi", {"dir": "ltr"}, str(row["metric_formula"]))]
    if condition is not None:
        lines.append(
            el(
                "small",
                {},
                say("metric_no_value_when", condition=el("bdi", {"dir": "ltr"}, str(condition))),
            )
        )
    if is_cut:
        first, last = moment(row["start"]), moment(row["until"])
        lines.append(
            el("small", {}, say("metric_version", version=str(version), first=first, last=last))
        )
    return every(lines)
