"""How the figures of a page are counted: formula, promise, window, n. Within reach of every figure."""

from collections.abc import Sequence

from dashboards.wallboard.page import Board, Row
from dashboards.wallboard.texts import Texts
from schemas.formulas import formula
from schemas.goal import ENOUGH_CALLS
from streams.charts.html import Html, el, every


def of_queue(row: Row, say: Texts) -> Html:
    lines = []
    if row.goal is not None and row.answer_within_ms is not None:
        within, goal = say.span(row.answer_within_ms), f"{100 * row.goal:g}%"
        title = _english(row.formula_title)
        lines.append(say("how_level", title=title, within=within, goal=goal))
    return _details([*lines, *_common(say, row.zone)], say)


def of_sums(rows: Sequence[Row], say: Texts, board: Board) -> Html:
    titles = sorted({row.formula_title for row in rows if row.formula_title})
    lines = [say("how_sum"), *(_english(each) for each in titles)]
    return _details([*lines, *_common(say, board.zone)], say)


def of_trends(rows: Sequence[Row], say: Texts, board: Board) -> Html:
    """`board` gives the zone where the queues have several."""
    titles = sorted({row.formula_title for row in rows if row.formula_title})
    zones = {row.zone for row in rows}
    lines = [
        say("how_half_hour"), *([say("how_promised")] if len(rows) > 1 else []), *(_english(each) for each in titles),
        say("how_changed"), say("how_n", n=ENOUGH_CALLS),
        say("how_zone", zone=zones.pop() if len(zones) == 1 else board.zone),
    ]  # fmt: skip
    return _details(lines, say)


def _common(say: Texts, zone: str) -> list[Html]:
    return [
        say("how_abandoned", title=_english(formula("abandonment_ab1").title)),
        say("how_window"),
        say("how_n", n=ENOUGH_CALLS),
        say("how_zone", zone=zone),
    ]


def _english(text: str) -> Html:
    """The titles of formulas are in English everywhere, as in reports."""
    return el("bdi", {"lang": "en"}, text)


def _details(lines: Sequence[Html], say: Texts) -> Html:
    return el(
        "details", {"class": "how", "data-keep": "open"},
        el("summary", {}, say("how")),
        el("ul", {}, every(el("li", {}, line) for line in lines)),
    )  # fmt: skip
