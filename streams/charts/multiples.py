"""Small heatmaps side by side, one a month, of one scale: whether a time of the week is better than it was. Pure.

Their cells are too small for a number. What is below the goal has a mark, and steps differ by how dark they are; the numbers
stand in the table.
"""

from collections.abc import Sequence

from msgspec import Struct

from streams.charts.frame import GAP, LETTER, Frame, painted, picture, width_of, words
from streams.charts.heatmap import Cell, Heat, StepOf, key
from streams.charts.html import Html, el, every

ROW = 9.0
_LEAST = 132.0  # the width of a panel, so that its two names and its title can be read
_TITLE = LETTER + 4.0


class Panel(Struct, frozen=True):
    """`cells` are by row and column, as those of every other panel. `says` stands below its title."""

    title: str
    says: str
    cells: Sequence[Sequence[Cell]]


class _Grid(Struct, frozen=True):
    frame: Frame
    gutter: float
    across: int
    rows: int
    columns: int

    @property
    def panel(self) -> float:
        return (self.frame.width - self.gutter) / self.across

    @property
    def cell(self) -> float:
        return (self.panel - 2 * GAP) / self.columns

    @property
    def height(self) -> float:
        return 3 * _TITLE + self.rows * ROW + 2 * GAP

    def corner(self, at: int) -> tuple[float, float]:
        """Of the cells of a panel."""
        down, along = divmod(at, self.across)
        return self.gutter + along * self.panel, down * self.height + 3 * _TITLE


def multiples(frame: Frame, panels: Sequence[Panel], of: Heat) -> Html:
    """`of` has the names and steps that all panels share; its own cells are not drawn."""
    gutter = max(map(width_of, of.rows), default=0.0) + GAP
    across = min(max(int((frame.width - gutter) / _LEAST), 1), len(panels) or 1, 6)
    grid = _Grid(frame, gutter, across, len(of.rows), max(len(of.columns), 1))
    foot = -(-len(panels) // across) * grid.height
    legend, height = key(frame, of, foot)
    return picture(
        frame, foot + height,
        every(_heads(grid, at, panel, of) for at, panel in enumerate(panels)),
        every(_names(grid, at * grid.height + 3 * _TITLE, of.rows) for at in range(-(-len(panels) // across))),
        _cells(grid, panels),
        legend,
    )  # fmt: skip


def _heads(grid: _Grid, at: int, panel: Panel, of: Heat) -> Html:
    start, y = grid.corner(at)
    wide = grid.cell * grid.columns
    names = [of.columns[0], of.columns[-1]] if len(of.columns) > 1 else []
    frame = grid.frame
    return every([
        words(frame, panel.title, start, y - 2 * _TITLE - 3, room=wide),
        words(frame, panel.says, start, y - _TITLE - 3, name="c-muted", room=wide),
        *(words(frame, name, start + (wide if last else 0), y - 3, anchor="end" if last else "start", name="c-muted", room=wide / 2)
          for last, name in enumerate(names)),
    ])  # fmt: skip


def _names(grid: _Grid, y: float, names: Sequence[str]) -> Html:
    """Every other one: two lines of cells are as high as a letter."""
    return every(
        words(grid.frame, name, grid.gutter - GAP, y + at * ROW + ROW, anchor="end", name="c-muted")
        for at, name in enumerate(names) if at % 2 == 0
    )  # fmt: skip


def _cells(grid: _Grid, panels: Sequence[Panel]) -> Html:
    """All cells of a step are one path: a page of twelve months has thousands of them."""
    steps: tuple[StepOf | None, ...] = (None, 0, 1, 2, 3, 4)
    grounds: dict[StepOf | None, list[str]] = {step: [] for step in steps}
    marks: dict[StepOf | None, list[str]] = {step: [] for step in steps}
    for at, panel in enumerate(panels):
        start, top = grid.corner(at)
        for down, row in enumerate(panel.cells):
            for along, cell in enumerate(row):
                if not cell.text:
                    continue
                x = grid.frame.x(start + along * grid.cell, grid.cell)
                y = top + down * ROW
                grounds[cell.step].append(
                    f"M{x:.1f} {y:g}h{grid.cell - 1:.1f}v{ROW - 1:g}h-{grid.cell - 1:.1f}z"
                )
                if cell.is_bad:
                    marks[cell.step].append(f"M{x + grid.cell / 2 - 3.5:.1f} {y + 1.5:g}h6l-3 5z")
    return every(
        el("path", {**painted(name), "d": "".join(drawn)})
        for step in steps
        for name, drawn in (
            ("c-none" if step is None else f"c-step-{step}", grounds[step]),
            ("c-muted" if step is None else f"c-on-{step}", marks[step]),
        )
        if drawn
    )
