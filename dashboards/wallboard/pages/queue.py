"""`/queue/ID`: one queue, and what stands behind each of its figures."""

from dashboards.wallboard.board_page import Drawn, Page, Seen
from dashboards.wallboard.cause import alert, cause
from dashboards.wallboard.drawing import figures, spark
from dashboards.wallboard.drawing.alert_lines import about_alert
from dashboards.wallboard.drawing.how import of_queue
from dashboards.wallboard.drawing.missing import missing
from dashboards.wallboard.drawing.spark import hour_of
from dashboards.wallboard.drawing.table import promise
from dashboards.wallboard.freshness import OLD, SHOWN
from dashboards.wallboard.headline import name, spaced, wait
from dashboards.wallboard.last_hour import Hour
from dashboards.wallboard.page import AlertLine, Row, Share
from dashboards.wallboard.said import remarks
from dashboards.wallboard.texts import NO_VALUE, Texts
from streams.charts.html import Html, el, every


def draw(seen: Seen) -> Drawn:
    board, say = seen.board, seen.say
    row = next((each for each in board.rows if each.queue == seen.id), None)
    if row is None:
        known = {each.queue: each.name for each in board.rows}
        return missing("queue", seen.id, known, say, board)
    html = el(
        "div", {"class": "queue-page"},
        _figures(row, say, board.now, hour_of(seen, [row])),
        el("div", {"class": "columns", "data-live": True}, _alerts(row, say, board.now), _calls(row, say), _agents(row, say, board.now)),
        of_queue(row, say),
    )  # fmt: skip
    return Drawn(title=row.name, html=html, rows=[row])


def _figures(row: Row, say: Texts, now: int, hour: Hour) -> Html:
    goal = row.goal
    why = cause(row, say, now)
    cells = (
        ("waiting", figures.waiting(row.waiting), spark.waiting(hour, say)),
        ("oldest", figures.oldest(row.oldest_wait_ms, ticking=row.ticking, late=row.late), None),
        ("level_30", figures.share(row.service_level, say), every((figures.bar(row.service_level, goal) or "", spark.level(hour, say) or ""))),
        ("level_today", figures.share(row.service_level_today, say), figures.bar(row.service_level_today, goal)),
        ("abandoned_30", figures.share(row.abandonment, say, bad="over"), None),
        ("free", figures.agents(row.agents, say, figures.shared(row, say)), None),
    )  # fmt: skip
    # A centre may have the name of its department: said once.
    where = dict.fromkeys(part for part in (row.department, row.centre, promise(row, say)) if part)
    return el(
        "section", {"class": "one", "id": "waiting", "data-level": row.sign.level,
                    "data-old": row.condition in OLD},
        el("p", {"class": "state-of"}, figures.sign(row.sign, say), " ", el("span", {"class": "why"}, why)),
        el("p", {"class": "where"}, spaced(where)),
        el("dl", {"class": "band"}, every(
            el("div", {"class": key}, el("dt", {}, say(key)), el("dd", {}, shown, under))
            for key, shown, under in cells)),
    )  # fmt: skip


def _alerts(row: Row, say: Texts, now: int) -> Html:
    lines = every(_alert(each, row, say, now) for each in row.alerts)
    notes = remarks(row, say, now)
    return el(
        "section", {"id": "alerts"}, el("h2", {}, say("alerts")),
        el("ul", {}, lines) if row.alerts else el("p", {}, say("no_alert" if row.condition in SHOWN else "head_unknown")),
        el("ul", {"class": "notes"}, every(el("li", {}, note) for note in notes)) if notes else None,
    )  # fmt: skip


def _alert(line: AlertLine, row: Row, say: Texts, now: int) -> Html:
    return el(
        "li", {"data-key": line.alert_id, "data-severity": line.severity},
        el("strong", {}, alert(line, row, say, now)), *about_alert(line, row, say, now),
    )  # fmt: skip


def _calls(row: Row, say: Texts) -> Html:
    counted: tuple[tuple[str, Share | None], ...] = (
        ("level_30", row.service_level), ("level_today", row.service_level_today),
        ("abandoned_30", row.abandonment), ("short_abandons", row.abandonment_long),
    )  # fmt: skip
    lines = [
        _line(say(key), say("of_target", part=each.numerator, n=each.n) if each else Html(NO_VALUE))
        for key, each in counted
    ]
    talking = NO_VALUE if row.in_service is None else str(row.in_service)
    lines.append(_line(say("in_service"), Html(talking)))
    return el("section", {"id": "calls"}, el("h2", {}, say("calls")), el("dl", {}, every(lines)))  # fmt: skip


def _line(title: Html, shown: Html) -> Html:
    return el("div", {}, el("dt", {}, title), el("dd", {}, shown))


def _agents(row: Row, say: Texts, now: int) -> Html:
    if row.agents is None:
        body = el("p", {}, say("agents_unknown" if row.condition in SHOWN else "head_unknown"))
    elif row.people:
        body = _people(row, say, now)
    else:
        counts = row.agents
        shown = say("busy_wrap_away", busy=counts.busy, wrap=counts.wrap, away=counts.away)
        body = every((
            el("p", {}, f"{say('free')}: {counts.free} · ", shown),
            el("p", {}, el("small", {}, say("no_people"))),
        ))  # fmt: skip
    return el("section", {"id": "agents"}, el("h2", {}, say("agents")), body)


def _people(row: Row, say: Texts, now: int) -> Html:
    head = ("person", "person_state", "person_since", "person_reason")
    is_replay = row.condition == "replay"  # its agents changed on another day
    lines = every(
        el("tr", {"data-key": each.agent}, el("th", {"scope": "row"}, name(each.agent)),
           el("td", {}, figures.agent_state(each.state, say)),
           el("td", {}, wait(None if is_replay else max(0, now - each.since), ticking=not is_replay)),
           el("td", {}, name(each.reason)))
        for each in row.people
    )  # fmt: skip
    return el(
        "table", {"class": "people"},
        el("thead", {}, el("tr", {}, every(el("th", {"scope": "col"}, say(key)) for key in head))),
        el("tbody", {}, lines),
    )  # fmt: skip


PAGE = Page("queue", ("/queue/{id}",), draw)
