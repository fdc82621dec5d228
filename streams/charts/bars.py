"""Bars with the goal of each: one row each, its name above it, its value at the end. Pure."""

from collections.abc import Sequence

from msgspec import Struct

from streams.charts.frame import GAP, LETTER, Frame, box, line, mark, picture, width_of, words
from streams.charts.html import Html, every

ROW = 40.0
THICK = 14.0
_NAME = LETTER + 2.0  # from the top of a row to the foot of its name
_BAR = LETTER + GAP  # from the top of a row to its bar


class Bar(Struct, frozen=True):
    """`text` is the value with its unit, as it stands in the table. No `value`: no bar, never one of 0. `is_bad` has a mark."""

    name: str
    value: float | None
    text: str
    goal: float | None = None
    is_bad: bool = False


def bars(frame: Frame, rows: Sequence[Bar], top: float, goal_says: str = "") -> Html:
    """`top` is the value of a bar that fills its row. `goal_says` explains the broken line, below the last row."""
    room = frame.width - ends(frame, [row.text for row in rows])
    drawn = every(_row(frame, row, at * ROW, top, room) for at, row in enumerate(rows))
    has_goal = bool(goal_says) and any(row.goal is not None for row in rows)
    foot = len(rows) * ROW
    key = _key(frame, foot, goal_says) if has_goal else None
    return picture(frame, foot + (LETTER + GAP if has_goal else 0.0) + GAP, drawn, key)


def ends(frame: Frame, texts: Sequence[str]) -> float:
    """The room beside the bars for their values; at most half of the picture."""
    widest = max(map(width_of, texts), default=0.0)
    return min(widest + 2 * GAP + 8.0, frame.width / 2)


def head(frame: Frame, name: str, y: float) -> Html:
    return words(frame, name, 0, y + _NAME, room=frame.width)


def value_at(frame: Frame, text: str, y: float, room: float, *, is_bad: bool = False) -> Html:
    """At the end of its row; `room` is where the bars end."""
    at = y + _BAR + LETTER - 2.0
    triangle = mark(frame, room + GAP, at - LETTER + 4.0) if is_bad else None
    said = words(frame, text, frame.width, at, anchor="end", room=frame.width - room - GAP - 8.0)
    return every([triangle or "", said])


def bar_at(y: float) -> float:
    return y + _BAR


def _row(frame: Frame, row: Bar, y: float, top: float, room: float) -> Html:
    value, goal = row.value, row.goal
    length = 0.0 if value is None else room * _share(value, top)
    filled = box(frame, "c-bar", 0, bar_at(y), max(length, 1.0), THICK, (row.name, row.text))
    across = None
    if goal is not None:
        at = room * _share(goal, top)
        across = line(frame, "c-goal", (at, bar_at(y) - 3), (at, bar_at(y) + THICK + 3))
    return every([
        head(frame, row.name, y),
        line(frame, "c-grid", (0, bar_at(y) + THICK), (room, bar_at(y) + THICK)),
        "" if value is None else filled,
        across or "",
        value_at(frame, row.text, y, room, is_bad=row.is_bad),
    ])  # fmt: skip


def _key(frame: Frame, y: float, says: str) -> Html:
    sample = line(frame, "c-goal", (4, y), (4, y + LETTER + 2))
    return every([sample, words(frame, says, 14, y + LETTER, name="c-muted", room=frame.width - 14)])  # fmt: skip


def _share(value: float, top: float) -> float:
    return min(max(value / top, 0.0), 1.0) if top > 0 else 0.0
