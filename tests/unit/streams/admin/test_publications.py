"""The ledger of publications as its topic tells it."""

from typing import Any

import pytest
from msgspec.structs import replace

from schemas.codec import decode_as, encode
from schemas.millis import DAY
from schemas.publications import (
    KeptFile,
    NotAsPublishedError,
    PublicationRecord,
    packed_file,
    publication_id,
    publication_key,
)
from streams.admin import broker, publications
from streams.admin.broker import AdminError
from streams.admin.publications import COLUMNS, SHOWN, Register, line, write
from streams.admin.topic_table import LARGEST_RECORD
from tests.support.published import END, REPORT, publication

FIRST = publication(REPORT)
SECOND = replace(FIRST, publication_id="month-2026-10-2", edition=2)
PDF = packed_file(FIRST.publication_id, FIRST.published_at, "zu.pdf", b"%PDF-1.7 \xff")
WITH_FILE = replace(FIRST, files=(KeptFile(PDF.name, PDF.size, PDF.sha256),))


def test_publications_come_by_period_and_edition() -> None:
    assert Register.of([SECOND, FIRST]).publications == [FIRST, SECOND]


def test_one_is_found_by_its_id() -> None:
    known = Register.of([FIRST, SECOND])
    assert known.named("month-2026-10-2") is SECOND
    with pytest.raises(AdminError, match='no publication "x"'):
        known.named("x")


def test_a_file_comes_back_to_the_byte_through_its_record() -> None:
    kind: Any = PublicationRecord
    read = Register.of(decode_as(kind, encode(each)) for each in (PDF, WITH_FILE))
    assert read.publications == [WITH_FILE]
    assert read.file(WITH_FILE, "zu.pdf") == b"%PDF-1.7 \xff"
    assert [*read.wrong()] == []


def test_what_was_not_published_is_said_with_what_was() -> None:
    with pytest.raises(AdminError, match=r"was not published as en.pdf, but as zu.pdf"):
        Register.of([PDF, WITH_FILE]).file(WITH_FILE, "en.pdf")
    with pytest.raises(AdminError, match="its figures alone were kept"):
        Register.of([FIRST]).file(FIRST, "en.pdf")


def test_a_file_that_is_gone_or_changed_is_named() -> None:
    assert [*Register.of([WITH_FILE]).wrong()] == ["file zu.pdf of month-2026-10-1 is gone"]
    forged = replace(packed_file(FIRST.publication_id, 0, "zu.pdf", b"other"), sha256=PDF.sha256)
    (said,) = Register.of([forged, WITH_FILE]).wrong()
    assert "has digest" in said
    with pytest.raises(NotAsPublishedError):
        Register.of([forged, WITH_FILE]).file(WITH_FILE, "zu.pdf")


def test_of_two_that_publish_at_once_each_keeps_its_files() -> None:
    other = packed_file(FIRST.publication_id, FIRST.published_at, "zu.pdf", b"%PDF-1.7 of another")
    assert len({publication_key(each) for each in (PDF, other, FIRST)}) == 3
    assert Register.of([PDF, other, WITH_FILE]).file(WITH_FILE, "zu.pdf") == b"%PDF-1.7 \xff"


def test_files_are_written_before_what_names_them_and_none_that_is_too_large(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keys: list[bytes] = []
    monkeypatch.setattr(publications, "read_since", lambda *_: Register())
    monkeypatch.setattr(broker, "write", lambda _, __, key, ___: keys.append(key))
    write("kafka", "", WITH_FILE, [PDF])
    assert keys == [publication_key(PDF), publication_key(WITH_FILE)]
    large = replace(PDF, body=bytes(LARGEST_RECORD))
    with pytest.raises(AdminError, match="nothing was published"):
        write("kafka", "", WITH_FILE, [PDF, large])
    assert len(keys) == 2


def test_who_asks_what_is_published_holds_no_files(monkeypatch: pytest.MonkeyPatch) -> None:
    stands = [
        broker.Record(0, publication_key(PDF), encode(PDF)),
        broker.Record(1, publication_key(WITH_FILE), encode(WITH_FILE)),
    ]
    kept: list[bytes] = []
    since: list[int | None] = []

    def read_whole(*_: Any, key: Any, since_ms: int | None) -> list[broker.Record]:
        since.append(since_ms)
        found = [each for each in stands if key(each.key)]
        kept[:] = [each.key or b"" for each in found]
        return found

    monkeypatch.setattr(publications, "read_whole", read_whole)
    assert publications.read_since("kafka", "", END).publications == [WITH_FILE]
    assert kept == [publication_key(WITH_FILE)]
    assert publications.read("kafka", "").file(WITH_FILE, "zu.pdf") == b"%PDF-1.7 \xff"
    # Nothing is published before it is over: what the broker had a day before need not be fetched.
    assert since == [END - DAY, None]


def test_a_publication_is_written_after_a_look_at_those_of_its_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[int] = []

    def read_since(_: str, __: str, end: int) -> Register:
        asked.append(end)
        return Register.of([FIRST])

    monkeypatch.setattr(publications, "read_since", read_since)
    with pytest.raises(publications.NotPublishableError, match="was published at"):
        write("kafka", "", FIRST, [])
    assert asked == [FIRST.end]


def test_what_nobody_could_read_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would be said to be published, never be listed, and be published again each time."""
    written: list[bytes] = []
    monkeypatch.setattr(publications, "read_since", lambda *_: Register())
    monkeypatch.setattr(broker, "write", lambda *given: written.append(given[2]))
    department = "w" * 190
    id_ = publication_id("month", "2026-10", 1, department)
    with pytest.raises(publications.NotPublishableError, match=r"length <= 200.*nothing was publi"):
        write("kafka", "", replace(FIRST, publication_id=id_, department=department), [PDF])
    assert written == []
    write("kafka", "", FIRST, [PDF])
    assert len(written) == 2


def test_departments_stand_apart() -> None:
    water = replace(FIRST, publication_id="month-2026-10-water-1", department="water")
    assert Register.of([water, SECOND, FIRST]).publications == [FIRST, SECOND, water]
    assert line(water)["department"] == "water"


def test_a_line_has_every_column() -> None:
    assert set(COLUMNS) == set(line(FIRST))
    assert set(SHOWN) <= set(COLUMNS)
    assert line(WITH_FILE)["files"] == "zu.pdf"
