"""`/desk`: the supervisor's desk. Every queue, the callers one by one, who is not back, the agents, the alerts, and what
may be done about them. Search, order and filters stand in the address.
"""

from collections.abc import Sequence
from urllib.parse import quote

from dashboards.wallboard.board_page import Asker, Drawn, Page, Seen, Unknown
from dashboards.wallboard.desk import Desk
from dashboards.wallboard.desk_choice import SORTS, Choice, Wanted, choice
from dashboards.wallboard.drawing import callers, orders
from dashboards.wallboard.drawing.band import band
from dashboards.wallboard.drawing.desk_agents import agents
from dashboards.wallboard.drawing.fields import select
from dashboards.wallboard.drawing.figures import SIGN_KEYS, link
from dashboards.wallboard.drawing.folded import folded_tables, group_rows
from dashboards.wallboard.drawing.how import of_sums
from dashboards.wallboard.drawing.table import MOST_ROWS, queue_table, sum_titles
from dashboards.wallboard.filters import WORDS
from dashboards.wallboard.freshness import SHOWN
from dashboards.wallboard.headline import name
from dashboards.wallboard.page import Board, Row
from dashboards.wallboard.texts import Texts
from streams.charts.html import Html, el, every

_SORT_KEYS = {
    "worst": "sort_worst", "name": "sort_name", "waiting": "waiting", "oldest": "oldest",
    "level": "level_30", "free": "free",
}  # fmt: skip


_LISTS = {"waiting": "callers", "oldest": "callers", "abandoned_30": "not-back", "free": "agents"}


def draw(seen: Seen) -> Drawn:
    asker, say, board = seen.asker, seen.say, seen.board
    if asker is None or asker.desk is None:
        to_desk = el(
            "p",
            {},
            el(
                "a",
                {"href": f"/desk{'' if say.code == 'en' else f'?lang={say.code}'}"},
                say("desk"),
            ),
        )
        html = el(
            "section", {"class": "missing"}, _unknown(asker.unknown if asker else (), say), to_desk
        )
        return Drawn(title=say("not_found"), html=html, rows=board.rows, status=404)
    desk = asker.desk
    shown = choice(desk, asker.wanted)
    names = {row.queue: row.name for row in board.rows}
    found = {row.queue for row in shown.rows}
    found |= {waits.row.queue for waits in shown.waits} | {gone.row.queue for gone in shown.gone}
    listed = {queue: each for queue, each in desk.callers.items() if queue in found}
    by_name = {row.queue for row in shown.rows}
    empty = _empty(desk, asker.wanted, say)
    html = el(
        "div", {"class": "desk"},
        _filters(asker, say),
        _unknown(asker.unknown, say),
        _jumps(desk, shown, say),
        orders.lines(desk, asker, say),
        band(desk.board.all, sum_titles(desk.board.rows, say), say),
        _queues(asker, shown, desk.board, say),
        el("div", {"class": "columns"},
            orders.alerts(shown.rows, desk, asker, say, empty),
            callers.waiting(shown.waits, listed, by_name, names, say, board.now, empty),
            callers.not_back(shown.gone, listed, by_name, say, board.now, empty),
            agents(shown.agents, desk.board, names, say, empty)),
        of_sums(desk.board.rows, say, desk.board),
    )  # fmt: skip
    return Drawn(title=say("desk"), html=html, rows=desk.board.rows)


def _empty(desk: Desk, asked: Wanted, say: Texts) -> Html | None:
    """What an empty list says where it does not mean that there is nobody and nothing; None where it does."""
    if not any(row.condition in SHOWN for row in desk.board.rows):
        return say("head_unknown")
    return say("desk_nothing") if asked.q else None


def _leads(row: Row, key: str, say: Texts) -> str:
    """To the callers or agents behind a figure, here; what is behind a share stands on the page of the queue."""
    if key not in _LISTS:
        return link("queue", row.queue, say, "calls")
    language = "" if say.code == "en" else f"&lang={say.code}"
    return f"/desk?queue={quote(row.queue, safe='')}{language}#{_LISTS[key]}"


def _filters(asker: Asker, say: Texts) -> Html:
    """A plain form: what it asks for is then in the address, which may be kept or sent."""
    wanted: Wanted = asker.wanted
    signs = [("", say("desk_any")), *((word, say(SIGN_KEYS[word])) for word in WORDS)]
    departments = [("", say("desk_any")), *((id_, title) for id_, title in asker.departments)]
    return el(
        "form", {"class": "filters", "method": "get", "action": "/desk", "role": "search"},
        el("label", {}, say("desk_search"), " ",
           el("input", {"type": "search", "name": "q", "value": wanted.q, "maxlength": 100, "dir": "auto"})),
        select("sort", say("desk_sort"), [(each, say(_SORT_KEYS[each])) for each in SORTS], wanted.sort),
        select("sign", say("state"), signs, asker.sign),
        select("department", say("department"), departments, asker.department) if len(departments) > 1 else None,
        el("input", {"type": "hidden", "name": "lang", "value": say.code}) if say.code != "en" else None,
        el("button", {"type": "submit"}, say("desk_show")),
    )  # fmt: skip


def _unknown(found: Sequence[Unknown], say: Texts) -> Html | None:
    """What the address asks for and there is not."""
    if not found:
        return None
    said = every(
        el("p", {}, say(f"not_found_{each.kind}", id=name(each.value[:100]))) for each in found
    )
    return el("div", {"class": "unknown", "role": "status"}, said)


def _jumps(desk: Desk, shown: Choice, say: Texts) -> Html:
    """To the parts of the page, with how much each has: on a telephone they lie far below."""
    parts = (
        ("queues", "desk_queues", len(shown.rows)),
        ("alerts", "alerts", len({line.alert_id for row in shown.rows for line in row.alerts})),
        ("callers", "desk_callers", len(shown.waits) if desk.callers else None),
        ("not-back", "desk_not_back", len(shown.gone) if desk.callers else None),
        ("agents", "agents", len(shown.agents) or None),
    )
    links = every(
        el("a", {"href": f"#{part}"}, say(key), el("small", {}, "" if n is None else say.number(n)))
        for part, key, n in parts
    )
    return el("nav", {"class": "jumps", "aria-label": say("desk_parts")}, links)


def _queues(asker: Asker, shown: Choice, board: Board, say: Texts) -> Html:
    """One table in the order that was asked for; the worst first they stand by department, and what needs nobody is folded."""
    by_department = group_rows(shown.rows)
    if not shown.rows:
        body = el("p", {}, say("desk_no_match"))
    elif asker.wanted != Wanted() or asker.sign or asker.department or len(by_department) < 2:  # noqa: PLR2004
        # Of a department that was asked for every queue has its row: the shortened lists lead there.
        most = len(shown.rows) if asker.department else MOST_ROWS
        table = queue_table(shown.rows[:most], say, board, say("desk_queues"), _leads)
        body = every([table, *_left_out(shown.rows[most:], say)])
    else:
        body = folded_tables(by_department, say, board, _leads)
    return el("section", {"id": "queues"}, body)


def _left_out(rows: Sequence[Row], say: Texts) -> list[Html]:
    if not rows:
        return []
    where = say("others_where", desk=say("desk"))
    return [el("p", {"class": "more"}, say("and_more", n=len(rows)), " ", where)]


PAGE = Page("desk", ("/desk",), draw, is_personal=True)
