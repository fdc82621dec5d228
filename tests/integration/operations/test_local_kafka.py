"""The local broker as `up` uses it: its data outlive it, and it never outlives its parent."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from kafka import KafkaConsumer, KafkaProducer
from kafka.admin import KafkaAdminClient, NewTopic

from streams.local.kafka import LocalKafkaError, free_ports, serves, spawn
from streams.local.kafka_place import KafkaPlace
from tests.support.services import KAFKA_LIBS, ROOT, start_kafka
from tests.support.waiting import wait_until

PARENT = """
import sys, time
from pathlib import Path
from tests.support.services import start_kafka
print(start_kafka(Path(sys.argv[1])).pid, flush=True)
time.sleep(600)
"""


def test_what_was_written_survives_a_crash_of_parent_and_broker(tmp_path: Path) -> None:
    broker = start_kafka(tmp_path)
    _write(broker.place.bootstrap, b"queued")
    broker.stop()
    assert not serves(broker.place.port)

    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, tmp_path], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    parent.kill()
    parent.communicate()
    wait_until(lambda: not _alive(pid), "the broker dies with its parent")

    again = start_kafka(tmp_path)
    try:
        assert _read(again.place.bootstrap) == b"queued"
    finally:
        again.stop()


def test_a_second_broker_on_the_same_data_is_refused_before_it_touches_them(tmp_path: Path) -> None:
    first = start_kafka(tmp_path)
    try:
        with pytest.raises(LocalKafkaError, match=r"another Kafka runs on .*--data"):
            spawn(KafkaPlace(tmp_path, KAFKA_LIBS, *free_ports(2)))
        assert serves(first.place.port)
    finally:
        first.stop()


def test_a_broker_that_cannot_start_says_why(tmp_path: Path) -> None:
    start_kafka(tmp_path).stop()
    (tmp_path / "logs" / "meta.properties").write_text("version=1\nnode.id=7\ncluster.id=other\n")
    broker = spawn(KafkaPlace(tmp_path, KAFKA_LIBS, *free_ports(2)))
    with pytest.raises(
        LocalKafkaError, match=r"(?s)Kafka ended with code 1: see .*kafka\.log.*node"
    ):
        broker.wait_until_ready()


def _write(bootstrap: str, value: bytes) -> None:
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    admin.create_topics([NewTopic("calls", num_partitions=1, replication_factor=1)])
    admin.close()
    producer = KafkaProducer(bootstrap_servers=bootstrap)
    producer.send("calls", value).get(timeout=60)
    producer.close()


def _read(bootstrap: str) -> bytes:
    consumer = KafkaConsumer("calls", bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    try:
        value: bytes = next(consumer).value
        return value
    finally:
        consumer.close()


def _alive(pid: int) -> bool:
    """Running, and not merely waiting for somebody to collect its exit code."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z" and pid != os.getpid()
