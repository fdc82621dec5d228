"""A paper as a workbook: a sheet for the sentences, one for each table; the same bytes for the same paper.

A cell of text is a text, never a formula, whatever it begins with. Figures are numbers with all their digits.
"""

import io
import re
import zipfile
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font

from schemas.millis import from_iso, to_datetime
from schemas.printable import printable
from streams.history.language import Language
from streams.history.paper import Paper
from streams.history.papers.as_csv import parts
from streams.history.report import Column, Part, Row, Unit, Value, unit_of

_FIRST_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can say
_FORMATS: dict[Unit, str] = {"share": "0.0%", "points": "+0.0;-0.0;0.0", "number": "General"}
_LONGEST_CELL = 32_767
_WIDTHS = {"text": 60.0, "definition": 60.0}
_WIDTH = 16.0


def as_xlsx(paper: Paper, language: Language) -> bytes:
    book = Workbook(write_only=True)
    found_parts, found = parts(paper, language)
    for part, rows in zip(found_parts, found.rows, strict=True):
        _sheet(book, part, rows, language)
    _definitions(book, found_parts, language)
    known_at = to_datetime(from_iso(str(paper.facts["known_at"])), ZoneInfo("UTC"))
    written = io.BytesIO()
    book.save(written)
    return _always_the_same(written.getvalue(), known_at.replace(tzinfo=None))


def _sheet(book: Any, part: Part, rows: Iterable[Row], language: Language) -> None:
    sheet = book.create_sheet(part.name)
    sheet.sheet_view.rightToLeft = language.right_to_left
    sheet.freeze_panes = "A2"
    for place, column in enumerate(part.columns):
        letter = sheet_letter(place)
        sheet.column_dimensions[letter].width = _WIDTHS.get(column.name, _WIDTH)
    sheet.append([_text(sheet, each.name, bold=True) for each in part.columns])
    for row in rows:
        sheet.append(
            [_cell(sheet, row.get(each.name), unit_of(row, each.unit)) for each in part.columns]
        )


def _definitions(book: Any, found: Iterable[Part], language: Language) -> None:
    """What each column of each sheet means."""
    columns = (
        Column("sheet", "text", ""), Column("column", "text", ""), Column("unit", "text", ""),
        Column("definition", "text", ""), Column("empty_when", "text", ""),
    )  # fmt: skip
    rows: list[Row] = [
        {
            "sheet": part.name,
            "column": each.name,
            "unit": each.unit,
            "definition": each.definition,
            "empty_when": each.no_value or None,
        }
        for part in found
        for each in part.columns
    ]
    _sheet(book, Part(columns, name="columns"), rows, language)


def sheet_letter(place: int) -> str:
    """0 is A, 26 is AA."""
    first, last = divmod(place, 26)
    return (chr(64 + first) if first else "") + chr(65 + last)


def _cell(sheet: Any, value: Value, unit: Unit) -> Any:
    if value is None:
        return None
    if isinstance(value, str):
        return _text(sheet, value)
    made = WriteOnlyCell(sheet, value)
    made.number_format = _FORMATS.get(unit, "General")
    return made


def _text(sheet: Any, text: str, *, bold: bool = False) -> Any:
    """`quotePrefix` keeps it a text when somebody edits the cell."""
    made = WriteOnlyCell(sheet, "")
    made.value = printable(text)[:_LONGEST_CELL]
    made.data_type = "s"
    made.quotePrefix = True
    made.font = Font(bold=bold)
    made.alignment = Alignment(vertical="top", wrap_text=True)
    return made


def _always_the_same(workbook: bytes, known_at: datetime) -> bytes:
    """Without the times of writing, which differ from run to run."""
    written = io.BytesIO()
    moment = f"{known_at:%Y-%m-%dT%H:%M:%SZ}"
    with (
        zipfile.ZipFile(io.BytesIO(workbook)) as source,
        zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for entry in sorted(source.infolist(), key=lambda each: each.filename):
            body = source.read(entry)
            if entry.filename == "docProps/core.xml":
                body = _with_time(body, moment)
            fixed = zipfile.ZipInfo(entry.filename, _FIRST_TIME)
            fixed.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(fixed, body)
    return written.getvalue()


def _with_time(core: bytes, moment: str) -> bytes:
    return re.sub(rb">\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ<", f">{moment}<".encode(), core)
