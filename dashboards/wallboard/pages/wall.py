"""`/wall` and `/wall/ID`: a television. It never scrolls; who stands five metres away reads it.

At most eight queues are shown in full, those that need somebody first; the others are counted, and every one of them
that is not on target is named.
"""

from collections.abc import Sequence

from dashboards.wallboard.board_page import Drawn, Page, Seen
from dashboards.wallboard.drawing.band import band
from dashboards.wallboard.drawing.missing import missing
from dashboards.wallboard.drawing.rest import rest
from dashboards.wallboard.drawing.spark import hour_of
from dashboards.wallboard.drawing.table import queue_table, sum_titles
from dashboards.wallboard.order import held
from dashboards.wallboard.page import Board, Row, Totals
from dashboards.wallboard.texts import Texts
from streams.charts.html import el

MOST = 8


def draw(seen: Seen) -> Drawn:
    board, say = seen.board, seen.say
    found = _found(board, seen.id, say)
    if found is None:
        known = {each.id: each.name for each in (*board.departments, *board.centres)}
        known |= {row.queue: row.name for row in board.rows}
        return missing("wall", seen.id, known, say, board)
    title, rows, sums = found
    ordered, order = held(rows, seen.before, board.now)
    shown, others = ordered[:MOST], ordered[MOST:]
    html = el(
        "div", {"class": "television", "data-rows": len(shown)},
        band(sums, sum_titles(rows, say), say, hour_of(seen, rows)),
        queue_table(shown, say, board, say("queues_first")),
        rest(others, say) if others else None,
    )  # fmt: skip
    return Drawn(title=title, html=html, rows=rows, held=order)


def _found(board: Board, id_: str, say: Texts) -> tuple[str, Sequence[Row], Totals] | None:
    """A department, else a centre, else a queue of that id."""
    if not id_:
        return say("title_wall_all"), board.rows, board.all
    for sums in board.departments:
        if sums.id == id_:
            return sums.name, [row for row in board.rows if row.department_id == id_], sums
    for sums in board.centres:
        if sums.id == id_:
            return sums.name, [row for row in board.rows if row.centre_id == id_], sums
    row = next((each for each in board.rows if each.queue == id_), None)
    return None if row is None else (row.name, [row], _alone(row))


def _alone(row: Row) -> Totals:
    """The sums of a wall of one queue: its own figures."""
    return Totals(
        id=row.queue, name=row.name, queues=1, counted=int(row.waiting is not None),
        sign=row.sign, waiting=row.waiting,
        oldest_wait_ms=row.oldest_wait_ms, ticking=row.ticking, service_level=row.service_level,
        service_level_today=row.service_level_today, abandonment=row.abandonment, agents=row.agents,
    )  # fmt: skip


PAGE = Page("wall", ("/wall", "/wall/{id}"), draw, scrolls=False)
