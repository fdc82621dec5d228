"""Actions are carried until they are done; published figures by whoever keeps them."""

from msgspec.structs import replace

from schemas.millis import DAY
from schemas.notes import ActionDone, Note, NoteKind, WrittenNote
from streams.history.catalogue import Catalogue
from streams.history.language import ENGLISH, language_of
from streams.history.paper import Section
from streams.history.papers.asked import asked
from streams.history.papers.carried import Carried, PublishedFigure, actions, published
from streams.history.papers.shown import shown
from streams.history.period import period_of
from tests.support.builders import MONDAY, targets
from tests.support.papers import made_paper

ABOUT = asked(
    period_of("month", "2026-03", "UTC"),
    Catalogue("UTC", {"billing": targets("billing")}),
    None,
    MONDAY + 60 * DAY,
    None,
)


def note(id_: str, kind: NoteKind, start: int, end: int, done: int | None = None) -> WrittenNote:
    said = Note(
        note_id=id_, who="lead", at=start, kind=kind, start=start, end=end, text=f"text {id_}"
    )
    over = None if done is None else ActionDone(note_id=id_, who="lead", at=done, how="hired two")
    return WrittenNote(said, None, over)


def test_each_action_says_how_it_stands() -> None:
    notes = [
        note("late", "action", MONDAY - 60 * DAY, MONDAY - 30 * DAY),
        note("done", "action", MONDAY - 60 * DAY, MONDAY, done=MONDAY + DAY),
        note("ahead", "action", MONDAY, MONDAY + 90 * DAY),
        note("later", "action", MONDAY + 40 * DAY, MONDAY + 90 * DAY),
        note("storm", "incident", MONDAY, MONDAY + DAY),
    ]
    found = actions(notes, ABOUT)
    rows = found.tables[0].rows
    assert [(row["what"], row["stands"], row["how"]) for row in rows] == [
        ("text late", "overdue", None),
        ("text done", "done", "hired two"),
        ("text ahead", "to do", None),
    ]
    assert found.sentences[0].text == "3 promised actions are carried over, 2 of them open."
    assert actions([], ABOUT).sentences[0].name == "no_action"


def test_no_publication_and_no_change_are_two_things() -> None:
    said, _ = published(Carried())
    assert said.name == "figures_not_kept"
    # A register is kept: what is not in it is that period.
    assert "the report of the period before this one was not published" in said.text
    assert "No register" not in said.text
    assert published(Carried(()))[0].name == "no_figure_changed"
    changed = PublishedFigure("2026-02", "served", 0.8, 0.79, "share")
    said, (table,) = published(Carried((changed,)))
    assert said.text == "1 published figures are other ones now."
    assert (table.rows[0]["now"], table.rows[0]["unit"]) == (0.79, "share")


def test_a_published_figure_has_the_digits_of_its_unit_on_paper() -> None:
    changed = (
        PublishedFigure("2026-02", "bills: sl_promised", 0.629249, 0.7, "share", "calls 3"),
        PublishedFigure("2026-02", "bills: called", 1234567, 1234568, "legs", "calls 3"),
        PublishedFigure("2026-02", "bills: wait_p90_s", 182.4, None, "s", "calls 3"),
    )
    section = Section("restated", tables=published(Carried(changed))[1])
    paper = replace(made_paper(), sections=(section,))
    (found,) = shown(paper, ENGLISH).sections[0].tables
    assert [each.text for each in found.headings][2:4] == ["Published", "Now"]
    assert [row[1:4] for row in found.rows] == [
        ("bills: sl_promised", "62.9 %", "70.0 %"),
        ("bills: called", "1,234,567", "1,234,568"),
        ("bills: wait_p90_s", "182.4 s", "–"),
    ]
    (found,) = shown(paper, language_of("id")).sections[0].tables
    assert found.rows[0][2:4] == ("62,9%", "70,0%")
