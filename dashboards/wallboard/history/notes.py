"""What was written of the period, under the numbers that its charts have, and a form to write more. Pure."""

from collections.abc import Sequence

from dashboards.wallboard.drawing.fields import select
from dashboards.wallboard.drawing.order_form import order_form
from dashboards.wallboard.history.block import block
from dashboards.wallboard.history.cells import cells, moment, number, text
from dashboards.wallboard.history.shown import Shown
from dashboards.wallboard.history.table import Head, Table, as_html
from dashboards.wallboard.texts import Texts
from schemas.notes import KINDS, LONGEST_TEXT
from schemas.past_figures import Figures, PastTold
from streams.charts.html import Attribute, Html, as_text, el, every

# By the word of the report.
_WHAT = {
    "incident": "note_incident", "holiday": "note_holiday", "event": "note_planned", "action": "note_action",
    "maintenance": "history_maintenance", "closed": "history_closed", "other hours": "history_other_hours",
}  # fmt: skip


def section(shown: Shown) -> Html:
    listed = block(shown, "notes", shown.say("notes_title"), lambda told: _drawn(shown, told))
    # What is typed into a page that is loaded again would be lost.
    has_form = shown.may_note and not shown.is_asking
    return every([listed, _form(shown) if has_form else ""])


def table(shown: Shown) -> Table:
    say = shown.say
    heads = [
        Head("number", say("history_number")),
        Head("planned", say("history_what")),
        Head("began", say("history_begin_of")),
        Head("ended", say("history_end_of")),
        Head("reason", say("history_note_text")),
        Head("about", say("history_about")),
        Head("owner", say("history_who")),
    ]
    names = [head.name for head in heads]
    rows = [cells(row, names, _row(row, say)) for row in shown.rows("notes")]
    return Table("notes", say("notes_title"), heads, rows)


def told_of(row: Figures, say: Texts) -> str:
    """In one line, as the tooltip of a mark."""
    written = row.get("reason")
    what = as_text(_what(row, say))
    return f"{what}: {written}" if written else what


def _row(row: Figures, say: Texts) -> Sequence[Html | str]:
    about = text(row["about"]) if row.get("about") else say("history_about_all")
    return (
        number(row.get("number"), say), _what(row, say), moment(row.get("began")), moment(row.get("ended")),
        text(row.get("reason")), about, text(row.get("owner") or "queues.toml"),
    )  # fmt: skip


def _what(row: Figures, say: Texts) -> Html:
    return say(_WHAT[str(row["planned"])])


def _drawn(shown: Shown, told: PastTold) -> Html:
    say = shown.say
    if not told.rows:
        return el("p", {}, say("history_no_notes"))
    return every([
        el("p", {"class": "as-of"}, say("history_notes_says")),
        as_html(table(shown)),
    ])  # fmt: skip


def _form(shown: Shown) -> Html:
    """Of what the page is of. Its times are typed, since a note of a month is seldom about the whole month."""
    say, address = shown.say, shown.address
    order = {"do": "add_note"} | ({address.of: address.id} if address.of != "all" else {})
    written: dict[str, Attribute] = {
        "name": "text", "maxlength": LONGEST_TEXT, "required": True, "autocomplete": "off", "dir": "auto",
    }  # fmt: skip
    kinds = [(kind, say(f"note_{kind}")) for kind in KINDS]
    form = order_form(
        order, shown.mark, f"{address.to()}#notes", say("history_write"),
        select("kind", say("history_what"), kinds),
        el("label", {}, say("history_note_text"), " ", el("input", written)),
        _time("since", say("history_begin_of"), shown), _time("until", say("history_end_of"), shown),
    )  # fmt: skip
    about = shown.place.name or say("title_all")
    return el(
        "details", {"id": "write", "class": "more-orders"},
        el("summary", {}, say("history_write_note", name=el("bdi", {}, about))),
        form,
        el("p", {"class": "as-of"}, say("history_write_says")),
    )  # fmt: skip


def _time(key: str, title: Html, shown: Shown) -> Html:
    """Of a day the day is there already."""
    period = shown.address.period
    now = (period.first if key == "since" else period.end) if period.kind == "day" else None
    attributes: dict[str, Attribute] = {
        "type": "datetime-local", "name": key, "required": True, "value": f"{now}T00:00" if now else None,
    }  # fmt: skip
    return el("label", {}, title, " ", el("input", attributes))
