"""Metrics of users on paper: each with its formula, in the language of the reader, and text stays text."""

import csv
import io
import json
from fractions import Fraction
from pathlib import Path

import pytest
from msgspec.structs import replace
from openpyxl import load_workbook

from schemas.metrics import Computed, Metric
from schemas.metrics_book import Held
from schemas.millis import from_iso
from schemas.owners import Language
from streams.history.catalogue import ALL, Catalogue
from streams.history.language import language_of
from streams.history.own_metrics import Value
from streams.history.paper import Paper, Section
from streams.history.papers.asked import asked
from streams.history.papers.own_metrics import definitions, explained, section
from streams.history.papers.shown import ShownTable, shown
from streams.history.papers.writing import written
from streams.history.period import period_of
from tests.support.builders import targets
from tests.support.papers import FORMULA, LONG_ARABIC, MARKUP, made_paper

START, CHANGED, END = (from_iso(f"2026-{day}T00:00:00Z") for day in ("03-01", "03-16", "04-01"))
SOON = Metric(
    "soon",
    "answered_in_20_s / offered",
    "share",
    {"en": MARKUP, "ar": LONG_ARABIC},
    "offered < 20",
    0.7,
)
TALK = Metric(
    "talk", "talk_hold_s / service_timed", "s", {"en": FORMULA}, goal=300, direction="lower"
)
LOST = Metric("lost", "abandoned + rejected", "legs")
KNOWN = Catalogue("UTC", {"q1": targets("q1", centre="first", centre_name=MARKUP)})
ASKED = asked(period_of("month", "2026-03", "UTC"), KNOWN, None, END, None)


def value(metric: Metric, computed: Computed, group: str = ALL, start: int = START) -> Value:
    return Value(Held(metric, 3), group, start, END, "UTC", computed)


VALUES = [
    value(SOON, Computed(Fraction(2, 3), Fraction(30), None, "missed")),
    value(SOON, Computed(None, Fraction(0), "division by 0"), "first"),
    value(TALK, Computed(Fraction(184_254, 1000), Fraction(67), None, "met")),
    value(LOST, Computed(Fraction(1_234))),
]


def table(values: list[Value], code: Language = "en") -> ShownTable:
    made = Paper(made_paper().title, made_paper().facts, (section(values, ASKED),))
    (only,) = shown(made, language_of(code)).sections
    (found,) = only.tables
    return found


def test_values_stand_in_their_units_with_their_formulas() -> None:
    found = table(VALUES)
    assert [heading.text for heading in found.headings] == [
        "Metric", "Of", "Value", "Goal", "Goal met", "n", "Why no value", "Formula",
    ]  # fmt: skip
    assert found.rows == (
        (MARKUP, "all queues", "66.7 %", "70.0 %", "missed", "30", "–", SOON.formula),
        (MARKUP, MARKUP, "–", "70.0 %", "–", "0", "division by 0", SOON.formula),
        (FORMULA, "all queues", "184.254 s", "300 s", "met", "67", "–", TALK.formula),
        ("lost", "all queues", "1,234", "–", "–", "–", "–", LOST.formula),
    )


def test_where_a_formula_changed_the_table_says_since_when() -> None:
    other = replace(SOON, formula="answered / offered")
    found = table([*VALUES, value(other, Computed(Fraction(1)), start=CHANGED)])
    assert found.headings[-1].text == "From"
    assert [row[-1] for row in found.rows][-2:] == ["Sun 1 Mar 2026", "Mon 16 Mar 2026"]


@pytest.mark.parametrize("code", ["en", "id", "ar", "zu"])
def test_each_definition_is_explained_once_in_the_language(code: Language) -> None:
    language = language_of(code)
    of = Section("definitions", definitions=("served",), metrics=definitions([*VALUES, *VALUES]))
    served, *own = explained(of, language)
    assert served == language.definition("served")
    assert [each.term for each in own] == [language.name(m.title(code)) for m in (SOON, TALK, LOST)]
    assert [language.formula(m.formula) in each.says for m, each in zip((SOON, TALK, LOST), own, strict=True)] == [
        True, True, True,
    ]  # fmt: skip
    assert language.formula("offered < 20") in own[0].says
    assert "{" not in "".join(each.says for each in own)
    assert LONG_ARABIC in table(VALUES, "ar").rows[0][0]


def test_without_metrics_there_is_nothing() -> None:
    assert section([], ASKED) == Section("own_metrics")
    assert definitions([]) == ()


def test_markup_and_formulas_of_titles_stay_text_in_every_file() -> None:
    base = made_paper()
    own = section(VALUES, ASKED)
    explaining = Section("definitions", definitions=("served",), metrics=definitions(VALUES))
    made = Paper(base.title, base.facts, (*base.sections[:2], own, explaining))
    files = {
        end: written(made, language_of("en"), Path(f"x{end}"))
        for end in (".html", ".csv", ".json", ".xlsx", ".pdf", ".eml")
    }
    assert b"<script>alert" not in files[".html"]
    rows = [row for row in csv.DictReader(io.StringIO(files[".csv"].decode("utf-8-sig"))) if row["kind"] == "own metric"]  # fmt: skip
    assert [row["title"] for row in rows] == [MARKUP, MARKUP, f"'{FORMULA}", "lost"]
    assert [row["value"] for row in rows] == ["0.666667", "", "184.254", "1234"]
    sections = json.loads(files[".json"])["sections"]
    (values,) = [t["rows"] for s in sections for t in s["tables"] if t["name"] == "own_metrics"]
    assert [row["value"] for row in values] == [0.666667, None, 184.254, 1234]
    sheet = load_workbook(io.BytesIO(files[".xlsx"]))["own_metrics"]
    head, first, *_ = sheet.iter_rows()
    place = [cell.value for cell in head].index("value")
    assert (first[place].value, first[place].number_format) == (0.666667, "0.0%")
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
