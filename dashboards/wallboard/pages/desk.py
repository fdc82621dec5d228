"""`/desk`: the supervisor's desk. Every queue, the callers one by one, who is not back, the agents, the alerts, and what
may be done about them. Search, order and filters stand in the address.
"""

from urllib.parse import quote

from dashboards.wallboard.board_page import Asker, Drawn, Page, Seen
from dashboards.wallboard.desk import Desk
from dashboards.wallboard.desk_choice import SORTS, Wanted, choice
from dashboards.wallboard.drawing import callers, orders
from dashboards.wallboard.drawing.band import band
from dashboards.wallboard.drawing.desk_agents import agents
from dashboards.wallboard.drawing.figures import SIGN_KEYS, link
from dashboards.wallboard.drawing.how import of_sums
from dashboards.wallboard.drawing.table import queue_table, sum_titles
from dashboards.wallboard.filters import WORDS
from dashboards.wallboard.freshness import SHOWN
from dashboards.wallboard.headline import name
from dashboards.wallboard.page import Row
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
        told = asker.problem if asker else ""
        html = el("section", {"class": "missing"}, el("p", {"lang": "en"}, name(told)),
                  el("p", {}, el("a", {"href": "/desk"}, say("desk"))))  # fmt: skip
        return Drawn(title=say("not_found"), html=html, rows=board.rows, status=404)
    desk = asker.desk
    shown = choice(desk, asker.wanted)
    names = {row.queue: row.name for row in board.rows}
    found = {row.queue for row in shown.rows}
    found |= {waits.row.queue for waits in shown.waits} | {gone.row.queue for gone in shown.gone}
    listed = {queue: each for queue, each in desk.callers.items() if queue in found}
    by_name = {row.queue for row in shown.rows}
    empty = _empty(desk, asker.wanted, say)
    table = queue_table(shown.rows, say, desk.board, say("desk_queues"), _leads)
    html = el(
        "div", {"class": "desk"},
        _filters(asker, say),
        orders.lines(desk, asker, say),
        band(desk.board.all, sum_titles(desk.board.rows, say), say),
        table if shown.rows else el("p", {}, say("desk_no_match")),
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
    departments = [("", say("desk_any")), *((id_, name(title)) for id_, title in asker.departments)]
    return el(
        "form", {"class": "filters", "method": "get", "action": "/desk", "role": "search"},
        el("label", {}, say("desk_search"), " ",
           el("input", {"type": "search", "name": "q", "value": wanted.q, "maxlength": 100, "dir": "auto"})),
        _select("sort", say("desk_sort"), [(each, say(_SORT_KEYS[each])) for each in SORTS], wanted.sort),
        _select("sign", say("state"), signs, asker.sign),
        _select("department", say("department"), departments, asker.department) if len(departments) > 1 else None,
        el("input", {"type": "hidden", "name": "lang", "value": say.code}) if say.code != "en" else None,
        el("button", {"type": "submit"}, say("desk_show")),
    )  # fmt: skip


def _select(key: str, title: Html, choices: list[tuple[str, Html]], now: str) -> Html:
    options = every(
        el("option", {"value": value, "selected": value == now}, shown) for value, shown in choices
    )
    return el("label", {}, title, " ", el("select", {"name": key}, options))


PAGE = Page("desk", ("/desk",), draw, is_personal=True)
