"""Each mapping that ships, with its invented sample and the figures that were worked out by hand.

A sample is `tests/support/vendor_records/NAME.csv`, what it must give stands in NAME.toml beside it:
`legs` (id, outcome, wait in s, conversation in s if it has one), `queues`, and how many rows are `skipped`.
"""

import tomllib
from pathlib import Path

import pytest

import producers.records.shipped_mappings as shipped_mappings_module
from producers.input_file import InputFile
from producers.progress import silent
from producers.records.made_mapping import made_mapping
from producers.records.mapping import parse_mapping
from producers.records.reading import RecordsFile
from producers.records.sample import sample_of
from producers.records.shipped_mappings import ReadAs, fitting, shipped_mappings, text_for
from schemas.calls import FinishedLeg
from tests.support.field_records import KEY, told
from tests.support.sources import ROOT

SAMPLES = Path(__file__).parents[3] / "support" / "vendor_records"
NOW = 1_893_456_000_000  # 2030: samples have times of their own
SHIPPED = {each.name: each for each in shipped_mappings()}
every = pytest.mark.parametrize("name", SHIPPED)


def test_every_mapping_has_its_sample_and_every_sample_its_mapping() -> None:
    assert len(SHIPPED) >= 13
    assert "example" not in SHIPPED
    for ending in (".csv", ".toml"):
        assert {path.stem for path in SAMPLES.glob(f"*{ending}")} == SHIPPED.keys()


def test_a_wheel_has_the_mappings_where_they_are_looked_for() -> None:
    build = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]
    target = build["targets"]["wheel"]["force-include"]["deploy/mappings"]
    assert ROOT / target == shipped_mappings_module._INSTALLED


@every
def test_an_export_is_known_by_its_header_and_gives_its_figures(name: str) -> None:
    right = tomllib.loads((SAMPLES / f"{name}.toml").read_text())
    first = sample_of(InputFile(SAMPLES / f"{name}.csv"))
    shipped = fitting(first.names)
    assert shipped is not None
    assert shipped.name == name
    made = made_mapping(shipped, first, "UTC")
    mapping = parse_mapping(made.text)
    has_zone = shipped.mapping.time_zone or shipped.mapping.has_own_offset()
    assume = 'time_zone: "UTC" is assumed, of times that say none'
    assert made.undecided == (() if has_zone else (assume,))
    file = RecordsFile(InputFile(SAMPLES / f"{name}.csv"), "records:v", KEY, mapping)
    legs, refusals = told(file)
    assert refusals == []
    has_ids = any(leg[0] for leg in right["legs"])
    assert [(leg_id if has_ids else "", *rest) for leg_id, *rest in legs] == [
        (*leg, *(None,) * (4 - len(leg))) for leg in right["legs"]
    ]
    assert file.left_out == right["skipped"]
    queues = {item.queue for item in file.read(NOW, silent()) if isinstance(item, FinishedLeg)}
    assert queues == set(right["queues"])


@every
def test_where_the_names_of_the_columns_come_from_is_said(name: str) -> None:
    head = SHIPPED[name].text.partition("recognised_by")[0]
    assert "Column names" in head


@every
def test_other_headers_are_not_known(name: str) -> None:
    names = SHIPPED[name].mapping.recognised_by
    assert fitting(names) is SHIPPED[name]
    assert fitting([each.upper() for each in names]) is SHIPPED[name]
    assert fitting(names[1:]) is None


def test_the_mapping_that_knows_most_names_wins() -> None:
    two = [each for each in shipped_mappings() if each.name in {"3cx", "vicidial"}]
    names = [name for each in two for name in each.mapping.recognised_by]
    most = max(two, key=lambda each: len(each.mapping.recognised_by))
    assert fitting(names) is most


def test_columns_that_the_file_lacks_become_comments() -> None:
    shipped = SHIPPED["vicidial"]
    names = [*shipped.mapping.recognised_by]
    text = text_for(shipped, names, ReadAs(";", "cp1252", "iso", "Asia/Muscat"), {"WHAT": 3})
    mapping = parse_mapping(text)
    assert "caller" not in mapping.columns
    assert '# caller = "phone_number"   # this file has no such column: phone_number' in text
    assert '# "WHAT" = "?"   # 3 rows, refused' in text
    assert (mapping.delimiter, mapping.encoding) == (";", "cp1252")
    assert (mapping.time_format, mapping.time_zone) == ("iso", "Asia/Muscat")
