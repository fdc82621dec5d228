"""Which shape a file has is decided by its bytes."""

import gzip
from pathlib import Path

import pytest

from producers.input_file import InputFile, InputFileError
from producers.records.csv_table import CsvTable
from producers.records.json_lines import JsonLinesTable
from producers.records.mapping import Mapping
from producers.records.shapes import table_of

CSV = b"leg_id,queue,arrived_at,outcome\n"
OBJECT = b'\xef\xbb\xbf\n  {"queue": "q", "arrived_at": "", "outcome": ""}\n'


@pytest.mark.parametrize(
    ("content", "kind"),
    [(CSV, CsvTable), (OBJECT, JsonLinesTable), (gzip.compress(OBJECT), JsonLinesTable)],
)
def test_a_shape_is_known_by_its_first_bytes(tmp_path: Path, content: bytes, kind: type) -> None:
    path = tmp_path / "day.xlsx"
    path.write_bytes(content)
    assert type(table_of(InputFile(path), Mapping())) is kind


@pytest.mark.parametrize(
    "start", [b"<html><body><table>", b"\n <!DOCTYPE html>", b"<?xml version='1.0'?>"]
)
def test_a_web_page_named_xls_is_said_to_be_one(tmp_path: Path, start: bytes) -> None:
    path = tmp_path / "calls.xls"
    path.write_bytes(start + b"<tr><td>queue</td><td>arrived_at</td><td>outcome</td></tr>\n")
    with pytest.raises(InputFileError) as caught:
        table_of(InputFile(path), Mapping())
    assert str(caught.value) == (
        f"{path}: HTML or XML, not a table: open it in a spreadsheet and save it as .xlsx or CSV"
    )


def test_what_is_no_table_is_one_line_with_its_name(tmp_path: Path) -> None:
    path = tmp_path / "day.csv"
    path.write_bytes(b"name,street\n")
    with pytest.raises(InputFileError) as caught:
        table_of(InputFile(path), Mapping())
    assert str(caught.value).startswith(f"{path}: the header lacks queue, arrived_at, outcome; it")


def test_a_queue_log_is_said_to_be_one(tmp_path: Path) -> None:
    path = tmp_path / "queue_log"
    path.write_bytes(b"1741693200|7.1|sales|NONE|ENTERQUEUE||5550001|1\n")
    with pytest.raises(InputFileError) as caught:
        table_of(InputFile(path), Mapping())
    assert str(caught.value) == (
        f"{path}: a queue_log of Asterisk: `queuewatch send queue-log` reads it"
    )
