"""The charts of a paper as SVG, from its tables by `streams.charts`: no figure is in a chart that is in no table."""

from collections.abc import Callable, Sequence
from math import floor
from typing import Literal

from msgspec.structs import replace

from schemas.goal import ENOUGH_CALLS
from schemas.millis import from_iso
from schemas.periods import column_length, column_start
from schemas.printable import printable
from streams.charts.annotations import Annotation, places
from streams.charts.bars import Bar, bars
from streams.charts.frame import NARROW, Frame
from streams.charts.heatmap import Cell, Heat, StepOf, heatmap
from streams.charts.html import Html
from streams.charts.lines import Axis, Line, lines
from streams.charts.waterfall import Step, waterfall
from streams.history.language import NO_VALUE, Language
from streams.history.losses import CALLED
from streams.history.paper import Chart, Table
from streams.history.report import Row
from streams.history.sentences import Length

_BARS = 12  # more do not fit page one; the table has all
_STEPS: tuple[StepOf, ...] = (0, 1, 2, 3, 4)
_ROWS_OF_A_PART = 28  # of a heatmap: more are in two parts, before and after noon
_NOON = "12:00"
_SERVED = "answered_in_target"
_FONT = "'Atkinson Hyperlegible Next', 'Noto Sans Arabic'"


def drawn(
    of: Chart, table: Table, language: Language, length: Length, notes: Sequence[Row] = ()
) -> tuple[str, ...]:
    """Whole SVG documents, to stand side by side; none if the table has nothing to draw. Lines have a mark for each of `notes`."""
    if not _is_worth_drawing(of, table.rows):
        return ()
    frame = Frame(language.head(of.name), is_right_to_left=language.right_to_left)
    parts = [table.rows]
    if of.kind == "heatmap" and len({row[of.x] for row in table.rows}) > _ROWS_OF_A_PART:
        frame = replace(frame, width=NARROW)
        parts = [
            [row for row in table.rows if (str(row[of.x]) < _NOON) is early]
            for early in (True, False)
        ]
    if of.kind == "lines":
        found = [_lines(frame, of, table.rows, language, length, notes)]
    else:
        found = [_KINDS[of.kind](frame, of, rows, language, length) for rows in parts if rows]
    return tuple(str(svg).replace("<svg ", f'<svg font-family="{_FONT}" ', 1) for svg in found)


def _is_worth_drawing(of: Chart, rows: Sequence[Row]) -> bool:
    """A line needs two points, a heatmap two columns."""
    if of.kind == "heatmap":
        return len({row[of.y[0]] for row in rows}) > 1
    return len(rows) > (1 if of.kind == "lines" else 0)


def _bars(frame: Frame, of: Chart, rows: Sequence[Row], language: Language, _: Length) -> Html:
    found = [
        Bar(
            printable(str(row[of.x])) or language.text("no_centre"),
            _number(row, of.y[0]),
            language.percent(_number(row, of.y[0])),
            _number(row, of.goal),
            is_bad=row.get("against_goal") == "missed",
        )
        for row in rows[:_BARS]
    ]
    return bars(frame, found, 1.0, language.head("goal_line"))


def _waterfall(frame: Frame, of: Chart, rows: Sequence[Row], language: Language, _: Length) -> Html:
    steps = [
        Step(
            language.word(str(row[of.x])),
            _number(row, of.y[0]) or 0.0,
            language.number(_number(row, of.y[0]) or 0.0),
            is_total=row[of.x] in (CALLED, _SERVED),
        )
        for row in rows
    ]
    return waterfall(frame, steps)


def _lines(
    frame: Frame, of: Chart, rows: Sequence[Row], language: Language, length: Length, notes: Sequence[Row]
) -> Html:  # fmt: skip
    names = [_named(str(row[of.x]), language, length) for row in rows]
    goals = {goal for row in rows if (goal := _number(row, of.goal)) is not None}
    marks = [(at / 4, language.percent_whole(at / 4)) for at in range(5)]
    annotated = _annotated(
        [str(row[of.x]) for row in rows], notes, language, by_day=length != "day"
    )
    line = Line(language.head("served"), [_number(row, of.y[0]) for row in rows])
    if len(goals) == 1:
        goal = goals.pop()
        says = f"{language.head('goal_line')} {language.percent(goal)}"
        return lines(frame, [line], Axis(names, 1.0, marks), (goal, says), annotated)
    promised = Line(language.head("goal_line"), [_number(row, of.goal) for row in rows], "second")
    return lines(frame, [line, promised], Axis(names, 1.0, marks), None, annotated)


def _annotated(
    starts: Sequence[str], notes: Sequence[Row], language: Language, *, by_day: bool
) -> list[Annotation]:
    at = [column_start(each, by_day=by_day) for each in starts]
    made = []
    for row in notes:
        since, until = (column_start(str(row[name]), by_day=by_day) for name in ("began", "ended"))
        end = since + 1 if row["planned"] == "action" else until  # its end is when it is due
        first, last = places(at, column_length(by_day=by_day), since, end)
        tip = ": ".join(
            filter(
                None, (language.word(str(row["planned"])), printable(str(row.get("reason") or "")))
            )
        )
        made.append(Annotation(int(str(row["number"])), first, last, tip))
    return made


def _named(text: str, language: Language, length: Length) -> str:
    local = from_iso(f"{text[:19]}Z")
    return language.clock(local, "UTC") if length == "day" else language.short_day(local, "UTC")


def _heatmap(frame: Frame, of: Chart, rows: Sequence[Row], language: Language, _: Length) -> Html:
    """A row for each value of `x`, a column for each of `y[0]`; cells of few calls have no colour."""
    across, share, count = of.y
    names = sorted({str(row[of.x]) for row in rows})
    columns = sorted({int(str(row[across])) for row in rows})
    cells = {(str(row[of.x]), int(str(row[across]))): row for row in rows}
    made = [
        [_cell(cells.get((name, each)), share, count, of.goal, language) for each in columns]
        for name in names
    ]
    steps = [f"{language.number(at * 20)}–{language.percent_whole((at + 1) / 5)}" for at in _STEPS]
    days = [language.weekday(each) for each in columns]
    return heatmap(frame, Heat(names, days, made, steps, language.head("below_goal")))


def _cell(row: Row | None, share: str, count: str, goal: str, language: Language) -> Cell:
    value = None if row is None else _number(row, share)
    if row is None or value is None:
        return Cell(NO_VALUE)
    text = language.number(value * 100, 1)
    calls, promised = int(_number(row, count) or 0), _number(row, goal)
    if calls < ENOUGH_CALLS:
        return Cell(text)
    bad = promised is not None and value < promised
    return Cell(text, _step(value), is_bad=bad)


def _step(share: float) -> Literal[0, 1, 2, 3, 4]:
    return _STEPS[min(floor(share * 5), 4)]


def _number(row: Row, column: str) -> float | None:
    value = row.get(column) if column else None
    return None if value is None else float(value)


_KINDS: dict[str, Callable[[Frame, Chart, Sequence[Row], Language, Length], Html]] = {
    "bars": _bars, "waterfall": _waterfall, "heatmap": _heatmap,
}  # fmt: skip
