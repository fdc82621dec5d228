"""`/department/ID`: the centres and queues of one department."""

from dashboards.wallboard.board_page import Drawn, Page, Seen
from dashboards.wallboard.drawing.floor import floor
from dashboards.wallboard.drawing.missing import missing


def draw(seen: Seen) -> Drawn:
    board = seen.board
    sums = next((each for each in board.departments if each.id == seen.id), None)
    if sums is None:
        known = {each.id: each.name for each in board.departments}
        return missing("department", seen.id, known, seen.say, board)
    rows = [row for row in board.rows if row.department_id == seen.id]
    inside = {row.centre_id for row in rows}
    centres = [each for each in board.centres if each.id in inside]
    return floor(seen, sums.name, rows, sums, centres, "centre")


PAGE = Page("department", ("/department/{id}",), draw)
