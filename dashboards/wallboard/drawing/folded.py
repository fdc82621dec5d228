"""The queues of a long page, department by department, each folded while it needs nobody."""

from collections.abc import Sequence

from dashboards.wallboard.drawing import figures
from dashboards.wallboard.drawing.names import size_of
from dashboards.wallboard.drawing.table import Leads, queue_table
from dashboards.wallboard.headline import name
from dashboards.wallboard.page import Board, Row
from dashboards.wallboard.sign import worst
from dashboards.wallboard.texts import Texts
from streams.charts.html import Html, el, every

ASKING = frozenset({"act", "watch"})


def group_rows(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """By the name of their department, in the order in which they come: the worst first."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.department, []).append(row)
    return found


def folded_tables(
    groups: dict[str, list[Row]], say: Texts, board: Board, leads: Leads | None = None
) -> Html:
    """What needs somebody is open; whatever the reader opened or closed stays so. Names have one size in all of them."""
    size = size_of([row.name for rows in groups.values() for row in rows])
    return every(_folded(title, rows, size, say, board, leads) for title, rows in groups.items())


def _folded(
    title: str, rows: Sequence[Row], size: str, say: Texts, board: Board, leads: Leads | None
) -> Html:
    shown = title or say("desk_no_department")
    is_open = any(row.sign.level in ASKING for row in rows)
    head = el(
        "summary", {}, figures.sign(worst(row.sign for row in rows), say), " ",
        el("strong", {}, name(shown)), " ", el("small", {}, say("queues", n=len(rows))),
    )  # fmt: skip
    table = queue_table(rows, say, board, el("span", {"class": "heard"}, name(shown)), leads, size)
    return el(
        "details", {"class": "folded", "data-keep": True, "data-key": f"department {title}", "open": is_open},
        head, table,
    )  # fmt: skip
