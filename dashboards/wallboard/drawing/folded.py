"""The queues of a long page, department by department, each folded while it needs nobody."""

from collections.abc import Collection, Sequence
from urllib.parse import urlencode

from dashboards.wallboard.drawing import figures
from dashboards.wallboard.drawing.names import size_of
from dashboards.wallboard.drawing.table import MOST_ROWS, Leads, queue_table
from dashboards.wallboard.headline import name
from dashboards.wallboard.order import urgency
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
    """What needs somebody is open; whatever the reader opened or closed stays so. Names have one size in all of them. Of very
    many queues the worst have a row, and each department leads to the rest of its own.
    """
    every_row = [row for rows in groups.values() for row in rows]
    size = size_of([row.name for row in every_row])
    drawn = {row.queue for row in sorted(every_row, key=urgency)[:MOST_ROWS]}
    return every(
        _folded(title, rows, drawn, size, say, board, leads) for title, rows in groups.items()
    )


def _folded(
    title: str,
    rows: Sequence[Row],
    drawn: Collection[str],
    size: str,
    say: Texts,
    board: Board,
    leads: Leads | None,
) -> Html:
    inside = [row for row in rows if row.queue in drawn]
    left = len(rows) - len(inside)
    shown = title or say("desk_no_department")
    is_open = any(row.sign.level in ASKING for row in rows)
    head = el(
        "summary", {}, figures.sign(worst(row.sign for row in rows), say), " ",
        el("strong", {}, name(shown)), " ", el("small", {}, say("queues", n=len(rows))),
    )  # fmt: skip
    caption = el("span", {"class": "heard"}, name(shown))
    table = queue_table(inside, say, board, caption, leads, size) if inside else None
    return el(
        "details", {"class": "folded", "data-keep": True, "data-key": f"department {title}", "open": is_open},
        head, table, _more(rows[0].department_id, left, say) if left else None,
    )  # fmt: skip


def _more(department: str, left: int, say: Texts) -> Html:
    """What is asked for by its department has a row for each."""
    given = [("department", department)] + ([] if say.code == "en" else [("lang", say.code)])
    told = say("and_more", n=left)
    to = el("a", {"href": f"/desk?{urlencode(given)}"}, told) if department else told
    return el("p", {"class": "more"}, to)
