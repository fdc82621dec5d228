"""The archive in its group, beside a real Kafka whose topics change while it polls in short steps."""

import threading
import time
from typing import Any

import pytest
from kafka import TopicPartition
from kafka.admin import KafkaAdminClient, NewPartitions

from streams.admin.topics import create_topics
from streams.local.kafka import LocalKafka
from streams.sinks.clickhouse.consuming import connected_consumer
from streams.sinks.clickhouse.records import TOPICS
from streams.sinks.clickhouse.status import StatusRecorder
from streams.sinks.clickhouse.writer import Writer
from tests.support.names import unique
from tests.support.waiting import wait_until


class BusyBetweenPolls(threading.Event):
    """As an archive is that inserts: answers of Kafka come while no poll waits for them."""

    def is_set(self) -> bool:
        time.sleep(0.05)
        return super().is_set()


class NothingRefused:
    def deliver(self) -> None:
        """There is none."""


def test_a_join_whose_answer_no_poll_awaits_is_finished(
    kafka: LocalKafka, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("streams.sinks.clickhouse.writer.POLL_MS", 1)
    bootstrap, namespace = kafka.place.bootstrap, unique("joins") + "."
    create_topics(bootstrap, namespace, now=0, partitions=2)
    stop = BusyBetweenPolls()
    consumer = connected_consumer(bootstrap, f"{namespace}archive", "archive-1", stop, print)
    assert consumer is not None
    no_database: Any = None  # for there is no record
    refused: Any = NothingRefused()
    writer = Writer(consumer, no_database, refused, StatusRecorder(), namespace, lambda: 0.0)
    writer.subscribe(namespace)
    running = threading.Thread(target=writer.run, args=(stop,))
    running.start()
    try:
        first = {TopicPartition(f"{namespace}{topic}", 0) for topic in TOPICS}
        wait_until(lambda: consumer.assignment() >= first, "all topics are read")
        # The client sees this by itself, some seconds later, in the middle of a short poll.
        with KafkaAdminClient(bootstrap_servers=bootstrap) as admin:
            admin.create_partitions({f"{namespace}alerts": NewPartitions(3)})
        added = TopicPartition(f"{namespace}alerts", 2)
        wait_until(lambda: added in consumer.assignment(), "the added partition is read")
    finally:
        stop.set()
        running.join()
        consumer.close(timeout_ms=3_000)
