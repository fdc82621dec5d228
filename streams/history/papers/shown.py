"""A paper in a language, as text alone: what a page, a mail and a PDF lay out without knowing a figure.

Rule 1: text is text. Nothing here is markup; each renderer escapes what it writes.
Rule 2: a cell is written by the unit of its column, with the digits that `history` has for it.
"""

from collections.abc import Sequence

from msgspec import Struct

from schemas.millis import DAY, from_iso
from schemas.printable import printable
from streams.history.catalogue import ALL, NO_CENTRE
from streams.history.language import NO_VALUE, Definition, Language
from streams.history.paper import Chart, Figure, Paper, Section, Table
from streams.history.papers.drawing import drawn
from streams.history.papers.own_metrics import explained
from streams.history.report import Column, Row, Unit, unit_of
from streams.history.sentences import Length, Sentence, Value, said, sentence

_RIGHT: frozenset[Unit] = frozenset({"legs", "number", "s", "h", "ms", "share", "points", "offers", "contacts", "versions", "own"})  # fmt: skip
# Cells that hold what people or platforms wrote, kept apart from the direction around them.
_NAMES = frozenset({
    "name", "queue", "note", "names", "what", "how", "about", "reason", "reasons", "owner", "source", "department", "figure", "cause",
    "column", "quarantined_for", "period", "title", "of_whom",
})  # fmt: skip
_OURS = frozenset({
    "against_goal", "sl_says", "step", "formula", "planned", "severity", "acknowledged", "stands", "feed",
    "no_value",
})  # fmt: skip
_GROUPS = frozenset({"name", "of_whom"})
_CODE = frozenset({"metric_formula"})
_RULES = frozenset({"alerts", "rule"})
_WIDE = frozenset({
    "name", "note", "alerts", "names", "what", "how", "about", "reason", "reasons", "formula", "cause", "source", "quarantined_for", "title",
    "metric_formula", "of_whom",
})  # fmt: skip
_ALWAYS = frozenset({"note"})  # that nobody wrote one must be seen


class Heading(Struct, frozen=True):
    text: str
    is_number: bool = False
    is_wide: bool = False


class ShownTable(Struct, frozen=True):
    """`more`: what is said of rows that are left out; empty if there are none."""

    name: str
    title: str
    headings: tuple[Heading, ...]
    rows: tuple[tuple[str, ...], ...]
    more: str


class ShownChart(Struct, frozen=True):
    """Each of `svgs` is a whole document; several stand side by side. `alt` says in words what it shows."""

    title: str
    alt: str
    svgs: tuple[str, ...]


class ShownSentence(Struct, frozen=True):
    """`lead`: its beginning, where that says whom it is about."""

    lead: str
    text: str


class ShownFigure(Struct, frozen=True):
    name: str
    value: str
    beside: str
    is_bad: bool


class ShownSection(Struct, frozen=True):
    name: str
    heading: str
    figures: tuple[ShownFigure, ...]
    sentences: tuple[ShownSentence, ...]
    charts: tuple[ShownChart, ...]
    tables: tuple[ShownTable, ...]


class ShownPaper(Struct, frozen=True):
    language: str
    right_to_left: bool
    title: str
    made: str
    page: str
    known_at: int  # ms
    sections: tuple[ShownSection, ...]


def shown(paper: Paper, language: Language) -> ShownPaper:
    length: Length = paper.facts["length"]  # type: ignore[assignment]  # a fact of every paper of a period
    made = sentence("made", version=str(paper.facts["program_version"]))
    tables = {table.part.name: table for table in paper.tables}
    found = tuple(_section(each, tables, language, length) for each in paper.sections)
    return ShownPaper(
        language.code,
        language.right_to_left,
        paper.title.said(language),
        made.said(language),
        language.head("page"),
        from_iso(str(paper.facts["known_at"])),
        tuple(
            each for each in found if each.figures or each.sentences or each.charts or each.tables
        ),
    )


