"""Lines over time with a goal: what has no value is a gap, never 0. Pure."""

from collections.abc import Iterator, Sequence
from typing import Literal

from msgspec import Struct

from streams.charts.annotations import Annotation, Label, height, labels, marks
from streams.charts.frame import GAP, LETTER, Frame, line, painted, picture, width_of, words
from streams.charts.html import Html, el, every
from streams.charts.scale import Mark

Values = Sequence[float | None]
Rank = Literal["first", "second", "third"]
HEIGHT = 200.0  # of the plot, without legend and names below
_ROW = LETTER + GAP
_SAMPLE = 26.0
_DOT = 2.5


class Line(Struct, frozen=True):
    """The `rank` chooses its stroke: the first is the one that matters. `running` is the place of a value that is not whole yet."""

    title: str
    values: Values
    rank: Rank = "first"
    running: int | None = None


class Axis(Struct, frozen=True):
    """`names` are those of the columns, "" for one that is never written; so many are written as have room. `marks` are the
    values that have a line across, each with what is written at it.
    """

    names: Sequence[str]
    top: float
    marks: Sequence[Mark]


class _Plot(Struct, frozen=True):
    frame: Frame
    axis: Axis
    gutter: float  # for the marks
    above: float  # for the legend and the marks of annotations

    def x(self, place: float) -> float:
        """Of the middle of a column, after the side where reading begins."""
        return self.gutter + (place + 0.5) * (self.frame.width - self.gutter) / max(
            len(self.axis.names), 1
        )

    def y(self, value: float) -> float:
        share = min(max(value / self.axis.top, 0.0), 1.0) if self.axis.top > 0 else 0.0
        return self.above + HEIGHT * (1 - share)


def lines(
    frame: Frame,
    drawn: Sequence[Line],
    axis: Axis,
    goal: tuple[float, str] | None = None,
    annotated: Sequence[Annotation] = (),
) -> Html:
    """The first of the lines is drawn last, above the others. `goal` is a line across, with its name."""
    legend, rows = _legend(frame, drawn, goal)
    gutter = max((width_of(text) for _, text in axis.marks), default=0.0) + GAP
    noted = labels(frame, annotated, _Plot(frame, axis, gutter, 0.0).x, gutter)
    plot = _Plot(frame, axis, gutter, rows * _ROW + GAP + height(noted))
    across = _across(plot, "c-goal", goal[0]) if goal else None
    return picture(
        frame, plot.above + HEIGHT + _ROW + GAP / 2,
        legend,
        every(_across(plot, "c-grid", value) for value, _ in axis.marks),
        every(words(frame, text, gutter - GAP, plot.y(value) + LETTER / 3, anchor="end", name="c-muted")
              for value, text in axis.marks if text),
        across,
        _noted(plot, noted),
        every(_line(plot, each) for each in reversed(drawn)),
        _names(plot),
    )  # fmt: skip


def _noted(plot: _Plot, found: Sequence[Label]) -> Html:
    return marks(plot.frame, found, plot.x, plot.above, plot.above + HEIGHT)


def runs(values: Values) -> Iterator[list[tuple[int, float]]]:
    """The stretches that have values, each with its places."""
    found: list[tuple[int, float]] = []
    for place, value in enumerate(values):
        if value is not None:
            found.append((place, value))
        elif found:
            yield found
            found = []
    if found:
        yield found


def _line(plot: _Plot, of: Line) -> Html:
    """A column that is still running is a hollow point, off the line: what it will be nobody knows."""
    whole = [None if at == of.running else value for at, value in enumerate(of.values)]
    stretches = list(runs(whole))
    drawn = "".join(
        "".join(f"{'L' if at else 'M'}{plot.frame.x(plot.x(place)):.1f} {plot.y(value):.1f}" for at, (place, value) in enumerate(run))
        for run in stretches if len(run) > 1
    )  # fmt: skip
    alone = [run[0] for run in stretches if len(run) == 1]
    path = el("path", {**painted(f"c-line c-{of.rank}"), "d": drawn, "stroke-linejoin": "round"})
    dots = [_dot(plot, f"c-dot c-{of.rank}", at, _DOT) for at in alone]
    now = None if of.running is None else of.values[of.running]
    if of.running is not None and now is not None:
        dots.append(_dot(plot, "c-running", (of.running, now), 4.0))
    return every([path if drawn else "", *dots])


def _dot(plot: _Plot, name: str, at: tuple[int, float], radius: float) -> Html:
    place, value = at
    x, y = plot.frame.x(plot.x(place)), plot.y(value)
    return el("circle", {**painted(name), "cx": f"{x:.1f}", "cy": f"{y:.1f}", "r": f"{radius:g}"})


def _across(plot: _Plot, name: str, value: float) -> Html:
    y = plot.y(value)
    return line(plot.frame, name, (plot.gutter, y), (plot.frame.width, y))


def _names(plot: _Plot) -> Html:
    """The first of them, and of those that follow each that has room."""
    y = plot.above + HEIGHT + LETTER + GAP / 2
    shown = [(place, name) for place, name in enumerate(plot.axis.names) if name]
    drawn, free_from = [], 0.0
    widest = max((width_of(name) for _, name in shown), default=0.0)
    for at, (place, name) in enumerate(shown[:: _every(plot, shown, widest)]):
        half = width_of(name) / 2
        start = min(max(plot.x(place), half), plot.frame.width - half)
        if at and start - half < free_from:
            continue
        drawn.append(words(plot.frame, name, start, y, anchor="middle", name="c-muted"))
        free_from = start + half + GAP
    return every(drawn)


def _every(plot: _Plot, shown: Sequence[tuple[int, str]], widest: float) -> int:
    """Every so many of the names fit: an even step reads better than what just has room."""
    if len(shown) < 2:  # noqa: PLR2004
        return 1
    apart = (plot.x(shown[-1][0]) - plot.x(shown[0][0])) / (len(shown) - 1)
    needed = (widest + 2 * GAP) / apart if apart else 1.0
    return next((step for step in (1, 2, 3, 4, 6, 8, 12) if step >= needed), 24)


def _legend(frame: Frame, drawn: Sequence[Line], goal: tuple[float, str] | None) -> tuple[Html, int]:  # fmt: skip
    """With how many rows it takes."""
    entries = [(f"c-line c-{each.rank}", each.title) for each in drawn]
    entries += [("c-goal", goal[1])] if goal else []
    made, start, row = [], 0.0, 0
    for name, text in entries:
        needed = _SAMPLE + GAP + width_of(text) + 2 * GAP
        if start and start + needed > frame.width:
            start, row = 0.0, row + 1
        y = row * _ROW + LETTER
        made.append(line(frame, name, (start, y - 4), (start + _SAMPLE, y - 4)))
        room = frame.width - start - _SAMPLE - GAP
        made.append(words(frame, text, start + _SAMPLE + GAP, y, name="c-muted", room=room))
        start += needed
    return el("g", {"class": "c-legend"}, *made), row + 1 if entries else 0
