"""How a report is asked."""

from streams.history.catalogue import Catalogue
from streams.history.question import Question
from streams.history.report import Column, Found, Part, Report, Select, answer
from tests.support.fake_archive import FakeArchive

NOBODY = Catalogue("UTC", {})
PART = Part((Column("queue", "text", "id of the queue"),))


def test_one_select_is_asked_and_each_row_made() -> None:
    archive = FakeArchive(legs=[{"queue": "a"}, {"queue": "b"}])
    select = Select(
        lambda catalogue, question: f"SELECT queue FROM legs -- {question.start}",
        lambda record: {"queue": record["queue"].upper()},
    )
    report = Report(options=(), parts=(PART,), ask=select, reads=(), examples=())
    found = answer(report, archive, NOBODY, Question(7, 8))
    assert found == Found(([{"queue": "A"}, {"queue": "B"}],))
    assert archive.asked == ["SELECT queue FROM legs -- 7"]


def test_a_report_of_several_parts_says_what_it_found_in_each() -> None:
    both = Found(([{"queue": "a"}], []), ("first", "second"), {"n": 1})
    report = Report(options=(), parts=(PART, PART), ask=lambda *_: both, reads=(), examples=())
    assert answer(report, FakeArchive(), NOBODY, Question(0, 1)) is both
