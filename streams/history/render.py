"""Reports as text: a table for people (shares in percent), CSV and JSON for programs.

A cell without a value is `–` in the table, empty in CSV and null in JSON. Texts come from platforms: in the table
what cannot be printed is escaped, in CSV a text that a spreadsheet would run has an apostrophe before it, and none has a line break; JSON has all
texts as they are.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec

from schemas.csv_cells import csv_cell, plain_value
from schemas.printable import printable
from streams.history.report import Found, Part, Report, Row, Unit, Value, unit_of

Format = Literal["table", "csv", "json"]

Rows = Sequence[Mapping[str, str | int | float | None]]


def rendered(
    rows: Rows, columns: Sequence[str], output: Format, shown: Sequence[str] | None = None
) -> str:
    """`shown`: the columns of the table, which must fit a terminal; CSV and JSON have all columns."""
    if output == "json":
        return _json(_objects(rows, columns))
    if output == "csv":
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([csv_cell(row.get(name)) for name in columns] for row in rows)
        return text.getvalue()
    return _table(rows, shown or columns)


def rendered_report(report: Report, found: Found, output: Format) -> str:
    return rendered_parts(report.parts, found, output)


def rendered_parts(parts: Sequence[Part], found: Found, output: Format) -> str:
    """One part is a list of rows. Several are an object of lists in JSON, one table with a column `kind` in
    CSV, and a titled table each for people.
    """
    if len(parts) == 1:
        if output == "table":
            return _for_people(parts[0], found.rows[0])
        return rendered(found.rows[0], parts[0].names(), output)
    if output == "json":
        lists = {
            part.name: _objects(rows, part.names())
            for part, rows in zip(parts, found.rows, strict=True)
        }
        return _json(found.facts | lists)
    if output == "csv":
        rows = [
            {"kind": part.kind, **row}
            for part, rows in zip(parts, found.rows, strict=True)
            for row in rows
        ]
        return rendered(rows, _shared_columns(parts), "csv")
    return "".join(
        f"{title}\n{_for_people(part, rows)}\n"
        for part, rows, title in zip(parts, found.rows, found.titles, strict=True)
    )


def _shared_columns(parts: Sequence[Part]) -> tuple[str, ...]:
    """The columns of CSV, each once: those of the first part, then those that only later parts have."""
    names = (name for part in parts for name in part.names())
    return tuple(dict.fromkeys(("kind", *names)))


def _objects(rows: Rows, columns: Sequence[str]) -> list[dict[str, Any]]:
    return [{name: row.get(name) for name in columns} for row in rows]


def _json(document: Any) -> str:
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def _for_people(part: Part, rows: Sequence[Row]) -> str:
    """Shares in percent. CSV and JSON have them as they are: 0.8 is a number, 80 % a text."""
    arranged = part.arrange(rows)
    units = {column.name: column.unit for column in (*part.columns, *part.table_only)}
    shown = [
        {
            name: _in_unit(value, unit_of(row, units.get(name, "text")))
            for name, value in row.items()
        }
        for row in arranged.rows
    ]
    below = "".join(f"{printable(line)}\n" for line in arranged.below.splitlines())
    if not shown and below:  # sentences alone, or nothing but rows that were left out
        return below
    return _table(shown, part.in_table or part.names()) + below


def _in_unit(value: Value, unit: Unit) -> Value:
    if isinstance(value, str) or value is None:
        return value
    if unit == "share":
        return f"{value * 100:.1f} %"
    if unit == "points":
        return f"{value:+.1f}"
    return value


def _table(rows: Rows, columns: Sequence[str]) -> str:
    cells = [list(columns)]
    cells += [[printable(plain_value(row.get(name))) or "–" for name in columns] for row in rows]
    widths = [max(len(row[place]) for row in cells) for place in range(len(columns))]
    return "".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        + "\n"
        for row in cells
    )
