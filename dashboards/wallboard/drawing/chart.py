"""A chart of a page: drawn once for a wide screen and once for a phone, of which the style sheet shows one. Pure.

Each chart is drawn from what stands in the table below it, so it says nothing that cannot be read there.
"""

from collections.abc import Callable

from dashboards.wallboard.texts import Texts
from streams.charts.frame import NARROW, Frame
from streams.charts.html import Html, el

WIDE = (
    960.0  # units: as wide as a page of a desk, so that letters of a chart are as large as others
)


def chart(title: Html, drawn: Callable[[Frame], Html], say: Texts) -> Html:
    def sized(name: str, width: float) -> Html:
        frame = Frame(title, width, is_right_to_left=say.is_right_to_left)
        return el("div", {"class": f"plot {name}"}, drawn(frame))

    return el(
        "figure", {"class": "chart"},
        el("figcaption", {}, title),
        sized("wide", WIDE),
        sized("narrow", NARROW),
    )  # fmt: skip
