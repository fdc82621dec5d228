"""What the engine promises of any unit, calls and agents alike: each record comes out once.

The real units under joins, leaves, sleeps and outages: tests/chaos.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from kafka import KafkaProducer

from streams.local.kafka import LocalKafka
from tests.support.names import unique
from tests.support.toy_stream import ToyStream
from tests.support.waiting import wait_until


@pytest.fixture
def stream(kafka: LocalKafka, tmp_path: Path) -> Iterator[ToyStream]:
    toy = ToyStream(kafka.place.bootstrap, unique("toy") + "-", tmp_path)
    yield toy
    toy.end()


def test_kill_twice_in_the_middle(stream: ToyStream) -> None:
    worker = stream.started("w1")
    with stream.sending():
        for records in (1_000, 3_000):
            stream.wait_for_outputs(records)
            worker.kill()
            worker.start()
            worker.wait_until_ready()
    stream.check()


def test_state_is_read_beyond_an_open_transaction_of_another_unit(stream: ToyStream) -> None:
    """Else the records would come out again: units of calls and agents share a partition of `state`."""
    worker = stream.started("w1")
    other = KafkaProducer(
        bootstrap_servers=stream.bootstrap, transactional_id=stream.namespace + "another"
    )
    other.init_transactions()
    other.begin_transaction()
    for partition in range(4):
        other.send(stream.namespace + "state", b"x", b"others|1", partition=partition).get(30)
    stream.send(2_000)
    stream.check()
    worker.kill()
    worker.start()
    wait_until(
        lambda: worker.said().count("reading the state") == 2, "w1 knows the end of the state"
    )
    stream.send(2_000)
    other.abort_transaction()
    other.close()
    worker.wait_until_ready()
    stream.check()


def test_a_bug_in_the_core_ends_the_worker_and_commits_nothing(stream: ToyStream) -> None:
    worker = stream.started("w1")
    stream.send(1_000)
    stream.check()
    producer = KafkaProducer(bootstrap_servers=stream.bootstrap)
    producer.send(stream.namespace + "calls", b"boom", b"q0", partition=0).get(30)
    producer.close()
    assert worker.ends() == 1
    assert "a bug in the core" in worker.said()
    before = stream.outputs()
    worker.start()
    assert worker.ends() == 1
    assert stream.outputs() == before
