"""Batches of topic `alerts`: a record that cannot be read silences none behind it."""

from typing import NamedTuple

from aiokafka import TopicPartition

from schemas.codec import encode
from streams.plumbing.topic_reading import Batch
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
    log = AlertLog("kafka:9092", "north.", status)
    place = TopicPartition("north.alerts", 2)
    records = [Record(b"{"), Record(None), Record(encode(alert()))]
    batch = log.decoded(Batch(records, whole=True, positions={place: 9}, lags={place: 1}))
    assert (batch.alerts, batch.whole) == ([(alert(), NOON)], True)
    assert status.undecodable == 1
    assert status.positions == {"alerts-2": 9}
    assert status.lag_records == {"alerts-2": 1}
