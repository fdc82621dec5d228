"""Charts of days by half hour as SVG, made on the server: no script, no library, no style of an element. Pure.

Each chart is drawn from what stands in the table below it, so it says nothing that cannot be read there.
"""

from collections.abc import Sequence

from msgspec import Struct

from dashboards.wallboard.drawing.lines import HEIGHT, Values, box, path, points, stroke
from dashboards.wallboard.html import Html, el, every
from dashboards.wallboard.texts import Texts

_PLOT = 88  # percent of the height; the rest is for the clock below


class Series(Struct, frozen=True):
    """`name` is its class, `title` stands in the legend. `running` is the place of a value that is not whole yet."""

    name: str
    title: Html
    values: Values
    running: int | None = None


class Axis(Struct, frozen=True):
    """`clocks` are the names of the columns; `marks` the values that have a line, each with what is written at it."""

    clocks: Sequence[str]
    top: float
    marks: Sequence[tuple[float, str]]


def chart(
    title: Html,
    series: Sequence[Series],
    axis: Axis,
    say: Texts,
    goal: tuple[float, Html] | None = None,
) -> Html:
    """The first of the series is the one that matters: it is drawn last. `goal` is a line across, with its name."""
    mirrored = say.is_right_to_left
    columns = len(axis.clocks)
    lines = [_line(each, axis.top, mirrored=mirrored) for each in reversed(series)]
    grid = every(stroke("grid", f"M0 {_y(at, axis.top):.1f}H{columns}") for at, _ in axis.marks)
    across = stroke("goal", f"M0 {_y(goal[0], axis.top):.1f}H{columns}") if goal else None
    plot = el(
        "svg", {"width": "100%", "height": f"{_PLOT}%", "viewBox": f"0 0 {columns} {HEIGHT}",
                "preserveAspectRatio": "none"},
        grid, across, every(lines),
    )  # fmt: skip
    return el(
        "figure", {"class": "chart"},
        el("figcaption", {}, title, _legend(series, goal)),
        el("svg", {"class": "plot", "role": "img", "aria-label": title, "focusable": "false"},
           plot, _heights(axis, mirrored=mirrored), _clocks(axis.clocks, mirrored=mirrored)),
    )  # fmt: skip


def _line(series: Series, top: float, *, mirrored: bool) -> Html:
    """A half hour that is still running is a hollow point, off the line: what it will be nobody knows."""
    whole = [None if at == series.running else value for at, value in enumerate(series.values)]
    line = stroke(f"line {series.name}", path(whole, top, mirrored=mirrored))
    if series.running is None or series.values[series.running] is None:
        return line
    alone = [value if at == series.running else None for at, value in enumerate(series.values)]
    drawn = points(alone, top, mirrored=mirrored)
    return every((line, stroke(f"ring {series.name}", drawn), stroke("hole", drawn)))


def _y(value: float, top: float) -> float:
    return HEIGHT * (1 - min(value / top, 1.0))


def _heights(axis: Axis, *, mirrored: bool) -> Html:
    return every(
        el("text", {"class": "height", "x": "100%" if mirrored else "0", "dy": "-.25em",
                    "y": f"{_PLOT * _y(at, axis.top) / HEIGHT:.1f}%",
                    "text-anchor": "end" if mirrored else "start", "direction": "ltr"}, text)
        for at, text in axis.marks if at
    )  # fmt: skip


def _clocks(clocks: Sequence[str], *, mirrored: bool) -> Html:
    """Every second hour; on a telephone every fourth, by the style sheet."""
    hours = [(place, clock) for place, clock in enumerate(clocks) if clock[2:] == ":00"]
    shown = [(place, clock) for place, clock in hours if int(clock[:2]) % 2 == 0]
    return every(
        el("text", {"class": "clock" if int(clock[:2]) % 4 == 0 else "clock minor", "y": "99%", "direction": "ltr",
                    "x": f"{100 * (len(clocks) - place if mirrored else place) / len(clocks):.2f}%",
                    "text-anchor": _anchor(place, mirrored=mirrored)}, clock)
        for place, clock in shown
    )  # fmt: skip


def _anchor(place: int, *, mirrored: bool) -> str:
    """The first one stands within the picture."""
    if place:
        return "middle"
    return "end" if mirrored else "start"


def _legend(series: Sequence[Series], goal: tuple[float, Html] | None) -> Html:
    entries = [(each.name, each.title) for each in series]
    names = every(el("li", {}, _sample(f"line {name}"), text) for name, text in entries)
    last = el("li", {}, _sample("goal"), goal[1]) if goal else None
    return el("ul", {"class": "legend"}, names, last)


def _sample(name: str) -> Html:
    return box("sample", 3, stroke(name, f"M0 {HEIGHT // 2}H3"))
