"""A section of the page: its heading, what the archive could not say, its file, its figures. Pure."""

from collections.abc import Callable

from dashboards.wallboard.history.address import CSV_PATH
from dashboards.wallboard.history.shown import Shown
from dashboards.wallboard.history.table import Table, as_html
from dashboards.wallboard.texts import moment
from schemas.past_figures import Part, PastTold
from streams.charts.html import Html, el

_TROUBLE = {
    "asking": "past_asking",
    "unreachable": "history_unreachable",
    "slow": "history_slow",
    "no_archive": "past_no_archive",
}
Drawn = Callable[[PastTold], Html | None]


def block(shown: Shown, part: Part, heading: Html, drawn: Drawn) -> Html:
    """An archive that is slow or away costs a section its figures, and says so; the other sections have theirs."""
    known = shown.known[part]
    told = known.told
    is_deleted = told is not None and told.deleted_until is not None and not told.rows
    body = drawn(told) if told is not None and not is_deleted else None
    trouble: Html | None = shown.say(_TROUBLE[known.problem]) if known.problem else None
    if told is not None and body is None:
        trouble = deleted(told, shown) if is_deleted else shown.say("history_nothing")
    return el(
        "section", {"id": part, "aria-labelledby": f"{part}-head"},
        el("h2", {"id": f"{part}-head"}, heading),
        el("p", {"class": "trouble"}, trouble) if trouble else None,
        body,
        download(shown, part) if body is not None else None,
    )  # fmt: skip


def deleted(told: PastTold, shown: Shown) -> Html | None:
    """That calls of the range are gone, and what that costs; None: they are all there."""
    if told.deleted_until is None:
        return None
    before = moment(told.deleted_until, told.zone, 0, seconds=False)
    if told.deleted_at is None:
        return shown.say("history_deleted_once", before=before)
    on = moment(told.deleted_at, told.zone, 0, seconds=False)
    return shown.say("history_deleted", before=before, on=on)


def download(shown: Shown, part: str) -> Html | None:
    if not shown.may_export:
        return None
    to = shown.address.to(CSV_PATH, part)
    return el("p", {"class": "file"}, el("a", {"href": to, "download": True}, shown.say("history_csv")))  # fmt: skip


def folded(shown: Shown, table: Table) -> Html:
    """The table that a chart is made of."""
    return el("details", {}, el("summary", {}, shown.say("history_as_table")), as_html(table))
