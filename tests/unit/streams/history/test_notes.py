"""Notes of a range from the archive, and the rows of a report that are made of them."""

from msgspec.structs import replace

from schemas.millis import DAY, HOUR, from_iso
from schemas.notes import ActionDone, Note, written
from schemas.tables import TABLES
from streams.history.catalogue import Catalogue
from streams.history.months import Range
from streams.history.notes import PART, note_row, notes_in, read_notes
from streams.sinks.clickhouse.note_rows import note_row as archived
from tests.support.builders import targets
from tests.support.fake_archive import FakeArchive

NOON = from_iso("2026-10-05T12:00:00Z")
NOTE = Note(
    note_id="n1", who="Ann", at=NOON, kind="incident", start=NOON, end=NOON + HOUR, text="a main",
    centres=("money",),
)  # fmt: skip
CATALOGUE = Catalogue("Africa/Johannesburg", {"billing": targets("billing", centre="money")})
OCTOBER = Range(NOON - 4 * DAY, NOON + 26 * DAY)


def archive(*notes: Note) -> FakeArchive:
    rows = [dict(zip(TABLES["notes"], archived(each, NOON), strict=True)) for each in notes]
    return FakeArchive(notes=rows)


def test_notes_are_those_of_the_range_and_of_the_queues() -> None:
    later = replace(NOTE, note_id="n2", start=NOON + 30 * DAY, end=NOON + 31 * DAY)
    both = archive(NOTE, later)
    found = notes_in(both, CATALOGUE, OCTOBER, ["billing"])
    assert [each.note.note_id for each in found] == ["n1"]
    assert notes_in(both, CATALOGUE, OCTOBER, ["other"]) == []


def test_as_of_an_earlier_time_only_what_was_known_then_is_asked_for() -> None:
    asked = archive(NOTE)
    read_notes(asked, NOON)
    assert f"known_at_ms <= {NOON}" in asked.asked[0]


def test_a_row_has_a_value_for_every_column_on_the_clock_of_the_report() -> None:
    action = replace(NOTE, kind="action")
    (found,) = written([action, ActionDone(note_id="n1", who="Bo", at=NOON + DAY, how="hired")])
    row = note_row(found, "Africa/Johannesburg")
    assert set(row) == set(PART.names())
    assert (row["from"], row["about"], row["how"]) == (
        "2026-10-05T14:00:00+02:00",
        "money",
        "hired",
    )
    assert note_row(written([NOTE])[0], "UTC")["done_at"] is None
