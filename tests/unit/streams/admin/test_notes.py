"""What may be written: a range, places that exist, one word about each note."""

import pytest
from msgspec.structs import replace

from schemas.millis import HOUR, from_iso
from schemas.notes import ActionDone, Note, NoteWithdrawn, written
from streams.admin.broker import AdminError
from streams.admin.notes import check, done, named, note_id, withdrawal
from streams.admin.notes_text import COLUMNS, SHOWN, line
from tests.support.builders import targets

NOON = from_iso("2026-10-05T12:00:00Z")
NOTE = Note(
    note_id="n1", who="Ann", at=NOON, kind="incident", start=NOON, end=NOON + HOUR, text="a main"
)
ACTION = replace(NOTE, note_id="n2", kind="action")
KNOWN = [targets("billing", centre="money", department="treasury")]
GONE = NoteWithdrawn(note_id="n1", who="Bo", at=NOON + 1, because="no")


def test_an_id_tells_the_second_and_two_of_one_second_apart() -> None:
    assert note_id(NOON, 0x13FA9) == "20261005-120000-3fa9"


def test_a_note_about_what_there_is_is_taken() -> None:
    check(replace(NOTE, queues=("billing",), centres=("money",), departments=("treasury",)), KNOWN)
    check(NOTE, [])


@pytest.mark.parametrize(
    ("note", "problem"),
    [
        (replace(NOTE, end=NOON), "ends"),
        (replace(NOTE, queues=("biling",)), 'no queue "biling"; known: billing'),
        (replace(NOTE, centres=("x",)), 'no centre "x"; known: money'),
        (replace(NOTE, departments=("x",)), 'no department "x"; known: treasury'),
    ],
)
def test_a_note_that_nothing_would_show_is_refused(note: Note, problem: str) -> None:
    with pytest.raises(AdminError, match=problem):
        check(note, KNOWN)


def test_a_note_is_withdrawn_once_and_an_unknown_one_never() -> None:
    known = written([NOTE, ACTION, GONE])
    assert withdrawal(named(known, "n2"), "Bo", NOON, "x").note_id == "n2"
    with pytest.raises(AdminError, match="withdrawn already, by Bo"):
        named(known, "n1")
    with pytest.raises(AdminError, match='no note "n3"'):
        named(known, "n3")


def test_only_an_action_is_done_and_once() -> None:
    note, action = written([NOTE, ACTION])
    record = done(action, "Bo", NOON + 2, "hired")
    assert record == ActionDone(note_id="n2", who="Bo", at=NOON + 2, how="hired")
    with pytest.raises(AdminError, match="no promised action"):
        done(note, "Bo", NOON, "x")
    with pytest.raises(AdminError, match="done already, said by Bo"):
        done(written([ACTION, record])[0], "Cy", NOON, "x")


def test_a_line_says_all_of_a_note_and_whether_it_is_open() -> None:
    open_, gone = line(written([ACTION])[0]), line(written([NOTE, GONE])[0])
    assert (open_["state"], gone["state"], gone["because"]) == ("open", "withdrawn", "no")
    assert open_["about"] == "all"
    assert {*COLUMNS, *SHOWN} == set(open_)
