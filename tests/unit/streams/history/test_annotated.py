"""What has a number on charts: notes and days of `queues.toml`, by their begin, of the asked queues alone."""

from schemas.maintenance import MaintenanceWindow
from schemas.millis import DAY, HOUR
from schemas.notes import Note, NoteKind, NoteWithdrawn, WrittenNote
from schemas.opening import DatedSpan, Opening
from schemas.targets import Targets
from streams.history.annotated import annotated
from streams.history.months import Range
from streams.history.report import Row
from tests.support.builders import MONDAY, targets  # 2026-03-02

MARCH = Range(MONDAY - DAY, MONDAY + 30 * DAY)


def noted(
    id_: str, start: int, end: int, kind: NoteKind = "incident", *queues: str, gone: bool = False
) -> WrittenNote:
    note = Note(note_id=id_, who="Ann", at=start, kind=kind, start=start, end=end, text=id_, queues=queues)  # fmt: skip
    return WrittenNote(note, NoteWithdrawn(note_id=id_, who="Bo", at=end, because="no") if gone else None)  # fmt: skip


def of(queue: str, **more: object) -> Targets:
    return targets(queue, **more)


def rows(*notes: WrittenNote, queues: tuple[Targets, ...] = (), range_: Range = MARCH) -> list[Row]:
    known = {each.queue: each for each in queues or (of("a"), of("b"))}
    return annotated(notes, known, range_, "UTC")


def test_numbers_are_by_the_begin() -> None:
    found = rows(noted("later", MONDAY + 5 * HOUR, MONDAY + 6 * HOUR), noted("first", MONDAY, MONDAY + HOUR))  # fmt: skip
    assert [(row["number"], row["reason"], row["began"]) for row in found] == [
        (1, "first", "2026-03-02T00:00:00+00:00"), (2, "later", "2026-03-02T05:00:00+00:00"),
    ]  # fmt: skip


def test_a_day_of_the_file_stands_once_with_its_queues() -> None:
    opening = Opening(holidays=("2026-03-21", "2026-06-16"), exceptions=(DatedSpan("2026-03-20", 480, 720),))  # fmt: skip
    queues = (
        of("a", opening=opening),
        of("b", opening=opening, maintenance=(MaintenanceWindow("2026-03-05", 0, 60, "PBX"),)),
    )
    found = [(row["planned"], str(row["began"])[:10], row["reason"], row["about"]) for row in rows(queues=queues)]  # fmt: skip
    assert found == [
        ("maintenance", "2026-03-05", "PBX", queues[1].name),
        ("other hours", "2026-03-20", None, None),  # None: all of them
        ("holiday", "2026-03-21", None, None),
    ]


def test_of_queues_that_are_not_asked_nothing_is_told() -> None:
    both = noted("both", MONDAY, MONDAY + HOUR, "incident", "a", "secret")
    other = noted("other", MONDAY, MONDAY + HOUR, "incident", "secret")
    (row,) = rows(both, other, queues=(of("a"),))
    assert row["reason"] == "both"
    assert "secret" not in str(row)


def test_what_was_withdrawn_or_lies_outside_is_not_there() -> None:
    assert rows(noted("gone", MONDAY, MONDAY + HOUR, gone=True)) == []
    assert rows(noted("after", MARCH.end, MARCH.end + HOUR), noted("before", MARCH.start - HOUR, MARCH.start)) == []  # fmt: skip


def test_an_action_is_marked_in_the_period_of_its_promise_alone() -> None:
    assert [row["planned"] for row in rows(noted("here", MONDAY, MONDAY + 90 * DAY, "action"))] == ["action"]  # fmt: skip
    assert rows(noted("before", MARCH.start - DAY, MONDAY + 90 * DAY, "action")) == []
