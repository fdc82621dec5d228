"""`/centre/ID`: the queues of one centre."""

from dashboards.wallboard.board_page import Drawn, Page, Seen
from dashboards.wallboard.drawing.floor import floor
from dashboards.wallboard.drawing.missing import missing


def draw(seen: Seen) -> Drawn:
    board = seen.board
    sums = next((each for each in board.centres if each.id == seen.id), None)
    if sums is None:
        known = {each.id: each.name for each in board.centres}
        return missing("centre", seen.id, known, seen.say, board)
    rows = [row for row in board.rows if row.centre_id == seen.id]
    return floor(seen, sums.name, rows, sums)


PAGE = Page("centre", ("/centre/{id}",), draw)
