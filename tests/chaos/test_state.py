"""A record of `state` that is garbage: said in one line, refused, and made anew as the operator's page says."""

import time
from pathlib import Path

from kafka.admin import KafkaAdminClient

from streams.admin.broker import consumer, partitions_of
from streams.admin.topics import create_topics
from streams.local.kafka import LocalKafka
from tests.chaos.judge import judge
from tests.chaos.ledger import ledger
from tests.chaos.scale import SCALE
from tests.chaos.system import System
from tests.support.services import ClickHouse


def test_a_corrupt_record_of_the_state(
    kafka: LocalKafka, clickhouse_server: ClickHouse, tmp_path: Path
) -> None:
    system = System(kafka.place.bootstrap, clickhouse_server, tmp_path, SCALE.partitions)
    try:
        calls = ledger(system.queues(), 70, SCALE.legs)
        events = calls.events()
        system.archive.start()
        worker = system.steady()
        system.send(events[: len(events) // 2])
        system.ready()
        system.drained()
        assert worker.terminate() == 0
        key, partition = piece_of(system, calls.queues[0])
        system.raw("state", key, b"\x93not ours", partition=partition)
        system.send(events[len(events) // 2 :])

        before = len(worker.said())
        worker.start()
        worker.wanted = False
        assert worker.process.wait(60) == 1
        said = worker.said()[before:]
        (line,) = [line for line in said.splitlines() if "ending" in line]
        assert f"state-{partition} cannot be read, piece {key.decode()}" in line
        assert "Traceback" not in said
        assert worker.get("/metrics") is None

        remake(system)
        worker.start()
        judge(system, calls)
    finally:
        system.end()


def piece_of(system: System, queue: str) -> tuple[bytes, int]:
    """The key of the queue's piece, and the partition in which it stands."""
    key = f"calls|queue|{queue}".encode()
    with consumer(system.bootstrap) as client:
        partitions = partitions_of(client, system.namespace + "state")
        client.assign(partitions)
        ends = client.end_offsets(partitions)
        client.seek_to_beginning(*partitions)
        while any(client.position(tp) < ends[tp] for tp in partitions):
            for tp, records in client.poll(timeout_ms=500).items():
                if any(record.key == key for record in records):
                    return key, tp.partition
    raise AssertionError(f"no piece {key!r}")


def remake(system: System) -> None:
    """Topic `state` deleted and made again: docs/operator.md, State that cannot be read."""
    admin = KafkaAdminClient(bootstrap_servers=system.bootstrap)
    topic = system.namespace + "state"
    admin.delete_topics([topic])
    system.until(lambda: topic not in admin.list_topics(), "the topic is gone")
    admin.close()
    now = time.time_ns() // 1_000_000
    system.epoch = create_topics(system.bootstrap, system.namespace, now, system.partitions).epoch
