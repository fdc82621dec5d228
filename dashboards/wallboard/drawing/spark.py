"""The last hour behind a main figure: one point a minute, none where nothing is known. Pure."""

from collections.abc import Sequence

from dashboards.wallboard.board_page import Seen
from dashboards.wallboard.drawing.lines import Values, box, path, stroke
from dashboards.wallboard.last_hour import Hour
from dashboards.wallboard.page import Row
from dashboards.wallboard.texts import Texts
from schemas.goal import ENOUGH_CALLS
from streams.charts.html import Html


def hour_of(seen: Seen, rows: Sequence[Row]) -> Hour:
    """The hour up to now; of a replay up to the time that it plays. Rows of both have no common hour."""
    now = seen.board.now
    replayed = [row.as_of for row in rows if row.condition == "replay" and row.as_of is not None]
    end = max(replayed) if replayed else now
    return seen.beside.last_hour.over([row.queue for row in rows], end)


def waiting(hour: Hour, say: Texts) -> Html | None:
    values = [None if each is None else float(each.waiting) for each in hour]
    return _drawn(values, max((each or 0 for each in values), default=0), say)


def level(hour: Hour, say: Texts) -> Html | None:
    """A share of few calls is no point: the wall shows no percentage of them either."""
    values = [
        None if each is None or each.n < ENOUGH_CALLS else each.in_time / each.n for each in hour
    ]
    return _drawn(values, 1.0, say)


def _drawn(values: Values, top: float, say: Texts) -> Html | None:
    if all(value is None for value in values):
        return None
    line = path(values, max(top, 1.0), mirrored=say.is_right_to_left)
    return box("spark", len(values), stroke("line", line))
