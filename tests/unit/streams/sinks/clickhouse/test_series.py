"""The series of the archive process: all that the table gives it, and none without a value."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from schemas.deliveries import DeliveryCounts
from schemas.series import SERIES
from streams.plumbing.families import exposition
from streams.sinks.clickhouse.series import ArchiveCollector, ComparedDay
from streams.sinks.clickhouse.status import StatusRecorder
from tests.support.deliveries import begun_delivery

COMPARED = ComparedDay("2026-03-02", 1_772_409_600.0, {"billing": 3})


def status() -> StatusRecorder:
    found = StatusRecorder()
    found.inserted("minutes", 12, 0.5, now=10.0)
    found.running({"legs-3": 7})
    found.refused_line("pbx", "unknown_line")
    counts = DeliveryCounts(legs=5, known=2, corrected=1, is_compared=True, refused=4)
    for _ in range(2):  # its record is read again after a restart of the group
        found.delivered(begun_delivery(counts=counts))
    return found


def text(found: StatusRecorder, compared: ComparedDay = COMPARED, now_s: float = 10.0) -> str:
    collector = ArchiveCollector(found, "1.2.3", lambda: compared, lambda: now_s)
    return exposition(list(collector.collect())).decode()


@pytest.mark.usefixtures("certificate_in_use")
def test_shows_each_series_that_the_table_gives_the_archive() -> None:
    families = list(text_string_to_metric_families(text(status())))
    samples = {sample.name: sample for family in families for sample in family.samples}
    expected = {entry.name: entry for entry in SERIES if entry.process in {"archive", "every"}}
    assert samples.keys() == expected.keys()
    for name, sample in samples.items():
        assert set(sample.labels) == set(expected[name].labels)
    assert {family.type for family in families} == {"gauge", "counter"}
    assert samples["queuewatch_lag_records"].labels == {"topic": "legs", "partition": "3"}
    assert samples["queuewatch_ready"].value == 1
    assert 'queuewatch_archive_rows_total{table="minutes"} 12.0' in text(status())
    refused = 'queuewatch_follower_refused_total{reason="unknown_line",source="pbx"} 1.0'
    assert refused in text(status())
    for result, n in (("new", 3), ("known", 1), ("corrected", 1), ("refused", 4)):
        told = f'queuewatch_delivery_legs_total{{result="{result}",source="pbx"}} {n}.0'
        assert told in text(status())
    assert 'queuewatch_reconcile_differing_figures{queue="billing"} 3.0' in text(status())


def test_before_the_first_reconciled_day_its_series_are_absent() -> None:
    assert "reconcile" not in text(status(), ComparedDay())


def test_a_database_that_is_away_is_told_with_for_how_long() -> None:
    found = status()
    assert "queuewatch_archive_blocked_seconds 0.0" in text(found)
    found.blocked("no answer", 4.0)
    assert "queuewatch_archive_blocked_seconds 6.5" in text(found, now_s=10.5)
    assert 'queuewatch_ready{process="archive"} 0.0' in text(found)
