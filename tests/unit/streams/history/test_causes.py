"""The record that made a version is found by queue, append time and offset."""

from schemas.topics import version_of
from streams.history.causes import NOT_ARCHIVED, TARGETS, Cause, causes
from tests.support.fake_archive import FakeArchive


def version(offset: int, at: int = 5_000) -> dict[str, object]:
    return {"queue": "billing", "known_at_ms": at, "version": version_of(1, offset)}


def test_what_no_record_says_is_told_apart() -> None:
    (found,) = causes(FakeArchive(), [version(7)])
    assert found == Cause(NOT_ARCHIVED, 7)
    assert causes(FakeArchive(), []) == []


def test_new_targets_are_no_record() -> None:
    by_targets = {**version(7), "version": version_of(1, 7) + 1}
    archive = FakeArchive()
    (found,) = causes(archive, [by_targets])
    assert found.type == TARGETS
    assert archive.asked == []
