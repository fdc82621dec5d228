"""A paper: what a report says in sentences, tables and charts, before anything is drawn.

Renderers are thin: a terminal, CSV and JSON by `found`; a page or a PDF reads the same object. A chart has no figures of its
own: it names a table and its columns, so that whoever cannot see it reads the table.
"""

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from streams.history.report import Column, ForPeople, Found, Part, Row
from streams.history.sentences import Sentence

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
    title: str
    part: Part
    rows: Sequence[Row]


class Chart(Struct, frozen=True):
    """`table` is the name of a part. `goal`: the column of a line across, for a share that was promised."""

    kind: Literal["bars", "waterfall", "lines"]
    table: str
    x: str
    y: tuple[str, ...]
    goal: str = ""


class Paper(Struct, frozen=True):
    """`facts`: what it is about, for programs: the range, the zone, as of when it was known."""

    title: str
    facts: Row
    sentences: tuple[Sentence, ...]
    tables: tuple[Table, ...]
    charts: tuple[Chart, ...] = ()

    def found(self) -> Found:
        """For the renderers of reports: sentences first, then the tables."""
        said: list[Row] = [
            {"place": place, "sentence": each.name, "text": each.text}
            for place, each in enumerate(self.sentences, start=1)
        ]
        return Found(
            (said, *(table.rows for table in self.tables)),
            (self.title, *(table.title for table in self.tables)),
            self.facts,
        )
