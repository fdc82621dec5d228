"""What is looked at of a file for a guess."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from producers.input_file import InputFile, InputFileError
from producers.records.sample import Sample, sample_of


def _workbook(path: Path, **sheets: list[tuple[Any, ...]]) -> InputFile:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    book.close()
    return InputFile(path)


def test_a_csv_in_its_encoding_and_with_its_delimiter(tmp_path: Path) -> None:
    path = tmp_path / "day.csv"
    path.write_text("Report\n\nQueue;Start;Result\nKüche;1;2\nshort;1\n", encoding="cp1252")
    assert sample_of(InputFile(path)) == Sample(
        ("Queue", "Start", "Result"), [("Küche", "1", "2")], ";", "cp1252"
    )


def test_calls_above_the_header_are_rows_and_titles_are_none(tmp_path: Path) -> None:
    path = tmp_path / "day.csv"
    call = "q,2026-03-31 09:00:00,ok"
    path.write_text(f"Report,2026-03-31 09:00:00,\n{call}\nQueue,Start,Result\n")
    assert sample_of(InputFile(path)).rows == [tuple(call.split(","))]


def test_titles_above_a_first_row_of_calls_are_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "day.csv"
    path.write_text("Report, March\n\n5,a,ok\n6,b,ok\n")
    sample = sample_of(InputFile(path))
    assert (sample.has_header, sample.rows) == (False, [("5", "a", "ok"), ("6", "b", "ok")])
    path.write_text("Report\nwhen,team\nsoon,red\n")
    assert sample_of(InputFile(path)) == Sample(("when", "team"), [("soon", "red")], ",", "utf-8")


def test_json_lines_by_their_keys(tmp_path: Path) -> None:
    path = tmp_path / "day.jsonl"
    path.write_text('{"queue": {"name": "q"}, "start": 5}\n{"start": 6, "x": null}\n{\n')
    assert sample_of(InputFile(path)) == Sample(
        ("queue.name", "start", "x"), [("q", "5", ""), ("", "6", "")], encoding="utf-8"
    )


def test_the_sheet_with_names_that_we_know(tmp_path: Path) -> None:
    table = [("Report",), (), ("Queue", "Start", "Result"), ("q", 1, "ok"), ("q", 2)]
    file = _workbook(tmp_path / "day.xlsx", Cover=[("Calls", "of")], Empty=[], Calls=table)
    assert sample_of(file) == Sample(
        ("Queue", "Start", "Result"), [("q", "1", "ok"), ("q", "2", "")]
    )
    other = _workbook(tmp_path / "other.xlsx", Empty=[], First=[("a", "b"), (1, 2)])
    assert sample_of(other) == Sample(("a", "b"), [("1", "2")])


def test_a_workbook_without_rows_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputFileError) as caught:
        sample_of(_workbook(tmp_path / "day.xlsx", Empty=[]))
    assert str(caught.value) == f"{tmp_path / 'day.xlsx'}: its sheets are empty"


def _file(folder: Path, content: bytes) -> InputFile:
    (folder / "x.csv").write_bytes(content)
    return InputFile(folder / "x.csv")


def test_rows_below_the_header_in_the_encoding_that_reads_them(tmp_path: Path) -> None:
    text = "Report;March\n\nQueue;Start;Status\nSt\u00f6rung;09:00;ok\n;;\nshort;row\n"
    first = sample_of(_file(tmp_path, text.encode("cp1252")))
    assert (first.encoding, first.delimiter) == ("cp1252", ";")
    assert first.names == ("Queue", "Start", "Status")
    assert first.rows == [("St\u00f6rung", "09:00", "ok")]


def test_a_header_that_is_known_goes_before_one_that_is_guessed(tmp_path: Path) -> None:
    file = _file(tmp_path, b"queue,start,status\nwho,what,why\n1,2,3\n")
    assert sample_of(file).names == ("queue", "start", "status")
    first = sample_of(file, lambda names: "who" in names)
    assert (first.names, first.rows) == (("who", "what", "why"), [("1", "2", "3")])


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputFileError):
        sample_of(_file(tmp_path, b"\x7fELF\x02\x01\x00"))
