"""The notes of a day on /trends: their words, their times on the page's clock, and markup that stays text."""

from msgspec.structs import replace

from dashboards.wallboard.drawing.notes import notes_of
from dashboards.wallboard.texts import texts_of
from schemas.millis import DAY, HOUR, from_iso
from schemas.notes import ActionDone, Note, written
from tests.support.past_days import days

NOW = from_iso("2026-10-05T12:00:00+02:00")
NOTE = Note(
    note_id="n1",
    who="Ann <i>",
    at=NOW,
    kind="incident",
    start=NOW - HOUR,
    end=NOW,
    text="<b>a main</b>",
)


def test_a_note_is_shown_in_whose_name_and_when() -> None:
    html = str(notes_of(replace(days(NOW), notes=tuple(written([NOTE]))), texts_of("en")))
    assert "Incident" in html
    assert "11:00 – 12:00" in html
    assert "&lt;b&gt;a main" in html
    assert "<b>" not in html
    assert "<i>" not in html


def test_an_action_says_when_it_was_done() -> None:
    action = replace(NOTE, kind="action", end=NOW + DAY)
    done = ActionDone(note_id="n1", who="Bo", at=NOW, how="hired")
    html = str(notes_of(replace(days(NOW), notes=tuple(written([action, done]))), texts_of("en")))
    assert "Promised action" in html
    assert "done 12:00" in html


def test_where_nobody_wrote_anything_nothing_is_drawn() -> None:
    assert notes_of(days(NOW), texts_of("en")) is None
