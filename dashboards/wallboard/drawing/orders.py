"""What somebody may do at the desk, as plain forms: they work without a script. Whoever may not do a thing sees none."""

from collections.abc import Sequence
from hashlib import sha256

from dashboards.access.rights import Principal, may, may_everywhere
from dashboards.wallboard.board_page import Asker
from dashboards.wallboard.cause import alert
from dashboards.wallboard.desk import Desk
from dashboards.wallboard.drawing.alert_lines import about_alert
from dashboards.wallboard.drawing.fields import select
from dashboards.wallboard.drawing.order_form import order_form
from dashboards.wallboard.headline import name
from dashboards.wallboard.page import AlertLine, Row, ShownLine
from dashboards.wallboard.texts import Texts, moment
from schemas.commands import LONGEST_NOTE
from schemas.millis import HOUR, MINUTE
from streams.charts.html import Attribute, Html, el, escaped, every
from streams.messages.words import words_of

LASTING_MS = (30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 24 * HOUR)


def alerts(
    rows: Sequence[Row], desk: Desk, asker: Asker, say: Texts, empty: Html | None = None
) -> Html:
    """Each alert once, though it is about several of the queues. `empty` is said in place of `no_alert`."""
    board = desk.board
    seen: dict[str, tuple[AlertLine, Row]] = {}
    for row in rows:
        for line in row.alerts:
            seen.setdefault(line.alert_id, (line, row))
    shown = every(_alert(line, row, asker, say, board.now) for line, row in seen.values())
    places = {line.place: row for row in rows for line in row.alerts} | {
        row.queue: row for row in rows
    }
    mutes = [each for each in desk.mutes if not each.queue or each.queue in places]
    departments = {place: row.department_id for place, row in places.items()}
    names = {line.place: line.place_name for row in rows for line in row.alerts} | {
        row.queue: row.name for row in rows
    }
    return el(
        "section", {"id": "alerts"}, el("h2", {}, say("alerts")),
        el("ul", {}, shown) if seen else el("p", {}, empty or say("no_alert")),
        el("ul", {"class": "mutes"}, every(
            el("li", {"data-key": each.mute_id}, say("desk_muted", what=_about(each.rule, names.get(each.queue, each.queue), say)), " ",
               el("small", {}, name(each.who), " · ", moment(each.until, board.zone, board.now), " · ", name(each.note)),
               _form(asker, "unmute", say("desk_unmute"), {"mute_id": each.mute_id}, back="alerts")
               if _may_change(asker.who, departments.get(each.queue, "") if each.queue else None) else None)
            for each in mutes)) if mutes else None,
    )  # fmt: skip


def _about(rule: str, place: str, say: Texts) -> Html:
    parts = [say.rule(rule) if rule else "", place]
    return (
        name(" · ".join(part for part in parts if part))
        if rule or place
        else say("desk_everything")
    )


def _alert(line: AlertLine, row: Row, asker: Asker, say: Texts, now: int) -> Html:
    words = words_of(say.code)
    department, back = row.department_id, anchor(line.alert_id)
    forms: list[Html] = []
    if may(asker.who.grants, "acknowledge", department):
        if line.had_by:
            forms.append(
                _form(asker, "release", say("desk_release"), {"alert_id": line.alert_id}, back=back)
            )
        else:
            forms.append(_form(asker, "acknowledge", Html(words.acknowledge), {"alert_id": line.alert_id},
                               _text("note", say("desk_note"), required=False), back=back))  # fmt: skip
    if may(asker.who.grants, "change", department):
        forms.append(_more(say("desk_note"), _form(
            asker, "note", say("desk_note"), {"alert_id": line.alert_id}, _text("note", say("desk_note")), back=back)))  # fmt: skip
        forms.append(_more(say("desk_mute"), _form(
            asker, "mute", say("desk_mute"), {"rule": line.rule, "queue": line.place},
            _text("note", say("desk_why")), _lasting(say), back=back)))  # fmt: skip
    return el(
        "li", {"id": back, "data-key": line.alert_id, "data-severity": line.severity},
        el("strong", {}, name(row.name), ": ", alert(line, row, say, now)),
        *about_alert(line, row, say, now),
        el("div", {"class": "orders"}, every(forms)) if forms else None,
    )  # fmt: skip


def lines(desk: Desk, asker: Asker, say: Texts) -> Html:
    """The lines on boards, and a form for a new one."""
    board = desk.board
    departments = {
        each.id: each.name for each in board.departments if _may_change(asker.who, each.id)
    }
    everywhere = may_everywhere(asker.who.grants, "change")
    choices = [("", say("desk_all_boards"))] if everywhere else []
    choices += [(id_, Html(escaped(title))) for id_, title in departments.items()]
    form = _form(asker, "show_line", say("desk_line_show"), {}, _text("text", say("desk_line_text")),
                 select("department", say("department"), choices), _lasting(say), back="lines")  # fmt: skip
    shown = every(_line(each, asker, say, board.zone, board.now) for each in board.lines)
    return el(
        "section", {"id": "lines"},
        el("ul", {"class": "lines"}, shown) if board.lines else None,
        _more(say("desk_line"), form) if choices else None,
    )  # fmt: skip


def _line(each: ShownLine, asker: Asker, say: Texts, zone: str, now: int) -> Html:
    until = say("desk_until", time=moment(each.until, zone, now, seconds=False))
    return el(
        "li", {"data-key": each.line_id}, el("strong", {"dir": "auto"}, each.text), " ",
        el("small", {}, name(each.who), " · ", until),
        _form(asker, "take_line", say("desk_line_take"), {"line_id": each.line_id}, back="lines")
        if _may_change(asker.who, each.department or None) else None,
    )  # fmt: skip


def _may_change(who: Principal, department: str | None) -> bool:
    """`department` None: all of them at once."""
    if department is None:
        return may_everywhere(who.grants, "change")
    return may(who.grants, "change", department)


def anchor(alert_id: str) -> str:
    """The id of an alert's place on the page: what it is called may hold anything."""
    return f"alert-{sha256(alert_id.encode()).hexdigest()[:12]}"


def _form(
    asker: Asker, do: str, button: Html, hidden: dict[str, str], *fields: Html, back: str
) -> Html:
    """`back` is the part of the page to which it leads back."""
    order = {"do": do, **hidden}
    return order_form(order, asker.who.csrf, f"{asker.address}#{back}", button, *fields)


def _text(key: str, title: Html, *, required: bool = True) -> Html:
    attributes: dict[str, Attribute] = {
        "name": key, "maxlength": LONGEST_NOTE, "required": required, "autocomplete": "off", "dir": "auto",
    }  # fmt: skip
    return el("label", {}, title, " ", el("input", attributes))


def _lasting(say: Texts) -> Html:
    return select(
        "for_ms", say("desk_for"), [(str(each), Html(say.span(each))) for each in LASTING_MS]
    )


def _more(title: Html, *inside: Html) -> Html:
    return el(
        "details", {"class": "more-orders", "data-keep": True}, el("summary", {}, title), *inside
    )
