"""A record that the archive cannot keep: masked, and delivered before its offset passes."""

from typing import Any

import pytest
from kafka.errors import KafkaError, KafkaTimeoutError

from schemas.codec import decode_as
from schemas.privacy import key_from_secret
from schemas.quarantine import Quarantined
from streams.sinks.clickhouse.records import Source
from streams.sinks.clickhouse.refused import RefusedRecords, quarantined

KEY = key_from_secret(b"a secret of sixteen bytes or more")
LEG = Source("legs", 3, 42, 1_772_442_005_000, b"billing", b'{"caller": "call 5550001234"}')


class Future:
    def __init__(self, error: Exception | None) -> None:
        self.error = error

    def get(self, timeout: float) -> None:
        if self.error:
            raise self.error


class Producer:
    def __init__(self) -> None:
        self.sent: list[tuple[str, bytes, bytes | None]] = []
        self.error: Exception | None = None

    def send(self, topic: str, value: bytes, key: bytes | None) -> Future:
        self.sent.append((topic, value, key))
        return Future(self.error)

    def close(self, timeout: float) -> None:
        pass


def refused(producer: Any) -> RefusedRecords:
    made = RefusedRecords("kafka:9092", "north.", KEY)
    made._connect = lambda: producer
    return made


def test_numbers_are_masked_and_the_place_stays() -> None:
    record = quarantined(LEG, "no caller 5550001234", KEY)
    assert (record.origin, record.position, record.reason) == ("legs-3", 42, "refused_by_archive")
    assert (record.known_at, record.original_key) == (LEG.appended_at, "billing")
    assert "5550001234" not in record.detail + record.original


def test_what_is_not_delivered_goes_on_waiting() -> None:
    producer = Producer()
    waiting = refused(producer)
    waiting.deliver()
    assert producer.sent == []
    waiting.set_aside(LEG, "too high")
    producer.error = KafkaTimeoutError()
    with pytest.raises(KafkaError):
        waiting.deliver()
    producer.error = None
    producer.sent.clear()
    waiting.deliver()
    waiting.deliver()
    ((topic, value, key),) = producer.sent
    assert (topic, key) == ("north.quarantine", b"billing")
    assert decode_as(Quarantined, value).detail == "too high"
    waiting.close()


def test_a_record_of_quarantine_itself_would_come_back_for_ever() -> None:
    producer = Producer()
    waiting = refused(producer)
    waiting.set_aside(LEG._replace(topic="quarantine"), "too high")
    waiting.deliver()
    assert producer.sent == []
