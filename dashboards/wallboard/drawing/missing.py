"""The page of what does not exist: it names what is nearest to it."""

from collections.abc import Mapping
from difflib import get_close_matches

from dashboards.wallboard.board_page import Drawn
from dashboards.wallboard.drawing.figures import link
from dashboards.wallboard.headline import name
from dashboards.wallboard.page import Board
from dashboards.wallboard.texts import Texts
from streams.charts.html import el, every

MOST = 5


def missing(kind: str, id_: str, known: Mapping[str, str], say: Texts, board: Board) -> Drawn:
    """`known` are ids that the viewer may see, each with its name. `kind` is department, centre, queue or wall."""
    near = get_close_matches(id_.lower(), known, MOST, 0.4) or sorted(known)[:MOST]
    found = every(
        el("li", {}, el("a", {"href": link(kind, each, say)}, name(known[each])), " ", el("code", {}, each))
        for each in near
    )  # fmt: skip
    said = say(f"not_found_{kind}", id=name(id_[:100]))
    html = el(
        "section", {"class": "missing"},
        el("p", {}, said),
        el("p", {}, say("nearest")) if near else None,
        el("ul", {}, found) if near else None,
    )  # fmt: skip
    return Drawn(title=say("not_found"), html=html, rows=board.rows, status=404)
