"""A publication as rows, and back: what history reads is what was published."""

from base64 import b64decode

from msgspec.structs import replace

from schemas.codec import encode
from schemas.publications import packed_file
from schemas.tables import TABLES
from streams.history.publications import read_publications, with_figures
from streams.sinks.clickhouse.publication_rows import figure_rows, file_rows, publication_row
from streams.sinks.clickhouse.records import Source, rows_of
from tests.support.fake_archive import FakeArchive
from tests.support.published import END, REPORT, publication

ONE = publication(REPORT)


def test_a_publication_is_read_back_as_it_was_written() -> None:
    row = dict(zip(TABLES["publications"], publication_row(ONE, END), strict=True))
    archive = FakeArchive(publications=[row])
    (head,) = read_publications(archive)
    assert with_figures(archive, head) == ONE


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


def test_a_file_is_kept_to_the_byte_and_one_that_was_changed_is_not() -> None:
    file = packed_file(ONE.publication_id, END, "zu.pdf", b"%PDF \xff\x00")
    (row,) = file_rows(file)
    named = dict(zip(TABLES["published_files"], row, strict=True))
    assert b64decode(named["body"]) == b"%PDF \xff\x00"
    assert (named["name"], named["size"], named["sha256"]) == ("zu.pdf", 7, file.sha256)
    assert file_rows(replace(file, sha256="0" * 64)) == []
