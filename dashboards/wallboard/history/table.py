"""A table of the page, and the same as a file: its columns are those of the report. Pure."""

import csv
import io
from collections.abc import Sequence

from msgspec import Struct

from dashboards.wallboard.history.cells import Cell
from dashboards.wallboard.texts import Texts
from schemas.csv_cells import csv_cell
from streams.charts.html import Html, as_text, el, every


class Head(Struct, frozen=True):
    """`name` is the column of the report, and of the file; `title` is what people read. `in_file_alone`: on the page its value
    stands below that of another column.
    """

    name: str
    title: Html
    in_file_alone: bool = False


class Table(Struct, frozen=True):
    """`name` is that of its file. The first cell of a row says what the row is of."""

    name: str
    caption: Html
    heads: Sequence[Head]
    rows: Sequence[Sequence[Cell]]


def as_html(table: Table) -> Html:
    """On a phone each row is a card, by the style sheet: so each cell says its title."""
    return _drawn(table, table.rows)


def with_rest_folded(table: Table, first: int, say: Texts) -> Html:
    """Of a long table the first rows are open: on a phone forty cards are thirty screens. On paper all are."""
    rest = table.rows[first:]
    if not rest:
        return as_html(table)
    return every([
        _drawn(table, table.rows[:first]),
        el("details", {"class": "rest"}, el("summary", {}, say("and_more", n=len(rest))), _drawn(table, rest)),
    ])  # fmt: skip


def _drawn(table: Table, rows: Sequence[Sequence[Cell]]) -> Html:
    shown = [place for place, head in enumerate(table.heads) if not head.in_file_alone]
    heads = [table.heads[place] for place in shown]
    return el(
        "table", {"class": f"past {table.name}"},
        el("caption", {}, table.caption),
        el("thead", {}, el("tr", {}, every(el("th", {"scope": "col"}, head.title) for head in heads))),
        el("tbody", {}, every(_row([row[place] for place in shown], heads) for row in rows)),
    )  # fmt: skip


def _row(row: Sequence[Cell], heads: Sequence[Head]) -> Html:
    first, *others = row
    cells = (
        el(
            "td",
            {
                "data-label": as_text(head.title),
                "class": "none" if cell.value in (None, "") else None,
            },
            cell.shown,
        )
        for cell, head in zip(others, heads[1:], strict=True)
    )
    return el("tr", {}, el("th", {"scope": "row"}, first.shown), every(cells))


def as_csv(table: Table) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([head.name for head in table.heads])
    writer.writerows([csv_cell(cell.value) for cell in row] for row in table.rows)
    return text.getvalue()