def _section(
    of: Section, tables: dict[str, Table], language: Language, length: Length
) -> ShownSection:
    shown_tables = [_table(each, language, length) for each in of.tables if each.first != 0]
    if of.definitions:
        shown_tables.append(_definitions(explained(of, language), language))
    charts = [_chart(each, tables, language, length) for each in of.charts]
    return ShownSection(
        of.name,
        language.head(of.name),
        tuple(_figure(each, language) for each in of.figures),
        tuple(_sentence(each, language) for each in of.sentences),
        tuple(each for each in charts if each is not None),
        tuple(each for each in shown_tables if each.rows),
    )


def _sentence(of: Sentence, language: Language) -> ShownSentence:
    lead, text = of.lead(language), of.said(language)
    if not text.startswith(lead):
        return ShownSentence("", text)
    return ShownSentence(lead, text.removeprefix(lead))


def said_value(value: Value, language: Language) -> str:
    """A key figure as it stands on paper."""
    return said(value, language)


def _figure(of: Figure, language: Language) -> ShownFigure:
    beside = of.beside.said(language) if of.beside else ""
    return ShownFigure(language.head(of.name), said_value(of.value, language), beside, of.is_bad)


def _table(of: Table, language: Language, length: Length) -> ShownTable:
    columns = {column.name: column for column in of.part.columns}
    chosen = [columns[name] for name in of.shown or of.part.names()]
    rows = of.rows_in(language)[: of.first]
    filled = [
        column
        for column in chosen
        if column.name in _ALWAYS or any(row.get(column.name) is not None for row in rows)
    ]
    left_out = len(of.rows) - len(rows)
    return ShownTable(
        of.part.name,
        language.head(of.part.name),
        tuple(
            Heading(language.column(each.name), each.unit in _RIGHT, each.name in _WIDE)
            for each in filled
        ),
        tuple(tuple(cell(row, each, language, length) for each in filled) for row in rows),
        sentence("rows_left_out", rows=left_out).said(language) if left_out else "",
    )


def _definitions(found: Sequence[Definition], language: Language) -> ShownTable:
    headings = (
        Heading(language.head("term")),
        Heading(language.head("meaning"), is_wide=True),
    )
    rows = tuple((each.term, each.says) for each in found)
    return ShownTable("definitions", language.head("definitions"), headings, rows, "")


def cell(row: Row, column: Column, language: Language, length: Length) -> str:
    value = row.get(column.name)
    if value is None:
        return NO_VALUE
    if isinstance(value, str):
        return _text(value, column, language, length)
    unit = unit_of(row, column.unit)
    if unit == "share":
        return language.percent(value)
    if unit == "points":
        return language.points(value, signed=True)
    if column.unit == "own":
        return language.in_seconds(value) if unit == "s" else language.seconds(value)
    if unit == "s":
        return language.seconds(value)
    return language.number(value, 0 if isinstance(value, int) else 1)


def _text(value: str, column: Column, language: Language, length: Length) -> str:
    if column.unit == "time":
        return _time(value, language, length, is_end=column.name == "ended")
    if column.name in _RULES:
        return language.rules(value)
    if column.name in _OURS or (column.name == "of_whom" and value == ALL):
        return language.word(value)
    if column.name in _GROUPS and value == NO_CENTRE:
        return language.text("no_centre")
    if column.name in _CODE:
        return language.formula(value)
    return language.name(value) if column.name in _NAMES else printable(value)


def _time(text: str, language: Language, length: Length, *, is_end: bool) -> str:
    """As it was written, on its own clock. A midnight is a day, but in the paper of a day; as an end it is that midnight, else a
    holiday would be read as two days.
    """
    local = from_iso(f"{text[:19]}Z")
    if length != "day" and not is_end and local % DAY == 0:
        return language.day(local, "UTC")
    return language.moment(local, "UTC")


def _chart(
    of: Chart, tables: dict[str, Table], language: Language, length: Length
) -> ShownChart | None:
    notes = tables[of.notes].rows if of.notes in tables else ()
    svgs = drawn(of, tables[of.table], language, length, notes)
    title = language.head(of.name)
    return ShownChart(title, title, svgs) if svgs else None
