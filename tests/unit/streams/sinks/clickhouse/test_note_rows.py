"""Records of topic `notes` as rows, and back: what history reads is what was written."""

from typing import Any

from schemas.codec import encode
from schemas.notes import ActionDone, AnyNoteRecord, Note, NoteWithdrawn, written
from schemas.tables import TABLES
from streams.history.notes import read_notes
from streams.sinks.clickhouse.note_rows import note_row
from streams.sinks.clickhouse.records import Source, rows_of
from tests.support.fake_archive import FakeArchive

NOON = 1_791_201_600_000
RECORDS: tuple[AnyNoteRecord, ...] = (
    Note(
        note_id="n1", who="Ann", at=NOON + 1, kind="action", start=NOON, end=NOON + 7, text="more agents",
        queues=("billing",), centres=("money",), departments=("treasury", "water"),
    ),
    NoteWithdrawn(note_id="n1", who="Bo", at=NOON + 2, because="not decided"),
    ActionDone(note_id="n1", who="Cy", at=NOON + 3, how="hired"),
)  # fmt: skip


def as_row(record: AnyNoteRecord) -> dict[str, Any]:
    return dict(zip(TABLES["notes"], note_row(record, NOON + 9), strict=True))


def test_a_record_is_read_back_as_it_was_written() -> None:
    archive = FakeArchive(notes=[as_row(each) for each in RECORDS])
    assert read_notes(archive) == written(RECORDS)


def test_the_row_has_the_time_of_the_broker() -> None:
    row = as_row(RECORDS[0])
    assert (row["at"], row["at_ms"], row["known_at_ms"]) == (NOON // 1000, NOON + 1, NOON + 9)


def test_the_archive_makes_a_row_of_each_record_of_the_topic() -> None:
    source = Source("notes", 0, 5, NOON + 9, b"n1", encode(RECORDS[0]))
    assert rows_of(source) == [("notes", note_row(RECORDS[0], NOON + 9))]
