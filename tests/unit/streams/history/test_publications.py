"""Publications of the archive: editions, and a frozen report that gives the same bytes again."""

import pytest
from msgspec.structs import replace

from schemas.publications import unpacked
from streams.history.paper import SENTENCES, Paper, Section, Table
from streams.history.publications import frozen_of, named, newest_editions, thawed
from streams.history.question import HistoryError
from streams.history.render import Format, rendered_parts
from streams.history.report import Column, Found, Part
from streams.history.sentences import sentence
from tests.support.published import REPORT, publication

FIRST = publication(REPORT)
SECOND = replace(FIRST, publication_id="month-2026-10-2", edition=2)
OTHER = replace(FIRST, publication_id="month-2026-09-1", period="2026-09")
PART = Part(
    (Column("queue", "text", "name"), Column("legs", "legs", "n")),
    ("queue",),
    name="centres",
    kind="centre",
)


def test_of_each_report_the_newest_edition_holds() -> None:
    assert newest_editions([SECOND, FIRST, OTHER]) == [SECOND, OTHER]


def test_a_publication_is_found_by_its_id() -> None:
    assert named([FIRST, SECOND], "month-2026-10-2") is SECOND
    with pytest.raises(HistoryError, match='no publication "x"'):
        named([FIRST], "x")


@pytest.mark.parametrize("output", ["csv", "json", "table"])
def test_what_was_frozen_is_written_as_the_report_was(output: Format) -> None:
    section = Section("month", tables=(Table(PART, [{"queue": "=water", "legs": 3}]),))
    paper = Paper(sentence("of_month", month="2026-10", zone="UTC"), {"zone": "UTC"}, (section,))
    report = unpacked(publication(frozen_of(paper, {"centres": "queue"}, "paper")))
    parts, found = thawed(report)
    again = rendered_parts(parts, found, output)
    assert again == rendered_parts((SENTENCES, PART), paper.found(), output)
    assert isinstance(found, Found)
    assert report.parts[1].figures_of == "queue"
