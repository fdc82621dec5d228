"""The writer beside a Kafka that answers nothing; the rest needs real servers (tests/integration/archive)."""

import logging
from typing import Any

import pytest
from kafka import TopicPartition
from kafka.errors import KafkaConnectionError

from schemas.codec import encode
from schemas.quarantine import Quarantined
from streams.sinks.clickhouse.status import StatusRecorder
from streams.sinks.clickhouse.writer import Writer

CALLS = TopicPartition("calls", 0)
QUARANTINE = TopicPartition("quarantine", 0)


class Consumer:
    """Has a partition, or none; Kafka refuses to be asked anything while it `is_away`."""

    def __init__(self, *partitions: TopicPartition) -> None:
        self.partitions = set(partitions)
        self.is_away = True
        self.committed: dict[TopicPartition, Any] = {}

    def poll(self, **_: Any) -> dict[TopicPartition, list[Any]]:
        return {}

    def assignment(self) -> set[TopicPartition]:
        return self.partitions

    def position(self, _: TopicPartition, **__: Any) -> int:
        if self.is_away:
            raise KafkaConnectionError("111 ECONNREFUSED")
        return 7

    def commit(self, offsets: dict[TopicPartition, Any], **_: Any) -> None:
        self.committed |= offsets

    def highwater(self, _: TopicPartition) -> int:
        return 7


class Refusing(Consumer):
    """Gives one refused line of a follower, then nothing."""

    def __init__(self) -> None:
        super().__init__(QUARANTINE)
        record = Quarantined("queue_log@1", 7, "unknown_line", "why", 1, "x", "", "pbx", live=True)
        self.waiting = [Record(record)]

    def poll(self, **_: Any) -> dict[TopicPartition, list[Any]]:
        polled, self.waiting = self.waiting, []
        return {QUARANTINE: polled}


class Record:
    offset, timestamp, key, headers = 0, 1, None, ()

    def __init__(self, content: Quarantined) -> None:
        self.value = encode(content)


class Nobody:
    def deliver(self) -> None:
        """Nothing was refused."""


class Stop:
    """Set after so many rounds; Kafka comes back before the last one."""

    def __init__(self, consumer: Consumer, rounds: int) -> None:
        self._consumer = consumer
        self._rounds = rounds

    def is_set(self) -> bool:
        self._rounds -= 1
        self._consumer.is_away = self._rounds > 0
        return self._rounds < 0


def run(consumer: Consumer, monkeypatch: pytest.MonkeyPatch) -> StatusRecorder:
    status = StatusRecorder()
    monkeypatch.setattr("streams.sinks.clickhouse.writer.COMMIT_IDLE_S", 0.0)
    unused: Any = None
    writer = Writer(consumer, unused, Nobody(), status, "", lambda: 0.0)  # type: ignore[arg-type]
    writer.run(Stop(consumer, 5))  # type: ignore[arg-type]
    return status


def test_kafka_away_is_said_once_and_outlived(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    consumer = Consumer(CALLS)
    with caplog.at_level(logging.WARNING):
        status = run(consumer, monkeypatch)
    assert consumer.committed[CALLS].offset == 7
    assert status.read().positions == {"calls-0": 7}
    assert len(caplog.records) == 1


def test_partitions_that_never_come_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(Consumer(CALLS), monkeypatch).read().unassigned_since is None
    assert run(Consumer(), monkeypatch).read().unassigned_since is not None


def test_a_line_that_a_follower_refused_is_counted_as_it_comes() -> None:
    status, consumer = StatusRecorder(), Refusing()
    unused: Any = None
    writer = Writer(consumer, unused, Nobody(), status, "", lambda: 0.0)  # type: ignore[arg-type]
    writer._poll(0)
    assert status.read().refused_lines == {("pbx", "unknown_line"): 1}
