"""Who may write a note from the board, about what, and with which times."""

from typing import Any

import pytest

from dashboards.access.rights import Grant, Principal
from dashboards.wallboard.note_order import AddNote, NoteRefused, note_of
from schemas.millis import from_iso
from schemas.notes import Note
from schemas.roles import Role
from tests.support.builders import targets

NOW = from_iso("2026-10-05T12:00:00Z")
KNOWN = [
    targets("bursts", centre="pipes", department="water"),
    targets("pay", centre="shared", department="staff"),
    targets("leaks", centre="shared", department="water"),
]


def ann(role: Role, *departments: str) -> Principal:
    return Principal("Ann", (Grant(role, frozenset(departments) or None),), "session")


def written(who: Principal, **given: Any) -> Note | NoteRefused:
    told = {
        "kind": "incident",
        "text": " a main ",
        "since": "2026-10-05T08:00",
        "until": "2026-10-05T11:00",
    }
    return note_of(AddNote(**told | given), who, KNOWN, "Africa/Johannesburg", NOW, "3fa9aa")


def test_a_note_is_in_the_name_of_who_is_logged_in_and_on_the_default_clock() -> None:
    assert written(ann("supervisor", "water"), queue="bursts") == Note(
        note_id="20261005-120000-3fa9aa", who="Ann", at=NOW, kind="incident",
        start=from_iso("2026-10-05T06:00:00Z"), end=from_iso("2026-10-05T09:00:00Z"), text="a main",
        queues=("bursts",),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("who", "given", "code"),
    [
        (ann("supervisor", "water"), {"department": "water"}, None),
        (ann("supervisor", "water"), {"centre": "pipes"}, None),
        (ann("supervisor", "water"), {"centre": "shared"}, "not_allowed"),  # staff has queues there
        (ann("supervisor"), {"centre": "shared"}, None),
        (ann("supervisor"), {}, None),
        (ann("supervisor", "water"), {}, "not_allowed"),
        (ann("viewer"), {"queue": "bursts"}, "not_allowed"),
        (ann("supervisor", "water"), {"department": "staff"}, "no_such_place"),
        (ann("supervisor"), {"queue": "none"}, "no_such_place"),
        (ann("supervisor"), {"queue": "pay", "centre": "shared"}, "no_such_place"),
        (ann("supervisor"), {"text": "call 0313111111"}, "bad_text"),
        (ann("supervisor"), {"since": "yesterday"}, "bad_time"),
        (ann("supervisor"), {"until": "2026-10-05T08:00"}, "bad_time"),
        (ann("supervisor"), {"until": "2026-10-05T11:00+02:00"}, None),
    ],
)
def test_a_note_needs_the_right_for_all_that_it_is_about(
    who: Principal, given: dict[str, str], code: str | None
) -> None:
    made = written(who, **given)
    assert (made.code if isinstance(made, NoteRefused) else None) == code
