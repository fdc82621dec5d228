"""JSON for programs, as its schema says."""

import json

import jsonschema
import pytest

from schemas.owners import Language as Code
from streams.history.language import language_of
from streams.history.papers.as_json import SCHEMA, as_json, schema
from tests.support.papers import FORTY, MARKUP, made_paper


def test_the_schema_is_fresh() -> None:
    assert SCHEMA.read_text() == schema(), "run `python -m streams.history.papers.as_json`"


@pytest.mark.parametrize("code", ["en", "ar"])
def test_it_is_what_the_schema_says(code: Code) -> None:
    jsonschema.validate(json.loads(as_json(made_paper(), language_of(code))), json.loads(schema()))


def test_figures_and_names_are_as_they_are() -> None:
    found = json.loads(as_json(made_paper(), language_of("en")))
    tables = {table["name"]: table for section in found["sections"] for table in section["tables"]}
    assert len(tables["queues"]["rows"]) == FORTY
    row = tables["queues"]["rows"][0]
    assert (row["name"], row["sl_promised"], row["wait_p90_s"]) == (MARKUP, 0.612345, 186.345)
    (bad,) = [
        each for section in found["sections"] for each in section["sentences"] if each["name"] == "bad"
    ]  # fmt: skip
    assert bad["values"]["share"] == {"type": "share", "value": 0.612345}
    assert bad["values"]["change"]["name"] == "worse"
