"""Every table that grows has a time by which it is purged."""

from schemas.tables import TABLES
from streams.sinks.clickhouse.purge import PLACES_OF, TIME_OF_ROW


def test_every_table_but_the_targets_is_purged_by_a_column_of_its_own() -> None:
    assert TIME_OF_ROW.keys() == TABLES.keys() - {
        "targets",
        "audit",
        "forgotten",
        "caller_links",
        "notes",
        "publications",
        "published_figures",
        "published_files",
        "scheduled_reports",
        "queue_days",
        "quarter_hours",
        "day_sums",
        "leg_places",
        "event_places",
    }
    assert [table for table, column in TIME_OF_ROW.items() if column not in TABLES[table]] == []


def test_places_go_with_the_rows_that_they_are_of() -> None:
    assert PLACES_OF.keys() < TIME_OF_ROW.keys()
    assert all(column in TABLES[table] for table, column, _ in PLACES_OF.values())
