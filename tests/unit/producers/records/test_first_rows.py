from pathlib import Path

import pytest

from producers.input_file import InputFile, InputFileError
from producers.records.first_rows import first_rows


def _file(folder: Path, content: bytes) -> InputFile:
    (folder / "x.csv").write_bytes(content)
    return InputFile(folder / "x.csv")


def test_rows_below_the_header_in_the_encoding_that_reads_them(tmp_path: Path) -> None:
    text = "Report;March\n\nQueue;Start;Status\nSt\u00f6rung;09:00;ok\n;;\nshort;row\n"
    first = first_rows(_file(tmp_path, text.encode("cp1252")))
    assert (first.encoding, first.delimiter) == ("cp1252", ";")
    assert first.names == ("Queue", "Start", "Status")
    assert first.rows == [("St\u00f6rung", "09:00", "ok")]


def test_a_header_that_is_known_goes_before_one_that_is_guessed(tmp_path: Path) -> None:
    file = _file(tmp_path, b"queue,start,status\nwho,what,why\n1,2,3\n")
    assert first_rows(file).names == ("queue", "start", "status")
    first = first_rows(file, lambda names: "who" in names)
    assert (first.names, first.rows) == (("who", "what", "why"), [("1", "2", "3")])


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputFileError):
        first_rows(_file(tmp_path, b"\x7fELF\x02\x01\x00"))
