"""The books of a paper, and days on which nobody called."""

from msgspec.structs import replace

from streams.history.catalogue import Catalogue
from streams.history.closed_days import TooLate
from streams.history.counted_groups import Counted
from streams.history.paper import Section
from streams.history.papers.asked import asked
from streams.history.papers.completeness import Complete, hole_rows, problem_of, said_first, section
from streams.history.period import period_of
from streams.history.sentences import sentence
from streams.history.uncounted import Uncounted
from tests.support.builders import MONDAY, targets
from tests.support.papers import made_paper

DAY = 86_400_000
ABOUT = asked(
    period_of("week", "2026-W10", "UTC"), Catalogue("UTC", {"a": targets("a")}), None, MONDAY + 5 * DAY, None
)  # fmt: skip


def day(queue: str, number: int, offered: int) -> Counted:
    start = MONDAY + number * DAY
    record = {"n_offered": offered} if offered else {}
    return Counted(queue, start, start + DAY, "UTC", record, [])


def test_open_days_without_a_call_are_holes_once_a_queue_has_calls() -> None:
    days = [day("a", 0, 5), day("a", 1, 0), day("a", 2, 0), day("a", 6, 0), day("b", 1, 0)]
    rows, first = hole_rows(days, ABOUT)
    assert [(row["queue"], row["days_without_calls"]) for row in rows] == [
        ("a", 2)
    ]  # day 6 is to come
    assert first is not None
    assert first.at == MONDAY + DAY
    assert hole_rows(days, ABOUT, (MONDAY, MONDAY + DAY)) == ([], None)  # the archive ends there


def test_books_that_do_not_balance_are_said_to_be_that() -> None:
    found = Complete(10, (), (), (), None)
    assert section(found, None, 10, ABOUT).sentences[0].name == "books_balance"
    assert section(found, None, 9, ABOUT).sentences[0].text == (
        "The books do not balance: 10 calls came or were refused, and 9 are in the steps of the table of losses."
    )


def test_what_is_in_quarantine_is_counted() -> None:
    found = Complete(
        0, (), ({"quarantined_for": "bad_row", "source": "x", "records": 3},), (), None
    )
    said = [each.text for each in section(found, None, 0, ABOUT).sentences]
    assert "3 records that came in this week could not be counted: they are in quarantine." in said


def test_silent_queues_and_sources_that_were_away_are_said() -> None:
    found = Complete(0, (), (), (), None)
    assert "may_be_missing" not in [each.name for each in section(found, None, 0, ABOUT).sentences]
    (said,) = [
        each.text
        for each in section(replace(found, silent=2, away=1), None, 0, ABOUT).sentences
        if each.name == "may_be_missing"
    ]
    assert "2 times a queue was silent" in said
    assert "1 times a source told nothing" in said


def test_books_that_differ_are_said_on_page_one() -> None:
    found = Complete(10, (), (), (), None)
    assert said_first(section(found, None, 10, ABOUT)) == ()
    (said,) = said_first(section(found, None, 9, ABOUT))
    assert said.text.startswith("The books do not balance")


def test_a_paper_whose_books_differ_or_that_knows_nothing_does_not_go_out() -> None:
    differ = Section("completeness", sentences=(sentence("books_differ", counted=7, in_steps=8),))
    paper = made_paper()
    whole = replace(
        paper, sections=(*paper.sections, Section("completeness", sentences=(sentence("no_hole"),)))
    )
    assert problem_of(whole) == ""
    assert "7" in problem_of(replace(paper, sections=(*paper.sections, differ)))
    nothing = replace(
        paper, sections=(Section("short", sentences=(sentence("no_data", "month"),)),)
    )
    assert problem_of(nothing) == "The archive has no data of this month, nor of any other."


def test_facts_of_calls_that_were_deleted_before_are_said() -> None:
    found = Complete(0, (), (), (), None, too_late=TooLate(2, 3, MONDAY, MONDAY + 4 * DAY))
    assert (
        "Facts that came after the calls of their days were deleted are not counted: days 3, queues 2."
        in [each.text for each in section(found, None, 0, ABOUT).sentences]
    )


def test_facts_that_are_not_counted_yet_are_said_on_page_one_and_hold_the_paper_back() -> None:
    """The books of what is counted balance."""
    found = Complete(10, (), (), (), None, uncounted=Uncounted(7, 2, MONDAY + DAY))
    complete = section(found, None, 10, ABOUT)
    (said,) = said_first(complete)
    assert said.text.startswith("Calls are counted until ")
    assert "7 later facts are in the archive and not counted yet" in said.text
    paper = made_paper()
    assert problem_of(replace(paper, sections=(*paper.sections, complete))) == said.text
