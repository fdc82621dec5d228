"""Which questions lack what was deleted; that none shows what is left is tried on both databases."""

import pytest
from msgspec.structs import replace

from schemas.millis import DAY, from_iso
from streams.history.kept import (
    LEGS,
    LEGS_BY_ITSELF,
    DeletedError,
    Reads,
    check_counted,
    check_kept,
)
from streams.history.question import HistoryError, Question
from tests.support.fake_archive import FakeArchive

UNTIL = from_iso("2026-05-05T07:00:00Z")
PURGED = from_iso("2026-06-01T03:00:00Z")
BEFORE = Question(UNTIL - DAY, UNTIL + DAY)
AFTER = Question(UNTIL, UNTIL + DAY)


def archive(is_noted: int = 1) -> FakeArchive:
    return FakeArchive(
        queue_days=[{"until_ms": UNTIL, "noted_ms": PURGED, "is_noted": is_noted}],
        targets=[{"default_zone": "Asia/Tokyo"}],
    )


def test_a_question_says_what_was_deleted_and_when() -> None:
    with pytest.raises(HistoryError) as refused:
        LEGS.check(archive(), BEFORE)
    assert str(refused.value).startswith(
        "no value: calls of before 2026-05-05T16:00:00+09:00 were deleted on 2026-06-01 (archive --keep, archive purge), and"
    )
    assert "summary" in str(refused.value)  # what still has its figures
    with pytest.raises(DeletedError, match=r"events of before \S+ were deleted \(archive"):
        Reads("events", "known").check(
            archive(is_noted=0), BEFORE
        )  # a former release did not note when


def test_nothing_is_lacking_after_it_or_where_nothing_was_deleted() -> None:
    LEGS.check(archive(), AFTER)
    LEGS.check(FakeArchive(), BEFORE)
    assert LEGS.deleted(FakeArchive(), BEFORE) is None
    with pytest.raises(DeletedError):
        replace(LEGS, earlier_ms=1).check(archive(), AFTER)


def test_as_it_was_known_then_is_read_of_versions() -> None:
    for question in (replace(AFTER, as_of=1), replace(AFTER, live_below=1)):
        asked = archive()
        LEGS.check(asked, question)
        assert "deleted leg_versions arrival" in asked.asked[0]
    asked = archive()
    LEGS.check(asked, AFTER)
    assert "deleted legs arrival" in asked.asked[0]


def test_what_a_report_decides_itself_is_left_to_it() -> None:
    check_kept(archive(), BEFORE, (LEGS_BY_ITSELF,))
    with pytest.raises(DeletedError):
        check_kept(archive(), BEFORE, (LEGS_BY_ITSELF, LEGS))
    only = replace(LEGS, when=lambda question: question.from_legs)
    check_kept(archive(), BEFORE, (only,))
    with pytest.raises(DeletedError):
        check_kept(archive(), replace(BEFORE, from_legs=True), (only,))


def test_what_is_counted_as_it_happened_needs_legs_that_left_later() -> None:
    asked = archive()
    check_counted(asked, replace(AFTER, basis="event"))
    assert "deleted legs event" in asked.asked[0]
