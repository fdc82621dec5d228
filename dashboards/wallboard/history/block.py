"""A section of the page: its heading, what the archive could not say, its file, its figures. Pure."""

from collections.abc import Callable

from dashboards.wallboard.history.address import CSV_PATH
from dashboards.wallboard.history.shown import Shown
from dashboards.wallboard.history.table import Table, as_html
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
    body = drawn(known.told) if known.told is not None else None
    trouble = shown.say(_TROUBLE[known.problem]) if known.problem else None
    if known.told is not None and body is None:
        trouble = shown.say("history_nothing")
    return el(
        "section", {"id": part, "aria-labelledby": f"{part}-head"},
        el("h2", {"id": f"{part}-head"}, heading),
        el("p", {"class": "trouble"}, trouble) if trouble else None,
        body,
        download(shown, part) if body is not None else None,
    )  # fmt: skip


def download(shown: Shown, part: str) -> Html | None:
    if not shown.may_export:
        return None
    to = shown.address.to(CSV_PATH, part)
    return el("p", {"class": "file"}, el("a", {"href": to, "download": True}, shown.say("history_csv")))  # fmt: skip


def folded(shown: Shown, table: Table) -> Html:
    """The table that a chart is made of."""
    return el("details", {}, el("summary", {}, shown.say("history_as_table")), as_html(table))
