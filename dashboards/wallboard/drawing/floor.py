"""A page of several queues: the headline, the sums, then the queues with the worst first and the calm ones small."""

from collections.abc import Sequence

from dashboards.wallboard.board_page import Drawn, Seen
from dashboards.wallboard.drawing.band import band
from dashboards.wallboard.drawing.how import of_sums
from dashboards.wallboard.drawing.rest import rest
from dashboards.wallboard.drawing.spark import hour_of
from dashboards.wallboard.drawing.table import MOST_ROWS, group_table, queue_table, sum_titles
from dashboards.wallboard.page import Row, Totals
from streams.charts.html import Html, el, every


def floor(
    seen: Seen,
    title: str,
    rows: Sequence[Row],
    sums: Totals,
    groups: Sequence[Totals] = (),
    kind: str = "",
) -> Drawn:
    """`groups` are the departments or centres (`kind`) of the page, shown where there is more than one."""
    say, board = seen.say, seen.board
    parts: list[Html] = [band(sums, sum_titles(rows, say), say, hour_of(seen, rows))]
    if len(groups) > 1:
        parts.append(group_table(groups, kind, say, say(f"{kind}s"), board))
    if rows:
        parts.append(queue_table(rows[:MOST_ROWS], say, board, say("queues_first")))
    if others := rows[MOST_ROWS:]:
        desk = el(
            "a", {"href": f"/desk{'' if say.code == 'en' else f'?lang={say.code}'}"}, say("desk")
        )
        parts += [
            rest(others, say),
            el("p", {"class": "where-rest"}, say("others_where", desk=desk)),
        ]
    parts.append(of_sums(rows, say, board))
    return Drawn(title=title, html=el("div", {"class": "floor"}, every(parts)), rows=rows)
