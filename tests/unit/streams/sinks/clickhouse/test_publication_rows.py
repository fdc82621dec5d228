"""A publication as rows, and back: what history reads is what was published."""

from msgspec.structs import replace

from schemas.codec import encode
from schemas.tables import TABLES
from streams.history.publications import read_publications
from streams.sinks.clickhouse.publication_rows import figure_rows, publication_row
from streams.sinks.clickhouse.records import Source, rows_of
from tests.support.fake_archive import FakeArchive
from tests.support.published import END, REPORT, publication

ONE = publication(REPORT)


def test_a_publication_is_read_back_as_it_was_written() -> None:
    row = dict(zip(TABLES["publications"], publication_row(ONE, END), strict=True))
    assert read_publications(FakeArchive(publications=[row])) == [ONE]


def test_each_figure_is_a_row() -> None:
    rows = [dict(zip(TABLES["published_figures"], row, strict=True)) for row in figure_rows(ONE)]
    assert [(row["group_name"], row["figure"], row["value"]) for row in rows] == [
        ("water", "called", 120.0),
        ("water", "share", 0.8),
        ("staff", "called", 0.0),
        ("staff", "share", None),
    ]


def test_of_a_forged_one_no_figure_is_told_but_the_record_is_kept() -> None:
    forged = replace(ONE, digest="0" * 64)
    source = Source("publications", 0, 5, END, b"month-2026-10-1", encode(forged))
    assert rows_of(source) == [("publications", publication_row(forged, END))]
