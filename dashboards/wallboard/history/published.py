"""What was published of the period and of its weeks and days: which report, by whom, when, with which digest. Pure.

A reader sees the publications of their departments alone; those of all departments, which have the sums of others, are for who sees all.
"""

from collections.abc import Sequence

from msgspec.structs import replace

from dashboards.access.rights import EVERYWHERE, Scope
from dashboards.wallboard.history.address import Address
from dashboards.wallboard.history.block import block
from dashboards.wallboard.history.cells import cells, moment, number, text
from dashboards.wallboard.history.shown import Shown
from dashboards.wallboard.history.table import Head, Table, with_rest_folded
from dashboards.wallboard.past import KnownFigures
from schemas.past_figures import Figures, PastTold
from streams.charts.html import Html, el, every

MOST_ON_PAGE = 500  # the file has all
_OPEN = 20


def seen(known: KnownFigures, scope: Scope, address: Address) -> KnownFigures:
    """What of it its reader sees, on the page of all or of a department."""
    if known.told is None:
        return known
    mine = tuple(row for row in known.told.rows if _is_for(row, scope, address))
    return replace(known, told=replace(known.told, rows=mine))


def _is_for(row: Figures, scope: Scope, address: Address) -> bool:
    department = str(row.get("department") or "")
    if address.of == "department":
        return department == address.id and scope.has(department)
    if str(row["report"]).endswith("-bulletin"):
        return True  # it is public
    # "" is not the department of queues that are of none: that one has the sums of all.
    return scope.has(department) if department else scope.departments is EVERYWHERE


def section(shown: Shown) -> Html:
    heading = shown.say("history_published")
    return block(shown, "published", heading, lambda told: _drawn(shown, told))


def _drawn(shown: Shown, told: PastTold) -> Html | None:
    if not told.rows:
        return el("p", {}, shown.say("history_not_published"))
    say, whole = shown.say, table(shown)
    more = len(whole.rows) - MOST_ON_PAGE
    return every([
        el("p", {"class": "as-of"}, say("history_published_says")),
        with_rest_folded(replace(whole, rows=whole.rows[:MOST_ON_PAGE]), _OPEN, say),
        el("p", {"class": "trouble"}, say("history_more_calls", n=more)) if more > 0 else "",
    ])  # fmt: skip


def table(shown: Shown) -> Table:
    say = shown.say
    heads = [
        Head("publication", say("history_publication")),
        Head("report", say("history_what"), in_file_alone=True),
        Head("period", say("history_when"), in_file_alone=True),
        Head("department", say("history_about")),
        Head("edition", say("history_edition")),
        Head("published_at", say("history_published_at")),
        Head("who", say("history_who")),
        Head("digest", Html("SHA-256")),
    ]
    names = [head.name for head in heads]
    rows = [cells(row, names, _row(shown, row)) for row in shown.rows("published")]
    return Table("published", say("history_published"), heads, rows)


def _row(shown: Shown, row: Figures) -> Sequence[Html | str]:
    about = text(row["department"]) if row.get("department") else shown.say("history_about_all")
    return (
        text(row["publication"]), text(row["report"]), text(row["period"]), about, number(row["edition"], shown.say),
        moment(row["published_at"]), text(row["who"]), el("code", {"class": "digest"}, str(row["digest"])),
    )  # fmt: skip
