"""A heatmap whose every cell says its value, too: five steps from light to dark, a mark below the goal. Pure."""

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from streams.charts.frame import (
    GAP,
    LETTER,
    Frame,
    box,
    cut,
    isolated,
    mark,
    painted,
    picture,
    tooltip,
    width_of,
    words,
)
from streams.charts.html import Html, as_text, el, every

STEPS = 5
ROW = 20.0
_SWATCH = 26.0
StepOf = Literal[0, 1, 2, 3, 4]


class Cell(Struct, frozen=True):
    """`text` is the value; no `step`: there is none that could be compared. `is_bad` has a mark. `tip` says more."""

    text: str
    step: StepOf | None = None
    is_bad: bool = False
    tip: str = ""


class Heat(Struct, frozen=True):
    """`rows` and `columns` are names; `cells` are by row and column. `steps` say what each step means, `bad_says` the mark."""

    rows: Sequence[str]
    columns: Sequence[str]
    cells: Sequence[Sequence[Cell]]
    steps: Sequence[str]
    bad_says: str = ""


def heatmap(frame: Frame, heat: Heat) -> Html:
    """Cells of one step stand together, so that a picture of hundreds says each colour once."""
    gutter = max(map(width_of, heat.rows), default=0.0) + GAP
    column = (frame.width - gutter) / max(len(heat.columns), 1)
    top = LETTER + GAP
    heads = every(
        words(frame, name, gutter + (at + 0.5) * column, LETTER, anchor="middle", name="c-muted", room=column)
        for at, name in enumerate(heat.columns)
    )  # fmt: skip
    names = every(
        words(frame, name, gutter - GAP, top + at * ROW + ROW / 2 + 4, anchor="end", name="c-muted")
        for at, name in enumerate(heat.rows)
    )
    placed = [
        (cell, gutter + place * column, top + at * ROW)
        for at, cells in enumerate(heat.cells) for place, cell in enumerate(cells)
    ]  # fmt: skip
    steps: tuple[StepOf | None, ...] = (None, 0, 1, 2, 3, 4)
    body = every(_of_step(frame, step, placed, column) for step in steps)
    foot = top + len(heat.rows) * ROW + GAP
    legend, height = key(frame, heat, foot)
    return picture(frame, foot + height, heads, names, body, legend)


def _of_step(
    frame: Frame, step: StepOf | None, placed: Sequence[tuple[Cell, float, float]], width: float
) -> Html:
    mine = [each for each in placed if each[0].step == step]
    ground, letters = ("c-none", "c-muted") if step is None else (f"c-step-{step}", f"c-on-{step}")
    boxes = every(_box(frame, cell, start, y, width) for cell, start, y in mine)
    said = every(_said(frame, cell, start, y, width) for cell, start, y in mine)
    return every([
        el("g", painted(ground), boxes), el("g", {**painted(letters), "text-anchor": "middle"}, said)
    ]) if mine else Html("")  # fmt: skip


def _box(frame: Frame, cell: Cell, start: float, y: float, width: float) -> Html:
    return el(
        "rect", {"x": f"{frame.x(start + 0.5, width - 1):.1f}", "y": f"{y + 0.5:g}", "width": f"{width - 1:.1f}",
                 "height": f"{ROW - 1:g}"},
        tooltip(cell.tip) if cell.tip else None,
    )  # fmt: skip


def _said(frame: Frame, cell: Cell, start: float, y: float, width: float) -> Html:
    text = el(
        "text", {"x": f"{frame.x(start + width / 2):.1f}", "y": f"{y + ROW / 2 + 4:g}"},
        isolated(cut(as_text(cell.text), width)),
    )  # fmt: skip
    triangle = f"M{frame.x(start + width - 10, 8):.1f} {y + 3:g}h8l-4 7z"
    return every([text if cell.text else "", el("path", {"d": triangle}) if cell.is_bad else ""])


def key(frame: Frame, heat: Heat, y: float) -> tuple[Html, float]:
    """What the steps and the mark mean, with its height. Light to dark, so that it reads without colours as well."""
    entries = [(f"c-step-{at}", text) for at, text in enumerate(heat.steps)]
    entries += [("", heat.bad_says)] if heat.bad_says else []
    made, start, row = [], 0.0, 0
    for name, text in entries:
        needed = _SWATCH + GAP + width_of(text) + 2 * GAP
        if start and start + needed > frame.width:
            start, row = 0.0, row + 1
        at = y + row * (LETTER + GAP)
        sample = box(frame, name, start, at, _SWATCH, LETTER) if name else mark(frame, start + _SWATCH - 8, at + 2)  # fmt: skip
        room = frame.width - start - _SWATCH - GAP
        made += [sample, words(frame, text, start + _SWATCH + GAP, at + LETTER - 2, name="c-muted", room=room)]  # fmt: skip
        start += needed
    return every(made), (row + 1) * (LETTER + GAP) if entries else 0.0
