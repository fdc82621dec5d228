"""Notes: what is about whom, what holds of several records, and what a report shows."""

import pytest
from msgspec.structs import replace

from schemas.millis import DAY, HOUR, from_iso
from schemas.notes import (
    ActionDone,
    AnyNoteRecord,
    Note,
    NoteWithdrawn,
    checked_text,
    note_key,
    shown_in,
    written,
)
from tests.support.builders import targets

NOON = from_iso("2026-10-05T12:00:00Z")
BURST = Note(
    note_id="n1", who="Ann", at=NOON, kind="incident", start=NOON, end=NOON + HOUR, text="a main"
)
ACTION = replace(BURST, note_id="n2", kind="action", end=NOON + 30 * DAY, text="two agents more")
BILLING = {"billing": targets("billing", centre="money", department="treasury")}


def ids(found: list) -> list[str]:  # type: ignore[type-arg]
    return [each.note.note_id for each in found]


@pytest.mark.parametrize(
    ("about", "is_about"),
    [
        ({}, True),
        ({"queues": ("billing",)}, True),
        ({"queues": ("other",)}, False),
        ({"centres": ("money",)}, True),
        ({"departments": ("treasury",)}, True),
        ({"departments": ("water",)}, False),
        ({"queues": ("other",), "departments": ("treasury",)}, True),
    ],
)  # fmt: skip
def test_a_note_is_about_the_places_that_it_names_and_without_any_about_all(
    about: dict[str, tuple[str, ...]], *, is_about: bool
) -> None:
    note = Note(
        note_id="n", who="A", at=NOON, kind="holiday", start=NOON, end=NOON + 1, text="t", **about
    )
    assert ids(shown_in(written([note]), NOON, NOON + 1, BILLING)) == (["n"] if is_about else [])


def test_of_a_queue_that_nobody_configured_only_its_own_id_is_known() -> None:
    of_queue, of_centre = (
        replace(BURST, queues=("old",)),
        replace(BURST, note_id="n3", centres=("",)),
    )
    assert ids(shown_in(written([of_queue, of_centre]), NOON, NOON + 1, {"old": None})) == ["n1"]


@pytest.mark.parametrize(
    ("start", "end", "is_shown"),
    [
        (NOON - HOUR, NOON, False),
        (NOON - HOUR, NOON + 1, True),
        (NOON + HOUR - 1, NOON + DAY, True),
        (NOON + HOUR, NOON + DAY, False),
    ],
)
def test_a_note_stands_in_ranges_that_have_a_moment_of_it(
    start: int, end: int, *, is_shown: bool
) -> None:
    assert bool(shown_in(written([BURST]), start, end, BILLING)) == is_shown


def test_an_action_is_carried_until_it_is_done_and_stands_once_more_then() -> None:
    months = [(NOON - 30 * DAY + 30 * DAY * at, NOON + 30 * DAY * at) for at in range(6)]
    carried = [bool(shown_in(written([ACTION]), *month, BILLING)) for month in months]
    assert carried == [
        False,
        True,
        True,
        True,
        True,
        True,
    ]  # also past its day: it is late, not gone
    done = ActionDone(note_id="n2", who="Bo", at=NOON + 70 * DAY, how="hired")
    carried = [bool(shown_in(written([ACTION, done]), *month, BILLING)) for month in months]
    assert carried == [False, True, True, True, False, False]


def test_a_withdrawn_note_is_shown_no_more_and_the_first_word_holds() -> None:
    records: list[AnyNoteRecord] = [
        NoteWithdrawn(note_id="n1", who="Bo", at=NOON + 5, because="later"),
        BURST,
        NoteWithdrawn(note_id="n1", who="Ann", at=NOON + 2, because="wrong main"),
        NoteWithdrawn(note_id="unknown", who="Ann", at=NOON, because="?"),
    ]
    (found,) = written(records)
    assert found.withdrawn is not None
    assert found.withdrawn.because == "wrong main"
    assert shown_in([found], 0, 2 * NOON, BILLING) == []


def test_what_is_said_of_a_note_does_not_replace_it_in_the_topic() -> None:
    keys = {
        note_key(BURST),
        note_key(NoteWithdrawn(note_id="n1", who="A", at=1, because="x")),
        note_key(ActionDone(note_id="n1", who="A", at=1, how="x")),
    }
    assert keys == {b"n1", b"n1/withdrawn", b"n1/done"}


@pytest.mark.parametrize(
    "text", ["a main burst", "until 2026-12-01", "since 2026-12-01T08:00", "يوم عطلة"]
)
def test_an_ordinary_text_is_taken(text: str) -> None:
    assert checked_text(f"  {text} ") == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "two\nlines",
        "call 031 311 1111",
        "27313111111",
        "x" * 501,
        "2026-12-01 0821234567",
    ],
)
def test_a_text_with_a_number_or_of_several_lines_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"characters|printed|digits"):
        checked_text(text)
