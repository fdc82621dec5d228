"""Batches of topic `alerts`: a record that cannot be read silences none behind it."""

from typing import NamedTuple

from aiokafka import TopicPartition

from schemas.alerts import PROBE
from schemas.codec import encode
from schemas.health import Health
from streams.plumbing.topic_reading import Batch
from streams.sinks.alertmanager.probing import Probing
from streams.sinks.alertmanager.reading import AlertLog
from streams.sinks.alertmanager.status import NotifyStatus
from tests.support.alerts import NOON, alert


class Record(NamedTuple):
    value: bytes | None
    timestamp: int = NOON
    topic: str = "north.alerts"
    partition: int = 0
    offset: int = 0


def test_what_cannot_be_read_is_counted_and_passed_over() -> None:
    status = NotifyStatus()
    log = AlertLog("kafka:9092", "north.", status, Probing(), lambda: NOON)
    place = TopicPartition("north.alerts", 2)
    records = [Record(b"{"), Record(None), Record(encode(alert()))]
    batch = log.decoded(Batch(records, whole=True, positions={place: 9}, lags={place: 1}))
    assert (batch.alerts, batch.whole) == ([(alert(), NOON)], True)
    assert status.undecodable == 1
    assert status.positions == {"alerts-2": 9}
    assert status.lag_records == {"alerts-2": 1}


def test_an_answer_to_a_probe_is_no_alert() -> None:
    probing = Probing()
    log = AlertLog("kafka:9092", "north.", NotifyStatus(), probing, lambda: NOON)
    probing.begin(NOON - 1_000)
    probing.sent(frozenset({0}), NOON - 500)
    answer = alert(rule=PROBE, queue="calls-0", onset_at=NOON - 1_000)
    batch = log.decoded(Batch([Record(encode(answer)), Record(encode(alert()))]))
    assert batch.alerts == [(alert(), NOON)]
    assert probing.passed_at["stream"] == NOON


def test_who_knows_probes_is_heard_from_health() -> None:
    probing = Probing()
    log = AlertLog("kafka:9092", "north.", NotifyStatus(), probing, lambda: NOON)
    health = Health("stream", "a", NOON, NOON, ready=True, state="running", knows_probes=True)
    assert not probing.is_due(NOON)
    batch = log.decoded(Batch([Record(encode(health), topic="north.health")]))
    assert batch.reports == [("stream", NOON)]
    assert probing.is_due(NOON)
