"""A paper, and its charts that are tables."""

from msgspec.structs import replace

from streams.history.catalogue import Catalogue
from streams.history.paper import SENTENCES, Paper, Section, Table
from streams.history.question import Question
from streams.history.report import Column, Part
from streams.history.reports.month import month_paper
from streams.history.sentences import sentence
from tests.support.builders import MONDAY, targets
from tests.support.fake_archive import FakeArchive


def test_sentences_come_first_then_the_tables() -> None:
    part = Part((Column("queue", "text", "whose"),), name="queues", kind="queue")
    section = Section(
        "month", sentences=(sentence("nobody_called"),), tables=(Table(part, [{"queue": "a"}]),)
    )
    title = sentence("of_month", month="2026-10", zone="UTC")
    found = Paper(title, {"zone": "UTC"}, (section,)).found()
    assert found.titles == (
        "2026-10 (UTC): what was promised and what callers got",
        "Queues, the worst first",
    )
    assert found.rows[0] == [
        {"place": 1, "sentence": "nobody_called", "text": "Nobody called in opening hours."}
    ]
    assert SENTENCES.arrange(found.rows[0]).below == "Nobody called in opening hours."


def test_every_chart_of_a_month_is_drawn_from_a_table_of_it() -> None:
    catalogue = Catalogue("UTC", {"billing": targets("billing")})
    paper = month_paper(FakeArchive(), catalogue, Question(MONDAY, MONDAY + 86_400_000))
    columns = {table.part.name: table.part.names() for table in paper.tables}
    assert paper.charts
    for chart in paper.charts:
        names = {chart.x, *chart.y, *filter(None, [chart.goal])}
        assert names <= set(columns[chart.table])


def test_a_month_without_data_says_so_and_no_more() -> None:
    catalogue = Catalogue("UTC", {"billing": targets("billing")})
    month = Question(MONDAY, MONDAY + 86_400_000)

    def said(question: Question) -> list[str]:
        return [each.name for each in month_paper(FakeArchive(), catalogue, question).sentences]

    assert said(replace(month, now=MONDAY - 1)) == ["not_begun"]
    assert said(replace(month, now=MONDAY)) == ["no_data"]
