"""Lines of a chart as SVG paths, in a box of any shape: strokes and points keep their width. Pure.

What has no value is a gap; a value between two gaps is a point.
"""

from collections.abc import Sequence

from streams.charts.html import Html, el

Values = Sequence[float | None]
HEIGHT = 100


def path(values: Values, top: float, *, mirrored: bool = False) -> str:
    """`M.5 40L1.5 60…` in a box of one unit a value and HEIGHT units; 0 is at its bottom, `top` at its top.

    `mirrored`: the first value is at the right, as a language reads that runs from there.
    """
    drawn = ""
    length = 0  # of the run of values that is drawn now
    for place, value in enumerate(values):
        if value is None:
            drawn += "h0" if length == 1 else ""
            length = 0
            continue
        x = (len(values) - place if mirrored else place + 1) - 0.5
        y = HEIGHT * (1 - min(max(value / top, 0.0), 1.0)) if top else float(HEIGHT)
        drawn += f"{'L' if length else 'M'}{x:g} {y:.1f}"
        length += 1
    return drawn + ("h0" if length == 1 else "")


def stroke(name: str, drawn: str) -> Html:
    """`name` is the class that has its colour and width."""
    return el("path", {"class": name, "d": drawn, "vector-effect": "non-scaling-stroke"})


def box(name: str, columns: int, *inside: Html | None) -> Html:
    """A picture that fills its place, whatever the place's shape is."""
    return el(
        "svg", {"class": name, "viewBox": f"0 0 {columns} {HEIGHT}", "preserveAspectRatio": "none",
                "aria-hidden": "true", "focusable": "false"},
        *inside,
    )  # fmt: skip
