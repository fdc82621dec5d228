"""Notes on both databases: read back as they were written, as of an earlier time, and in the report of their month."""

from collections.abc import Iterator

import pytest

from schemas.millis import DAY, HOUR, from_iso
from schemas.notes import ActionDone, AnyNoteRecord, Note, NoteWithdrawn, written
from schemas.past_figures import PastAsked
from schemas.periods import period_of
from streams.history.catalogue import read_catalogue
from streams.history.months import Range
from streams.history.notes import notes_in, read_notes
from streams.history.past_figures import past_figures
from streams.history.question import Question
from streams.history.reports.month import month_paper
from streams.sinks.clickhouse.database import Database
from streams.sinks.clickhouse.note_rows import note_row
from tests.integration.archive.databases import KINDS, keep, keep_targets, opened
from tests.support.builders import published, targets
from tests.support.services import ClickHouse

FIRST = from_iso("2026-10-01T00:00:00Z")
NOON = FIRST + 12 * HOUR
OCTOBER = Range(FIRST, FIRST + 31 * DAY)
NOVEMBER = Range(OCTOBER.end, OCTOBER.end + 30 * DAY)
DONE_AT = NOVEMBER.start + DAY


def note(id_: str, kind: str, text: str, **about: tuple[str, ...]) -> Note:
    return Note(
        note_id=id_, who="Ann", at=NOON, kind=kind, start=NOON, end=NOON + HOUR, text=text, **about  # type: ignore[arg-type]
    )  # fmt: skip


RECORDS: tuple[tuple[AnyNoteRecord, int], ...] = (
    (note("1", "incident", "a main 'burst'\\ <b>", departments=("water",)), NOON),
    (note("2", "action", "more agents", queues=("bursts", "other")), NOON + 1),
    (note("3", "holiday", "not here", centres=("elsewhere",)), NOON + 2),
    (note("4", "planned", "wrong"), NOON + 3),
    (NoteWithdrawn(note_id="4", who="Ann", at=NOON + 4, because="wrong day"), NOON + HOUR),
    (ActionDone(note_id="2", who="Bo", at=DONE_AT, how="hired"), DONE_AT),
)


@pytest.fixture(params=KINDS)
def archive(
    request: pytest.FixtureRequest,
    clickhouse_server: ClickHouse,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Database]:
    with opened(request.param, tmp_path_factory.mktemp("notes"), clickhouse_server) as database:
        keep_targets(database, published(targets("bursts", department="water")))
        keep(database, "notes", [note_row(*each) for each in RECORDS])
        keep(database, "notes", [note_row(*RECORDS[0])])  # the archive began again
        yield database


def ids(archive: Database, range_: Range, as_of: int | None = None) -> list[str]:
    catalogue = read_catalogue(archive, NOON)
    return [each.note.note_id for each in notes_in(archive, catalogue, range_, ["bursts"], as_of)]


def test_notes_are_read_back_as_they_were_written(archive: Database) -> None:
    assert read_notes(archive) == written(record for record, _ in RECORDS)


def test_a_range_has_its_notes_and_carries_what_was_promised(archive: Database) -> None:
    assert ids(archive, OCTOBER) == ["1", "2"]
    assert ids(archive, NOVEMBER) == ["2"]
    assert ids(archive, Range(NOVEMBER.end, NOVEMBER.end + DAY)) == []


def test_as_of_an_earlier_time_what_was_known_then(archive: Database) -> None:
    assert ids(archive, OCTOBER, NOON) == ["1"]
    assert ids(archive, OCTOBER, NOON + 10) == ["1", "2", "4"]  # nobody had withdrawn it


def test_the_page_of_the_past_has_them_under_numbers(archive: Database) -> None:
    def shown(when: str, *queues: str) -> list[tuple[object, ...]]:
        told = past_figures(archive, PastAsked("notes", period_of(when), queues), NOVEMBER.end)
        return [(row["number"], row["planned"], row["reason"], row["about"], row["owner"]) for row in told.rows]  # fmt: skip

    assert shown("2026-10", "bursts") == [
        (
            1,
            "action",
            "more agents",
            "Bursts",
            "Ann",
        ),  # and not "other", which is no queue of the question
        (2, "incident", "a main 'burst'\\ <b>", "water", "Ann"),
    ]
    assert shown("2026-10-02", "bursts") == []
    assert shown("2026-11", "bursts") == []
    assert shown("2026-10", "other") == []


def test_the_report_of_the_month_has_them(archive: Database) -> None:
    question = Question(OCTOBER.start, OCTOBER.end, now=NOVEMBER.end)
    found = month_paper(archive, read_catalogue(archive, NOON), question).found()
    shown = [(row["note"], row["text"], row["how"]) for row in found.rows[-1]]
    assert shown == [("1", "a main 'burst'\\ <b>", None), ("2", "more agents", "hired")]
