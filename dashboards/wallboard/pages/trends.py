"""`/trends?queue=ID`, `?centre=ID`, `?department=ID`: today by half hour over yesterday and the same weekday last week.

Without a parameter it is of all queues that the viewer sees. The figures are those of `history intervals`, which the archive
counts; over several queues, served as each queue promised.
"""

from collections.abc import Sequence

from dashboards.wallboard.board_page import Drawn, Page, Seen
from dashboards.wallboard.drawing.days import days_of
from dashboards.wallboard.drawing.how import of_trends
from dashboards.wallboard.drawing.missing import missing
from dashboards.wallboard.page import Board, Row
from streams.charts.html import Html, el

KINDS = ("queue", "centre", "department")


def draw(seen: Seen) -> Drawn:
    board, say = seen.board, seen.say
    kind, _, id_ = seen.id.partition("=")
    rows = _rows(board, seen.id)
    if not rows and kind:
        return missing(kind, id_, _known(board, kind), say, board)
    html = el(
        "div", {"class": "trends"},
        days_of(seen, rows),
        of_trends(rows, say, board),
    )  # fmt: skip
    return Drawn(title=_name(board, kind, id_) or say("title_all"), html=html, rows=rows)


def queues(board: Board, id_: str) -> tuple[str, ...]:
    """Of which queues the archive is asked: those of the page that its viewer sees."""
    return tuple(sorted(row.queue for row in _rows(board, id_)))


def _rows(board: Board, id_: str) -> Sequence[Row]:
    kind, _, wanted = id_.partition("=")
    if kind == "queue":
        return [row for row in board.rows if row.queue == wanted]
    if kind == "centre":
        return [row for row in board.rows if row.centre_id == wanted]
    if kind == "department":
        return [row for row in board.rows if row.department_id == wanted]
    return board.rows


def _known(board: Board, kind: str) -> dict[str, str]:
    if kind == "queue":
        return {row.queue: row.name for row in board.rows}
    return {
        each.id: each.name for each in (board.centres if kind == "centre" else board.departments)
    }


def _name(board: Board, kind: str, id_: str) -> str | Html:
    return _known(board, kind).get(id_, "") if kind else ""


PAGE = Page("trends", ("/trends",), draw, by=KINDS, past=queues)
