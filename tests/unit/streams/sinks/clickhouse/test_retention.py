"""How long tables keep their rows: as it is typed, and no shorter than Kafka may bring them again."""

import pytest

from schemas.millis import DAY
from schemas.tables import TABLES as ALL
from streams.sinks.clickhouse.retention import TABLES, read_keeping, said, shortest


def test_every_table_but_those_kept_for_ever_can_be_named_with_a_column_of_its_own() -> None:
    assert ALL.keys() - TABLES.keys() == {
        "targets",
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
    assert [table for table, column in TABLES.items() if column not in ALL[table]] == []


def test_what_is_typed_is_read_and_said() -> None:
    keeping = read_keeping(["events=90d", "audit=800d"])
    assert keeping == {"events": 90 * DAY, "audit": 800 * DAY}
    assert said(keeping) == "events 90 days, audit 800 days, all else for ever"
    assert said(read_keeping([])) == "all for ever"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (["targets=90d"], 'no table "targets"'),
        (["events"], 'got ""'),
        (["events=soon"], 'got "soon"'),
        (["events=90d", "events=91d"], "named twice"),
        (["events=30d"], "events can be kept for 31 days at least"),
        (["audit=365d"], "audit can be kept for 366 days at least"),
    ],
)
def test_a_mistake_is_one_line(typed: list[str], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read_keeping(typed)


def test_the_shortest_is_longer_than_any_topic_of_the_table() -> None:
    assert shortest("legs") == 31 * DAY
    assert shortest("audit") == 366 * DAY
