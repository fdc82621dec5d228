"""`/`: all departments that somebody may see, and all their queues."""

from dashboards.wallboard.board_page import Drawn, Page, Seen
from dashboards.wallboard.drawing.floor import floor


def draw(seen: Seen) -> Drawn:
    board = seen.board
    groups, kind = (board.departments, "department")
    if len(groups) < 2:  # noqa: PLR2004  one department: its centres say more
        groups, kind = board.centres, "centre"
    return floor(seen, seen.say("title_all"), board.rows, board.all, groups, kind)


PAGE = Page("all", ("/",), draw)
