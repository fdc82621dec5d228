"""What every chart is drawn on: its size, its direction, its words, its colours. Pure.

Sizes are units of the viewBox; letters are LETTER of them high. A chart that fills a phone is drawn NARROW, so that its
letters stay letters; a page draws both and its style sheet shows one. Colours are attributes for paper and mail; a page
gives the classes its own. No element has a style of its own, so the strictest policy of a browser takes it.
"""

from collections.abc import Mapping, Sequence
from typing import Literal
from unicodedata import bidirectional

from msgspec import Struct

from streams.charts.html import Attribute, Html, as_text, el

WIDE, NARROW = 720.0, 340.0
LETTER = 12.0
GAP = 6.0
_LETTER_WIDTH = 0.62  # of its height, on the average; wide letters are cut a little late
_ISOLATED = "\N{FIRST STRONG ISOLATE}{}\N{POP DIRECTIONAL ISOLATE}"

Anchor = Literal["start", "middle", "end"]
_MIRRORED: Mapping[Anchor, Anchor] = {"start": "end", "middle": "middle", "end": "start"}

# Every text has 4.5:1 or more on white, and on the step of the heatmap that it stands on.
PAINT: Mapping[str, Mapping[str, Attribute]] = {
    "c-text": {"fill": "#10161c"},
    "c-muted": {"fill": "#48545f"},
    "c-bar": {"fill": "#0072b2"},
    "c-loss": {"fill": "#b23c00"},
    "c-bad": {"fill": "#b23c00"},
    "c-grid": {"fill": "none", "stroke": "#cdd5dc", "stroke-width": "1"},
    "c-goal": {"fill": "none", "stroke": "#10161c", "stroke-width": "1.5", "stroke-dasharray": "3 3"},
    "c-note": {"fill": "none", "stroke": "#48545f", "stroke-width": "1", "stroke-dasharray": "1 2"},
    "c-note-mark": {"fill": "#fff", "stroke": "#10161c", "stroke-width": "1"},
    "c-line c-first": {"fill": "none", "stroke": "#0072b2", "stroke-width": "2.5"},
    "c-line c-second": {"fill": "none", "stroke": "#48545f", "stroke-width": "1.5"},
    "c-line c-third": {"fill": "none", "stroke": "#48545f", "stroke-width": "1.5", "stroke-dasharray": "6 5"},
    "c-dot c-first": {"fill": "#0072b2"},
    "c-dot c-second": {"fill": "#48545f"},
    "c-dot c-third": {"fill": "#48545f"},
    "c-running": {"fill": "#fff", "stroke": "#0072b2", "stroke-width": "2"},
    "c-none": {"fill": "#eef1f4"},
    "c-step-0": {"fill": "#e3f0f8"},
    "c-step-1": {"fill": "#b9d9ec"},
    "c-step-2": {"fill": "#86bfe0"},
    "c-step-3": {"fill": "#0068a3"},
    "c-step-4": {"fill": "#083a5c"},
    "c-on-0": {"fill": "#10161c"},
    "c-on-1": {"fill": "#10161c"},
    "c-on-2": {"fill": "#10161c"},
    "c-on-3": {"fill": "#fff"},
    "c-on-4": {"fill": "#fff"},
}  # fmt: skip


class Frame(Struct, frozen=True):
    """`title` is what a screen reader says of the picture; what people see above it is the page's. All words are translated."""

    title: str
    width: float = WIDE
    is_right_to_left: bool = False

    def x(self, start: float, width: float = 0.0) -> float:
        """Where something of that width stands that begins `start` units after the side where reading begins."""
        return self.width - start - width if self.is_right_to_left else start


def picture(frame: Frame, height: float, *inside: Html | None) -> Html:
    return el(
        "svg", {"xmlns": "http://www.w3.org/2000/svg", "class": "c-chart", "role": "img", "aria-label": as_text(frame.title),
                "viewBox": f"0 0 {frame.width:g} {height:g}", "font-size": f"{LETTER:g}", "focusable": "false",
                "direction": "ltr"},  # of the page it would be inherited, and turn every anchor round
        *inside,
    )  # fmt: skip


def painted(name: str) -> dict[str, Attribute]:
    return {"class": name, **PAINT[name]}


def words(
    frame: Frame, text: str, start: float, y: float, *, anchor: Anchor = "start", name: str = "c-text", room: float | None = None
) -> Html:  # fmt: skip
    """A line of text from `start` on; longer than `room` it is cut, and whole in its tooltip."""
    text = as_text(text)
    shown = text if room is None else cut(text, room)
    side = _MIRRORED[anchor] if frame.is_right_to_left else anchor
    return el(
        "text", {**painted(name), "x": f"{frame.x(start):g}", "y": f"{y:g}", "text-anchor": side},
        isolated(shown), tooltip(text) if shown != text else None,
    )  # fmt: skip


def tooltip(*parts: str) -> Html:
    return el("title", {}, ": ".join(as_text(part) for part in parts if part))


def box(frame: Frame, name: str, start: float, y: float, width: float, height: float, tip: Sequence[str] = ()) -> Html:  # fmt: skip
    return el(
        "rect", {**painted(name), "x": f"{frame.x(start, width):g}", "y": f"{y:g}", "width": f"{width:g}",
                 "height": f"{height:g}"},
        tooltip(*tip) if tip else None,
    )  # fmt: skip


def line(frame: Frame, name: str, one: tuple[float, float], other: tuple[float, float]) -> Html:
    (x1, y1), (x2, y2) = one, other
    drawn = f"M{frame.x(x1):g} {y1:g}L{frame.x(x2):g} {y2:g}"
    return el("path", {**painted(name), "d": drawn})


def mark(frame: Frame, start: float, y: float) -> Html:
    """A small triangle, 8 wide, that points down from `y`: below the goal, also for who sees no colours."""
    return el("path", {**painted("c-bad"), "d": f"M{frame.x(start, 8):g} {y:g}h8l-4 7z"})


def width_of(text: str) -> float:
    """About so wide: nobody knows the letters of whoever will read it."""
    return len(as_text(text)) * LETTER * _LETTER_WIDTH


def cut(text: str, room: float) -> str:
    """Between words where half of the room is left then: half a word may read as another one."""
    fit = int(room / (LETTER * _LETTER_WIDTH))
    if len(text) <= fit:
        return text
    kept = text[: max(fit - 1, 1)]
    between = kept.rfind(" ") if text[len(kept)] != " " else -1
    return f"{(kept[:between] if between >= fit / 2 else kept).rstrip()}…"


def isolated(text: str) -> str:
    """Words that run from right to left keep their own order in a picture whose words run from the left."""
    runs = any(bidirectional(letter) in {"R", "AL"} for letter in text)
    return _ISOLATED.format(text) if runs else text
