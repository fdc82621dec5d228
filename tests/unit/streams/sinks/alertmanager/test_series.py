"""The series of notify: all that the table gives it."""

from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from schemas.commands import Acknowledged, MarkedFalse
from schemas.commands_book import CommandsBook
from schemas.series import SERIES
from streams.plumbing.families import exposition
from streams.sinks.alertmanager.decide import Known
from streams.sinks.alertmanager.measures import Measures, open_alerts
from streams.sinks.alertmanager.probing import Probing
from streams.sinks.alertmanager.series import NotifyCollector
from streams.sinks.alertmanager.status import NotifyStatus
from tests.support.alerts import NOON, alert


def measured() -> dict[tuple[str, ...], float]:
    """Of an alert from firing to its end, and of one that fires."""
    measures, fires = Measures(), Known(alert(), NOON, NOON)
    measures.learn(fires, is_quiet=False, is_live=True)
    said: dict[str, Any] = {"who": "ann", "at": NOON, "alert_id": alert().alert_id}
    for command in (Acknowledged(**said), MarkedFalse(**said, note="a test call")):
        measures.hear(command, is_live=True)
    measures.learn(Known(alert("resolved"), NOON, NOON), is_quiet=False, is_live=True)
    return measures.totals | open_alerts([fires], CommandsBook(), NOON)


@pytest.mark.usefixtures("certificate_in_use")
def test_shows_each_series_that_the_table_gives_notify() -> None:
    status = NotifyStatus(
        "running",
        lag_records={"alerts-3": 7},
        posts_ok=2,
        posts_failed=1,
        firing=4,
        measured=measured(),
        deliver_owners=2,
    )
    probing = Probing()
    probing.begin(5_000)
    probing.sent(frozenset({0}), 6_000)
    text = exposition(list(NotifyCollector(status, "1.2.3", probing).collect())).decode()
    samples = [
        sample for family in text_string_to_metric_families(text) for sample in family.samples
    ]
    expected = {entry.name: entry for entry in SERIES if entry.process in {"notify", "every"}}
    assert {sample.name for sample in samples} == expected.keys()
    for sample in samples:
        assert set(sample.labels) == set(expected[sample.name].labels)
    assert 'queuewatch_notify_posts_total{result="failed"} 1.0' in text
    assert 'queuewatch_lag_records{partition="3",topic="alerts"} 7.0' in text
    assert "queuewatch_notify_firing_alerts 4.0" in text
    assert 'queuewatch_alerts_open{rule="oldest_wait",severity="page",state="firing"} 1.0' in text
    assert 'queuewatch_alerts_notified_total{owner="billing-duty",severity="page"} 1.0' in text
    assert 'queuewatch_probe_last_timestamp_seconds{stage="kafka"} 6.0' in text
