"""A paper as JSON for programs, and the JSON Schema of it: `python -m streams.history.papers.as_json` writes it anew.

Figures are those of `history`, not rounded again. Sentences have their text in the language and their values by type.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Struct

from streams.history.language import Language
from streams.history.paper import Paper, Section, Table
from streams.history.papers.own_metrics import explained
from streams.history.report import Unit, Value
from streams.history.sentences import Value as SaidValue

FORMAT: Literal["queuewatch-report-1"] = "queuewatch-report-1"
SCHEMA = Path(__file__).parent / "report.schema.json"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


class JsonSentence(Struct, frozen=True):
    name: str
    text: str
    values: Mapping[str, SaidValue]


class JsonFigure(Struct, frozen=True):
    name: str
    title: str
    value: SaidValue


class JsonColumn(Struct, frozen=True):
    """`heading`: on paper; empty for a column that no page shows. `no_value` says when a cell is null; empty: never."""

    name: str
    heading: str
    unit: Unit
    definition: str
    no_value: str


class JsonTable(Struct, frozen=True):
    name: str
    title: str
    columns: tuple[JsonColumn, ...]
    rows: tuple[Mapping[str, Value], ...]


class JsonChart(Struct, frozen=True):
    """Drawn from the columns of a table of this paper."""

    kind: Literal["bars", "waterfall", "lines", "heatmap"]
    table: str
    x: str
    y: tuple[str, ...]
    goal: str


class JsonDefinition(Struct, frozen=True):
    term: str
    says: str


class JsonSection(Struct, frozen=True):
    name: str
    heading: str
    figures: tuple[JsonFigure, ...]
    sentences: tuple[JsonSentence, ...]
    tables: tuple[JsonTable, ...]
    charts: tuple[JsonChart, ...]
    definitions: tuple[JsonDefinition, ...]


class JsonPaper(Struct, frozen=True):
    """`facts`: the range, its zone, the department, as of when it is known, the version of the program."""

    format: Literal["queuewatch-report-1"]
    language: str
    title: str
    facts: Mapping[str, Value]
    sections: tuple[JsonSection, ...]


def as_json(paper: Paper, language: Language) -> bytes:
    made = JsonPaper(
        FORMAT,
        language.code,
        paper.title.said(language),
        paper.facts,
        tuple(_section(each, language) for each in paper.sections),
    )
    return msgspec.json.format(msgspec.json.encode(made), indent=2) + b"\n"


def _section(of: Section, language: Language) -> JsonSection:
    return JsonSection(
        of.name,
        language.head(of.name),
        tuple(JsonFigure(each.name, language.head(each.name), each.value) for each in of.figures),
        tuple(JsonSentence(each.name, each.said(language), each.values) for each in of.sentences),
        tuple(_table(each, language) for each in of.tables),
        tuple(JsonChart(each.kind, each.table, each.x, each.y, each.goal) for each in of.charts),
        tuple(JsonDefinition(each.term, each.says) for each in explained(of, language)),
    )


def _table(of: Table, language: Language) -> JsonTable:
    """All columns and rows, also those that a page leaves out."""
    columns = tuple(
        JsonColumn(
            each.name,
            language.columns.get(each.name, ""),
            each.unit,
            each.definition,
            each.no_value,
        )
        for each in of.part.columns
    )
    rows = tuple({name: row.get(name) for name in of.part.names()} for row in of.rows_in(language))
    return JsonTable(of.part.name, language.head(of.part.name), columns, rows)


def schema() -> str:
    made: dict[str, Any] = msgspec.json.schema(JsonPaper)
    document = {"$schema": _DIALECT, "title": "A report of queuewatch", **made}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    SCHEMA.write_text(schema(), encoding="utf-8")
