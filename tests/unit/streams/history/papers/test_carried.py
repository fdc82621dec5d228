"""Actions are carried until they are done; published figures by whoever keeps them."""

from schemas.millis import DAY
from schemas.notes import ActionDone, Note, NoteKind, WrittenNote
from streams.history.catalogue import Catalogue
from streams.history.papers.asked import asked
from streams.history.papers.carried import Carried, PublishedFigure, actions, published
from streams.history.period import period_of
from tests.support.builders import MONDAY, targets

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
    said, (table,) = published(Carried((PublishedFigure("2026-02", "served", "80 %", "79 %"),)))
    assert said.text == "1 published figures are other ones now."
    assert table.rows[0]["now"] == "79 %"
