"""JSON lines as rows of cells."""

from pathlib import Path
from typing import Any

import pytest

from producers.contract import Refused
from producers.input_file import InputFile, InputFileError
from producers.progress import silent
from producers.records.json_lines import MOST_COLUMNS, cells_by_name
from producers.records.mapping import parse_mapping
from producers.records.reading import RecordsFile
from schemas.privacy import key_from_secret
from tests.support.field_records import told

KEY = key_from_secret(b"a secret of the tests")
NOW = 1_300_000_000_000
MAPPING = """
time_zone = "Europe/Berlin"
durations = "s"
[columns]
leg_id = "id"
queue = "queue.name"
caller = "from"
arrived_at = "times.in"
wait_ms = "times.waited"
talk_ms = "times.talked"
outcome = "result"
"""
LINES = (
    '{"id": 10, "queue": {"name": "Billing"}, "from": "0315550001", "times": {"in": "2010-08-01T09:00:00", "waited": 12.5, "talked": "0:01:00"}, "result": "answered"}',
    "",
    '{"result": "abandoned", "times": {"waited": 30, "in": "2010-08-01T09:00:05"}, "id": 11, "queue": {"name": "Billing", "tags": ["a", 1, true]}}',
)


def _file(path: Path, *lines: str, mapping: str = MAPPING) -> RecordsFile:
    path.write_text("\n".join(lines) + "\n")
    return RecordsFile(InputFile(path), "records:day", KEY, parse_mapping(mapping))


def _problem(path: Path, *lines: str, mapping: str = MAPPING) -> str:
    with pytest.raises(InputFileError) as caught:
        _file(path, *lines, mapping=mapping)
    return str(caught.value).removeprefix(f"{path}: ")


def test_objects_are_rows_whatever_the_order_of_their_keys(tmp_path: Path) -> None:
    file = _file(tmp_path / "day.csv", *LINES)
    assert told(file) == ([("10", "answered", 12.5, 60), ("11", "abandoned", 30, None)], [])
    (leg, _) = file.read(NOW, silent())
    assert leg.arrived_at == 1_280_646_000_000  # type: ignore[union-attr]


def test_a_line_that_is_no_object_is_refused_alone_with_its_number(tmp_path: Path) -> None:
    broken = LINES[2].removesuffix("}")
    file = _file(tmp_path / "day.jsonl", LINES[0], "", broken, "[1]", LINES[2])
    legs, refusals = told(file)
    assert [leg[0] for leg in legs] == ["10", "11"]
    assert refusals == [
        f"3: the line is no JSON (Expecting ',' delimiter, character {len(broken) + 1})",
        "4: the line is JSON, and no object {…}",
    ]


def test_a_refused_object_names_its_key_and_hides_its_caller(tmp_path: Path) -> None:
    file = _file(tmp_path / "day.jsonl", LINES[0].replace('"answered"', '"x"'))
    (refused,) = file.read(NOW, silent())
    assert isinstance(refused, Refused)
    assert refused.detail.startswith('outcome (result): unknown word "x"')
    assert "0315550001" not in refused.original
    assert "Billing" in refused.original


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ('{"a": {"b": {"c": " x "}}}', {"a.b.c": "x"}),
        ('{"a": 00012}', None),
        ('{"a": 12345678901234567890, "b": 1.10, "c": 1e-05}', {"a": "12345678901234567890", "b": "1.10", "c": "1e-05"}),
        ('{"a": null, "b": true, "c": false}', {"a": "", "b": "true", "c": "false"}),
        ('{"a": ["x", 1, null, true]}', {"a": "x, 1, , true"}),
        ('{"a": [{"b": "é"}]}', {"a": '[{"b": "é"}]'}),
        ('{"a": {}, "b": []}', {"b": ""}),
        ("{}", {}),
        ('{"a": 1, "a": 2}', None),
        ('{"a.b": 1, "a": {"b": 2}}', None),
        ("5", None),
        ('{"a": ' * 100_000, None),
    ],
)  # fmt: skip
def test_the_cells_of_one_object(text: str, cells: Any) -> None:
    if cells is not None:
        assert cells_by_name(text) == cells
        return
    with pytest.raises(ValueError, match=r"^the (line|object) "):
        cells_by_name(text)


def test_keys_that_the_mapping_needs_and_nobody_wrote(tmp_path: Path) -> None:
    problem = _problem(tmp_path / "day.jsonl", '{"id": 1, "queue": "q"}')
    assert problem.startswith("the header lacks queue.name, ")
    assert "; it has: id, queue (other names" in problem


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (("{", '  "id": 1', "}"),
         ("line 1: the line is no JSON (Expecting property name enclosed in double quotes, character 2);"
          " write one object a line (jq -c does)")),
        (("{}",), "no line is a JSON object: write one object a line (jq -c does)"),
        (("[", "{}", "]"), "a JSON array; write one object a line (jq -c '.[]' does)"),
        (('[ {"id": 1} ]',), "a JSON array; write one object a line (jq -c '.[]' does)"),
    ],
)  # fmt: skip
def test_json_that_is_no_lines_of_objects(
    tmp_path: Path, lines: tuple[str, ...], problem: str
) -> None:
    assert _problem(tmp_path / "day.json", *lines) == problem


def test_ids_as_keys_are_no_columns(tmp_path: Path) -> None:
    lines = [f'{{"id{n}": 1}}' for n in range(MOST_COLUMNS + 1)]
    assert _problem(tmp_path / "day.jsonl", *lines) == (
        "more than 1,000 different keys up to line 1001: are ids written as keys? Write them as values"
    )


def test_columns_by_number_are_refused(tmp_path: Path) -> None:
    by_number = "[columns]\nqueue = 1\narrived_at = 2\noutcome = 3"
    assert _problem(tmp_path / "day.jsonl", *LINES, mapping=by_number).startswith(
        "JSON lines have names and no numbers of columns"
    )
