"""A workbook without formulas, the same bytes twice."""

import io

from openpyxl import load_workbook

from streams.history.language import ENGLISH, language_of
from streams.history.papers.as_xlsx import as_xlsx, sheet_letter
from tests.support.papers import FORMULA, FORTY, made_paper


def test_numbers_are_numbers_and_texts_are_texts() -> None:
    book = load_workbook(io.BytesIO(as_xlsx(made_paper(), ENGLISH)))
    rows = list(book["queues"].iter_rows())
    assert len(rows) == FORTY + 1
    columns = {cell.value: place for place, cell in enumerate(rows[0])}
    formula = rows[2][columns["name"]]
    assert (formula.value, formula.data_type, formula.quotePrefix) == (FORMULA, "s", True)
    share = rows[1][columns["sl_promised"]]
    assert (share.value, share.number_format) == (0.612345, "0.0%")
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds


def test_it_says_what_each_column_means() -> None:
    book = load_workbook(io.BytesIO(as_xlsx(made_paper(), ENGLISH)))
    sheets = {sheet.title for sheet in book}
    assert {row[0].value for row in book["columns"].iter_rows(min_row=2)} == sheets - {"columns"}


def test_the_same_paper_gives_the_same_bytes() -> None:
    assert as_xlsx(made_paper(), ENGLISH) == as_xlsx(made_paper(), ENGLISH)


def test_arabic_sheets_run_from_the_right() -> None:
    book = load_workbook(io.BytesIO(as_xlsx(made_paper(), language_of("ar"))))
    assert all(sheet.sheet_view.rightToLeft for sheet in book)


def test_letters_of_columns() -> None:
    assert [sheet_letter(place) for place in (0, 25, 26, 51, 52)] == ["A", "Z", "AA", "AZ", "BA"]
