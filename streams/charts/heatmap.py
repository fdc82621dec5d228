"""A heatmap whose every cell says its value, too: five steps from light to dark, a mark below the goal. Pure."""

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from streams.charts.frame import GAP, LETTER, Frame, box, mark, picture, width_of, words
from streams.charts.html import Html, every

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
    gutter = max(map(width_of, heat.rows), default=0.0) + GAP
    column = (frame.width - gutter) / max(len(heat.columns), 1)
    top = LETTER + GAP
    heads = every(
        words(frame, name, gutter + (at + 0.5) * column, LETTER, anchor="middle", name="c-muted", room=column)
        for at, name in enumerate(heat.columns)
    )  # fmt: skip
    body = []
    for at, (name, cells) in enumerate(zip(heat.rows, heat.cells, strict=True)):
        y = top + at * ROW
        body.append(words(frame, name, gutter - GAP, y + ROW / 2 + 4, anchor="end", name="c-muted"))
        body += [
            _cell(frame, cell, gutter + place * column, y, column)
            for place, cell in enumerate(cells)
        ]
    foot = top + len(heat.rows) * ROW + GAP
    key, height = _key(frame, heat, foot)
    return picture(frame, foot + height, heads, every(body), key)


def _cell(frame: Frame, cell: Cell, start: float, y: float, width: float) -> Html:
    name = "c-none" if cell.step is None else f"c-step-{cell.step}"
    on = "c-muted" if cell.step is None else f"c-on-{cell.step}"
    return every([
        box(frame, name, start + 0.5, y + 0.5, width - 1, ROW - 1, (cell.tip,) if cell.tip else ()),
        words(frame, cell.text, start + width / 2, y + ROW / 2 + 4, anchor="middle", name=on, room=width),
        mark(frame, start + width - 10, y + 3, name=on) if cell.is_bad else "",
    ])  # fmt: skip


def _key(frame: Frame, heat: Heat, y: float) -> tuple[Html, float]:
    """With its height. Light to dark, so that it reads without colours as well."""
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
