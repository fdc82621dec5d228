"""Numbered marks over a chart of time: what people wrote of a moment. The text stands in a table under the same number. Pure."""

from bisect import bisect_left
from collections.abc import Callable, Sequence

from msgspec import Struct

from streams.charts.frame import LETTER, Frame, box, line, width_of, words
from streams.charts.html import Html, every

ROW = LETTER + 6.0
_PAD = 3.0
_LEAST = 14.0  # a mark of one digit is no needle


class Annotation(Struct, frozen=True):
    """`number` is that of the table. `first` and `last` are places of columns; between two of them what has no column. `tip` says it."""

    number: int
    first: float
    last: float
    tip: str


class Label(Struct, frozen=True):
    """Annotations of the same columns are one mark: `1, 2`. `row` 0 is next to the plot."""

    of: tuple[Annotation, ...]
    start: float
    width: float
    row: int

    @property
    def text(self) -> str:
        return ", ".join(str(each.number) for each in self.of)


def places(starts: Sequence[int], length: int, since: int, until: int) -> tuple[float, float]:
    """The first and the last column that `[since, until)` touches; what touches none stands between those beside it."""
    touched = [at for at, start in enumerate(starts) if start < until and start + length > since]
    if touched:
        return float(touched[0]), float(touched[-1])
    between = bisect_left(starts, since) - 0.5
    return between, between


def labels(
    frame: Frame, found: Sequence[Annotation], x: Callable[[float], float], begin: float = 0.0
) -> list[Label]:
    """From `begin` on. None covers another, and of what lasts each has its own line: each in the first row that is free there."""
    together: dict[tuple[float, float], list[Annotation]] = {}
    for each in sorted(found, key=lambda each: (each.first, each.number)):
        together.setdefault((each.first, each.last), []).append(each)
    made: list[Label] = []
    free_from: list[float] = []
    for (first, last), some in together.items():
        width = max(width_of(", ".join(str(each.number) for each in some)) + 2 * _PAD, _LEAST)
        start = min(max(x(first) - width / 2, begin), frame.width - width)
        row = next((at for at, free in enumerate(free_from) if free <= start), len(free_from))
        free_from[row : row + 1] = [max(start + width, x(last)) + 2.0]
        made.append(Label(tuple(some), start, width, row))
    return made


def height(found: Sequence[Label]) -> float:
    return ROW * (1 + max((each.row for each in found), default=-1))


def marks(
    frame: Frame, found: Sequence[Label], x: Callable[[float], float], top: float, foot: float
) -> Html:
    """A number in a frame with a line down to the axis; what lasts has a line along the top up to its end."""
    return every(_mark(frame, each, x, top, foot) for each in found)


def _mark(frame: Frame, label: Label, x: Callable[[float], float], top: float, foot: float) -> Html:
    at, last = x(label.of[0].first), label.of[0].last
    y = top - ROW * (label.row + 1)
    tip = "; ".join(f"{each.number} {each.tip}" for each in label.of)
    along = (
        line(frame, "c-note", (at, y + ROW - 2), (x(last), y + ROW - 2))
        if last > label.of[0].first
        else None
    )
    return every([
        line(frame, "c-note", (at, y + ROW - 2), (at, foot)),
        along or "",
        box(frame, "c-note-mark", label.start, y, label.width, ROW - 3, (tip,)),
        words(frame, label.text, label.start + label.width / 2, y + LETTER - 0.5, anchor="middle"),
    ])  # fmt: skip
