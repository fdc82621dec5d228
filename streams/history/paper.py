"""A paper: what a report says in key figures, sentences, tables and charts, before anything is drawn.

Renderers are thin: a terminal, CSV and JSON by `found`; a page, a mail or a PDF reads the same object. A chart has no figures
of its own: it names a table and its columns, so that whoever cannot see it reads the table. Headings are names, too: the
catalogues of the languages have their words.
"""

from collections.abc import Mapping, Sequence
from typing import Literal

from msgspec import Struct

from schemas.metrics_book import Held
from streams.history.language import ENGLISH, Language
from streams.history.report import Column, ForPeople, Found, Part, Row
from streams.history.sentences import Sentence, Value

SENTENCES = Part(
    (
        Column("place", "number", "the sentence's place in the report"),
        Column("sentence", "text", "name of the sentence: the same in every month and language"),
        Column("text", "text", "what it says, in English"),
    ),
    name="sentences",
    kind="sentence",
    arrange=lambda rows: ForPeople((), "\n".join(str(row["text"]) for row in rows)),
)


class Table(Struct, frozen=True):
    """`shown`: the columns that fit a page; empty: all. A paper shows `first` of the rows at most. `titles`: what people call a
    metric of their own, by the cell of column `metric` and by language.
    """

    part: Part
    rows: Sequence[Row]
    shown: tuple[str, ...] = ()
    first: int | None = None
    titles: Mapping[str, Mapping[str, str]] = {}

    def rows_in(self, language: Language) -> Sequence[Row]:
        if not self.titles:
            return self.rows
        return [
            row | {"title": self.titles[str(row["metric"])].get(language.code) or row["title"]}
            for row in self.rows
        ]


class Chart(Struct, frozen=True):
    """`table` is the name of a part, `name` that of the chart's heading. `goal`: the column of a line across, for a share that
    was promised. A heatmap has a row for each value of `x`, a cell for each of `y[0]`, its colour by `y[1]`, its n by `y[2]`. `notes` is the table
    of what lines have marks for, by its number.
    """

    kind: Literal["bars", "waterfall", "lines", "heatmap"]
    table: str
    x: str
    y: tuple[str, ...]
    goal: str = ""
    name: str = ""
    notes: str = ""


class Figure(Struct, frozen=True):
    """One of the key figures: `name` of its words, and what must stand beside it."""

    name: str
    value: Value
    beside: Sentence | None = None
    is_bad: bool = False


class Section(Struct, frozen=True):
    """`name` is that of its heading; what it has comes in this order. An empty section is not shown."""

    name: str
    figures: tuple[Figure, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    charts: tuple[Chart, ...] = ()
    tables: tuple[Table, ...] = ()
    definitions: tuple[str, ...] = ()  # names of figures that it explains
    metrics: tuple[Held, ...] = ()  # of users, which it explains, too


class Paper(Struct, frozen=True):
    """`facts`: what it is about, for programs: the range, the zone, as of when it was known."""

    title: Sentence
    facts: Row
    sections: tuple[Section, ...]

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        return tuple(each for section in self.sections for each in section.sentences)

    @property
    def tables(self) -> tuple[Table, ...]:
        return tuple(each for section in self.sections for each in section.tables)

    @property
    def charts(self) -> tuple[Chart, ...]:
        return tuple(each for section in self.sections for each in section.charts)

    def found(self) -> Found:
        """For the renderers of reports: sentences first, then the tables."""
        said: list[Row] = [
            {"place": place, "sentence": each.name, "text": each.text}
            for place, each in enumerate(self.sentences, start=1)
        ]
        return Found(
            (said, *(table.rows for table in self.tables)),
            (self.title.text, *(ENGLISH.head(table.part.name) for table in self.tables)),
            self.facts,
        )
