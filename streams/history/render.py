"""Reports as text: a table for people, CSV and JSON for programs. No value is empty, or null."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

Format = Literal["table", "csv", "json"]
FORMATS: tuple[Format, ...] = ("table", "csv", "json")

Lines = Sequence[Mapping[str, str | int | float | None]]


def rendered(
    lines: Lines, columns: Sequence[str], output: Format, shown: Sequence[str] | None = None
) -> str:
    """`shown` are the columns of the table, which is as wide as a terminal; the others have all."""
    if output == "json":
        rows = [{name: line.get(name) for name in columns} for line in lines]
        return msgspec.json.format(msgspec.json.encode(rows), indent=2).decode() + "\n"
    if output == "csv":
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([_plain(line.get(name)) for name in columns] for line in lines)
        return text.getvalue()
    return _table(lines, shown or columns)


def _table(lines: Lines, columns: Sequence[str]) -> str:
    cells = [list(columns)]
    cells += [[_plain(line.get(name)) or "–" for name in columns] for line in lines]
    widths = [max(len(row[place]) for row in cells) for place in range(len(columns))]
    return "".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        + "\n"
        for row in cells
    )


def _plain(value: str | float | None) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        text = f"{value:.6f}".rstrip("0").rstrip(".")
        return "0" if text == "-0" else text
    return str(value)
