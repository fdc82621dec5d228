"""Workbooks as rows of cells."""
# ruff: noqa: DTZ001 - cells of a workbook have no zone

import gzip
import zipfile
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from producers.contract import Refused
from producers.input_file import InputFile, InputFileError
from producers.progress import silent
from producers.records.mapping import parse_mapping
from producers.records.reading import RecordsFile
from producers.records.workbook import OLD_OR_LOCKED
from schemas.privacy import key_from_secret
from tests.support.field_records import told

KEY = key_from_secret(b"a secret of the tests")
NOW = 1_300_000_000_000
BERLIN = 'time_zone = "Europe/Berlin"\n'
NAMES = ("leg_id", "queue", "caller", "arrived_at", "wait_ms", "talk_ms", "outcome")
NINE = datetime(2010, 8, 1, 9, 0, 5)
ROWS: tuple[tuple[Any, ...], ...] = (
    (10, "Billing", 315550001, NINE, timedelta(seconds=12.5), time(0, 1), "answered"),
    (11, "Billing", None, NINE, time(0, 0, 30), None, "abandoned"),
)


def _write(path: Path, *sheets: tuple[str, tuple[tuple[Any, ...], ...]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    book.close()
    return path


def _file(path: Path, mapping: str = BERLIN) -> RecordsFile:
    return RecordsFile(InputFile(path), "records:day", KEY, parse_mapping(mapping))


def _problem(path: Path, mapping: str = BERLIN) -> str:
    with pytest.raises(InputFileError) as caught:
        _file(path, mapping)
    assert str(caught.value).startswith(f"{path}: ")
    return str(caught.value).removeprefix(f"{path}: ")


def test_dates_and_durations_of_cells_are_read_whatever_the_file_is_called(tmp_path: Path) -> None:
    file = _file(_write(tmp_path / "day.csv", ("Calls", (NAMES, *ROWS))))
    assert told(file) == ([("10", "answered", 12.5, 60), ("11", "abandoned", 30, None)], [])
    (leg, _) = file.read(NOW, silent())
    assert leg.arrived_at == 1_280_646_005_000  # type: ignore[union-attr]
    assert file.notes() == ()


def test_positions_are_the_rows_that_a_person_sees(tmp_path: Path) -> None:
    rows = (
        ("Report",),
        (),
        NAMES,
        ROWS[0],
        (),
        (),
        (12, "Billing", 315550001, "never", 1, None, "open"),
    )
    file = _file(_write(tmp_path / "day.xlsx", ("Calls", rows)))
    refused = [each for each in file.read(NOW, silent()) if isinstance(each, Refused)]
    assert [(each.position, each.detail[:20]) for each in refused] == [(7, 'arrived_at: "never" ')]
    assert "315550001" not in refused[0].original
    assert file.no_calls == 1


def test_the_first_sheet_with_the_columns_is_read_and_said(tmp_path: Path) -> None:
    rows = (NAMES, *ROWS)
    sheets = (
        ("Cover", (("Calls of", NINE),)),
        ("Empty", ()),
        ("Mon", rows),
        ("Tue", (NAMES, ROWS[1])),
    )
    path = _write(tmp_path / "day.xlsx", *sheets)
    file = _file(path)
    assert len(told(file)[0]) == 2
    assert file.notes() == ('read from sheet "Mon"',)
    assert [leg[0] for leg in told(_file(path, BERLIN + 'sheet = "Tue"'))[0]] == ["11"]
    assert 'no sheet "a\\nb"' in _problem(path, r'sheet = "a\nb"')
    assert _problem(path, 'sheet = "Wed"') == (
        'no sheet "Wed", as the mapping names it; it has: "Cover", "Empty", "Mon", "Tue"'
    )


def test_sheets_without_the_columns_are_one_line(tmp_path: Path) -> None:
    path = _write(tmp_path / "day.xlsx", ("A", (("x", "y"),)), ("B", (("queue", "outcome", "y"),)))
    assert _problem(path).startswith(
        'sheet "B": the header lacks arrived_at; it has: queue, outcome, y'
    )
    assert _problem(_write(path, ("A", ()))) == "its sheets are empty"


def test_remarks_beside_the_table_change_nothing(tmp_path: Path) -> None:
    rows = (NAMES, (*ROWS[0], None, "call back!"), ROWS[1])
    assert len(told(_file(_write(tmp_path / "day.xlsx", ("Calls", rows))))[0]) == 2


def test_a_mapping_for_the_csv_of_a_workbook_reads_its_dates(tmp_path: Path) -> None:
    path = _write(tmp_path / "day.xlsx", ("Calls", (NAMES, *ROWS)))
    mapping = BERLIN + 'delimiter = ";"\nencoding = "cp1252"\ntime_format = "%d.%m.%Y %H:%M:%S"'
    assert len(told(_file(path, mapping))[0]) == 2


def test_a_day_and_a_clock_in_two_columns_and_no_header(tmp_path: Path) -> None:
    day = datetime(2010, 8, 1)
    rows = ((1, "q", day, time(9, 0, 5), "open", None), (2, "q", day, time(9, 0, 6), "open", None))
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for cell in book.active["C"]:
        cell.number_format = "dd.mm.yyyy"
    book.save(tmp_path / "day.xlsx")
    book.close()
    mapping = "[columns]\nleg_id = 1\nqueue = 2\narrived_at = [3, 4]\noutcome = 5\n"
    legs = list(_file(tmp_path / "day.xlsx", BERLIN + mapping).read(NOW, silent()))
    assert [leg.at for leg in legs] == [1_280_646_005_000, 1_280_646_006_000]  # type: ignore[union-attr]


def test_a_gzipped_workbook_is_unpacked(tmp_path: Path) -> None:
    path = _write(tmp_path / "day.xlsx", ("Calls", (NAMES, *ROWS)))
    path.write_bytes(gzip.compress(path.read_bytes()))
    assert len(told(_file(path))[0]) == 2


def test_a_wrong_size_in_the_sheet_loses_no_rows(tmp_path: Path) -> None:
    path = _write(tmp_path / "right.xlsx", ("Calls", (NAMES, *ROWS)))
    wrong = tmp_path / "wrong.xlsx"
    with zipfile.ZipFile(path) as given, zipfile.ZipFile(wrong, "w") as made:
        for name in given.namelist():
            content = given.read(name)
            assert name != "xl/worksheets/sheet1.xml" or b'ref="A1:G3"' in content
            made.writestr(name, content.replace(b'ref="A1:G3"', b'ref="A1"'))
    assert len(told(_file(wrong))[0]) == 2


def test_a_workbook_with_a_password_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "day.xlsx"
    path.write_bytes(OLD_OR_LOCKED + b"\0" * 600)
    assert _problem(path) == (
        "a workbook with a password, or of the old kind .xls: save it as .xlsx without a password, or as CSV"
    )


@pytest.mark.parametrize("cut", [100, 3_000, 4_600])
def test_a_damaged_workbook_is_one_line(tmp_path: Path, cut: int) -> None:
    path = _write(tmp_path / "day.xlsx", ("Calls", (NAMES, *ROWS)))
    path.write_bytes(path.read_bytes()[:cut])
    assert _problem(path) == (
        "a damaged workbook, or a zip file that is none (BadZipFile: File is not a zip file): save it as"
        " .xlsx or as CSV, or unpack it"
    )


@pytest.mark.parametrize(
    ("part", "content"),
    [
        ("xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row r='1'><c"),
        ("xl/workbook.xml", b"no xml"),
        ("[Content_Types].xml", b"<Types/>"),
    ],
)
def test_a_workbook_with_a_broken_part_is_one_line(
    tmp_path: Path, part: str, content: bytes
) -> None:
    path = _write(tmp_path / "right.xlsx", ("Calls", (NAMES, *ROWS)))
    broken = tmp_path / "broken.xlsx"
    with zipfile.ZipFile(path) as given, zipfile.ZipFile(broken, "w") as made:
        for name in given.namelist():
            made.writestr(name, content if name == part else given.read(name))
    problem = _problem(broken)
    assert problem.startswith("a damaged workbook, or a zip file that is none (")
    assert "\n" not in problem


def test_a_zip_of_something_else_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "day.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("day.csv", "leg_id,queue")
    assert _problem(path) == (
        "a zip file, but no workbook .xlsx: save it as .xlsx or as CSV, or unpack it"
    )
