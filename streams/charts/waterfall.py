"""A waterfall: what there was, what was lost at each step, what is left. Pure."""

from collections.abc import Sequence

from msgspec import Struct

from streams.charts.bars import ROW, THICK, bar_at, ends, head, value_at
from streams.charts.frame import GAP, Frame, box, line, picture
from streams.charts.html import Html, every


class Step(Struct, frozen=True):
    """`text` is the value with its unit. A loss begins where the step before it ended; a total begins at 0."""

    name: str
    value: float
    text: str
    is_total: bool = False


def waterfall(frame: Frame, steps: Sequence[Step]) -> Html:
    room = frame.width - ends(frame, [step.text for step in steps])
    top = max((step.value for step in steps), default=0.0) or 1.0
    drawn, left = [], 0.0
    for at, step in enumerate(steps):
        y = at * ROW
        start = 0.0 if step.is_total else max(left - step.value, 0.0)
        if at and not step.is_total:
            edge = room * left / top
            drawn.append(line(frame, "c-grid", (edge, bar_at(y) - ROW + THICK), (edge, bar_at(y))))
        left = step.value if step.is_total else start
        name = "c-bar" if step.is_total else "c-loss"
        length = max(room * step.value / top, 1.0 if step.value else 0.0)
        drawn += [
            head(frame, step.name, y),
            box(frame, name, room * start / top, bar_at(y), length, THICK, (step.name, step.text)),
            value_at(frame, step.text, y, room),
        ]
    return picture(frame, len(steps) * ROW + GAP, every(drawn))
