"""Call records in a workbook (.xlsx): the first sheet that has the columns, or the one that the mapping names.

Rule 1: rows are streamed; only the texts that cells share are held in memory.
Rule 2: whatever the library raises means that the workbook is damaged, and is one line. Workbooks come from many
programs, and it raises errors of a dozen kinds.
Rule 3: the sheet is read to its end before its first row is sent, as every file is.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

from producers.input_file import InputFile, InputFileError
from producers.progress import Progress, silent
from producers.records.csv_rows import Row
from producers.records.header import HeaderError
from producers.records.header_line import MOST_LINES_ABOVE, HeaderLine, header_among
from producers.records.mapping import Mapping
from producers.records.table import Table
from producers.records.workbook_cells import cell_text
from schemas.printable import printable

ZIP = b"PK\x03\x04"
OLD_OR_LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .xls, and every workbook with a password
_PARTS = "[Content_Types].xml"  # each .xlsx has it, and neither .ods nor another zip file
_ROWS_AT_ONCE = 500


class WorkbookTable(Table):
    """InputFileError if the workbook is damaged or has not the sheet; HeaderError if no sheet has the columns."""

    def __init__(self, file: InputFile, mapping: Mapping) -> None:
        self.file, self._delimiter = file, mapping.delimiter
        with _opened(file) as (book, _):
            self._several = len(book.worksheets) > 1
            if mapping.sheet and mapping.sheet not in (each.title for each in book.worksheets):
                has = ", ".join(f'"{printable(each.title)}"' for each in book.worksheets)
                raise InputFileError(
                    f'{file.path}: no sheet "{printable(mapping.sheet)}", as the mapping names it; it has: {has}'
                )
            names = [mapping.sheet] if mapping.sheet else _visible(book)
            self._sheet, self.found = _with_header(book, names, mapping)
        for _ in self.rows(silent()):
            pass

    def rows(self, progress: Progress) -> Iterator[Row]:
        width = len(self.found.header.names)
        nothing = ("",) * width
        with _opened(self.file) as (book, raw):
            for number, cells in _rows(book[self._sheet]):
                if number % _ROWS_AT_ONCE == 0:
                    progress.move_to(min(raw.tell(), self.file.size))
                is_row = number > self.found.line or number in self.found.calls_above
                if is_row and any(cells):
                    # Beside the table there may be remarks, and empty cells at the end are not written.
                    whole = (*cells, *nothing)[:width]
                    yield Row(number, self._delimiter.join(whole), whole)

    def notes(self) -> tuple[str, ...]:
        return (f'read from sheet "{printable(self._sheet)}"',) if self._several else ()


def sheets_of(file: InputFile, most_rows: int) -> Iterator[list[tuple[str, ...]]]:
    """The first rows with text of each visible sheet."""
    with _opened(file) as (book, _):
        for name in _visible(book):
            yield [cells for _, cells in islice(_rows(book[name]), most_rows) if cells]


def _visible(book: Any) -> list[str]:
    return [each.title for each in book.worksheets if each.sheet_state == "visible"]


def _with_header(book: Any, names: list[str], mapping: Mapping) -> tuple[str, HeaderLine]:
    """The first of these sheets that has the columns; HeaderError of the sheet that comes nearest."""
    nearest: HeaderError | None = None
    for name in names:
        first = list(islice(_rows(book[name]), MOST_LINES_ABOVE))
        told = [(number, cells) for number, cells in first if any(cells)]
        if not told:
            continue
        if mapping.has_no_header():  # a row ends with its last cell that is written
            width = max(len(cells) for _, cells in told)
            told = [(number, (*cells, *("",) * (width - len(cells)))) for number, cells in told]
        try:
            return name, header_among(told, mapping)
        except HeaderError as error:
            if nearest is None or error.lacks < nearest.lacks:
                nearest = HeaderError(f'sheet "{printable(name)}": {error}', error.lacks)
    raise nearest or HeaderError("its sheets are empty")


def _rows(sheet: Any) -> Iterator[tuple[int, tuple[str, ...]]]:
    """(row number from 1, texts of its cells, without empty ones at its end)."""
    sheet.reset_dimensions()  # programs write wrong ones, and rows beyond them would be lost
    cells_of = sheet.iter_rows()
    number = 0
    while True:
        with (
            warnings.catch_warnings()
        ):  # what a workbook shows (styles, lists to choose from) is not read
            warnings.simplefilter("ignore")
            some = list(islice(cells_of, _ROWS_AT_ONCE))
        if not some:
            return
        for row in some:
            number += 1
            texts = [
                cell_text(cell.value, lambda cell=cell: cell.number_format)  # type: ignore[misc]
                for cell in row
            ]
            while texts and not texts[-1]:
                texts.pop()
            yield number, tuple(texts)


@contextmanager
def _opened(file: InputFile) -> Iterator[tuple[Any, Any]]:
    """(the workbook, its bytes); InputFileError, one line, for whatever goes wrong in it."""
    import openpyxl

    try:
        with file.unpacked() as raw:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                book = openpyxl.load_workbook(raw, read_only=True, data_only=True, keep_links=False)
            try:
                yield book, raw
            finally:
                book.close()
    except (InputFileError, HeaderError):
        raise
    except Exception as error:  # noqa: BLE001 - see rule 2
        if isinstance(error, KeyError) and _PARTS in str(error):
            raise InputFileError(
                f"{file.path}: a zip file, but no workbook .xlsx: save it as .xlsx or as CSV, or unpack it"
            ) from None
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        raise InputFileError(
            f"{file.path}: a damaged workbook, or a zip file that is none ({reason}): save it as .xlsx or as"
            " CSV, or unpack it"
        ) from None
