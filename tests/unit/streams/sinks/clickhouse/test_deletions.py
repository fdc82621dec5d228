"""What is noted of a deletion; that the notes are right is tried on both databases."""

import re

from schemas.newest_legs import LEGS_DELETED
from schemas.tables import TABLES
from streams.sinks.clickhouse.deletions import MOMENTS, Deleted, note_deletion, read_deleted
from streams.sinks.clickhouse.purge import TIME_OF_ROW
from tests.support.fake_archive import FakeArchive


def test_moments_are_columns_of_their_tables() -> None:
    assert MOMENTS.keys() < TIME_OF_ROW.keys()
    for table, moments in MOMENTS.items():
        for expression in moments.values():
            assert set(re.findall(r"\w+_ms", expression)) <= set(TABLES[table]), table


def test_the_oldest_server_compares_two_moments_at_once() -> None:
    for moments in MOMENTS.values():
        for expression in moments.values():
            inner = re.sub(r"ifNull\([^()]*(?:\([^()]*\))?[^()]*\)", "x", expression)
            while found := re.search(r"greatest\(([^()]*)\)", inner):
                assert found[1].count(",") == 1, expression
                inner = inner.replace(found[0], "x")


def test_each_moment_has_a_note_if_there_is_a_row() -> None:
    archive = FakeArchive()
    note_deletion(archive, "legs", "key_at < 5", 77)
    assert len(archive.asked) == len(MOMENTS["legs"])
    assert all("FROM legs WHERE key_at < 5 HAVING count() > 0" in sql for sql in archive.asked)
    assert all("toUInt64(77) AS covers" in sql for sql in archive.asked)
    note_deletion(archive, "deliveries", "1", 77)  # of which no question asks
    assert len(archive.asked) == len(MOMENTS["legs"])


def test_a_note_is_read_with_its_time_if_that_is_known() -> None:
    row = {"until_ms": 9, "noted_ms": 77, "is_noted": 1}
    assert read_deleted(FakeArchive(queue_days=[row]), "legs", "arrival") == Deleted("legs", 9, 77)
    former = row | {"is_noted": 0}
    assert read_deleted(FakeArchive(queue_days=[former]), "legs", "arrival") == Deleted(
        "legs", 9, None
    )
    assert read_deleted(FakeArchive(), "legs", "arrival") is None


def test_a_former_release_noted_which_days_it_closed_and_no_other_table() -> None:
    archive = FakeArchive()
    for table in ("legs", "leg_versions"):
        read_deleted(archive, table, "arrival")
    assert ["'closed'" in sql for sql in archive.asked] == [True, False]


def test_boards_ask_for_the_same_notes() -> None:
    """A board of another name would show what is left of deleted calls."""
    archive = FakeArchive()
    read_deleted(archive, "legs", "arrival")
    assert all(f"'{kind}'" in archive.asked[0] for kind in LEGS_DELETED)
