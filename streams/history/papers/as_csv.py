"""A paper as one CSV file: facts, sentences, and all rows of all tables, told apart by column `kind`.

One file as `history` writes it, not an archive of files: a spreadsheet opens it, and a column that several tables have stands once.
A text that a spreadsheet would run has an apostrophe before it (streams.history.render).
"""

from streams.history.language import Language
from streams.history.paper import Paper
from streams.history.papers.shown import said_value
from streams.history.render import rendered_parts
from streams.history.report import Column, Found, Part, Row

FACTS = Part(
    (Column("fact", "text", "what is said of the paper"), Column("value", "text", "what it is")),
    name="facts", kind="fact",
)  # fmt: skip
KEY_FIGURES = Part(
    (
        Column("section", "text", "name of the section"),
        Column("figure", "text", "name of the key figure"),
        Column("text", "text", "as it stands on paper, in the language of the paper"),
    ),
    name="key_figures", kind="key figure",
)  # fmt: skip
SAID = Part(
    (
        Column("section", "text", "name of the section"),
        Column("sentence", "text", "name of the sentence: the same in every paper and language"),
        Column("text", "text", "what it says, in the language of the paper"),
    ),
    name="sentences", kind="sentence",
)  # fmt: skip


def parts(paper: Paper, language: Language) -> tuple[tuple[Part, ...], Found]:
    """Facts, key figures, sentences, then each table with all its columns and rows."""
    facts: list[Row] = [
        {"fact": name, "value": None if value is None else str(value)}
        for name, value in paper.facts.items()
    ]
    figures: list[Row] = [
        {"section": section.name, "figure": each.name, "text": said_value(each.value, language)}
        for section in paper.sections
        for each in section.figures
    ]
    said: list[Row] = [
        {"section": section.name, "sentence": each.name, "text": each.said(language)}
        for section in paper.sections
        for each in section.sentences
    ]
    tables = paper.tables
    return (
        (FACTS, KEY_FIGURES, SAID, *(each.part for each in tables)),
        Found((facts, figures, said, *(each.rows_in(language) for each in tables))),
    )


def as_csv(paper: Paper, language: Language) -> bytes:
    """UTF-8 with a mark at its start, so that a spreadsheet reads every language."""
    found_parts, found = parts(paper, language)
    return b"\xef\xbb\xbf" + rendered_parts(found_parts, found, "csv").encode()
