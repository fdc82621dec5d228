"""Whatever happens to workers and broker, each record comes out once: the promise of the engine."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from kafka import KafkaProducer

from streams.local.kafka import LocalKafka, spawn
from tests.support.names import unique
from tests.support.services import start_kafka
from tests.support.toy_stream import SESSION_S, ToyStream
from tests.support.waiting import wait_until


@pytest.fixture
def stream(kafka: LocalKafka, tmp_path: Path) -> Iterator[ToyStream]:
    toy = ToyStream(kafka.place.bootstrap, unique("toy") + "-", tmp_path)
    yield toy
    toy.end()


def test_nothing_happens_and_a_stop_by_signal_goes_on_where_it_was(stream: ToyStream) -> None:
    worker = stream.started("w1")
    stream.send(8_000)
    stream.check()
    assert worker.terminate() == 0
    stream.send(2_000)
    worker.start()
    worker.wait_until_ready()
    stream.check()
    totals = wait_until(
        lambda: (found := worker.metrics()["offered"]) and sum(found.values()) == 8_000 and found,
        "committed totals of calls",
    )
    assert len(totals) == 32  # every key whose number is not a multiple of five


def test_kill_twice_in_the_middle(stream: ToyStream) -> None:
    worker = stream.started("w1")
    with stream.sending():
        for records in (1_000, 3_000):
            stream.wait_for_outputs(records)
            worker.kill()
            worker.start()
            worker.wait_until_ready()
    stream.check()


def test_workers_join_leave_and_die(stream: ToyStream) -> None:
    first = stream.started("w1")
    with stream.sending():
        stream.wait_for_outputs(1_000)
        second = stream.started("w2")
        wait_until(
            lambda: len(first.health().get("positions", {})) == 4, "the partitions are shared"
        )
        stream.wait_for_outputs(4_000)
        assert second.terminate() == 0
        second.start()
        second.wait_until_ready()
        first.kill()
        wait_until(lambda: len(second.health().get("positions", {})) == 8, "one took over")
        first.start()
        first.wait_until_ready()
    stream.check()


def test_a_worker_that_slept_past_its_session_cannot_write(stream: ToyStream) -> None:
    sleeper = stream.started("w1")
    with stream.sending():
        stream.wait_for_outputs(1_000)
        sleeper.signal(signal.SIGSTOP)
        heir = stream.started("w2")
        wait_until(
            lambda: len(heir.health().get("positions", {})) == 8,
            f"the heir has every partition (session {SESSION_S:g} s)",
        )
        sleeper.signal(signal.SIGCONT)
        # Fenced at its first checkpoint or told by the group: it ends, or gives way and joins anew.
        wait_until(
            lambda: sleeper.process.poll() == 1 or len(sleeper.health().get("positions", {})) == 4,
            "the sleeper has noticed",
        )
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


def test_the_broker_goes_away_and_comes_back(tmp_path: Path) -> None:
    broker = start_kafka(tmp_path / "kafka")
    stream = ToyStream(broker.place.bootstrap, "toy-", tmp_path)
    try:
        worker = stream.started("w1")
        stream.send(2_000)
        stream.wait_for_outputs(500)
        broker.process.kill()
        broker.process.wait()
        broker = spawn(broker.place)
        broker.wait_until_ready()
        stream.send(2_000)
        if worker.process.poll() is not None:  # it may end on a failed checkpoint, never limp on
            assert worker.process.poll() == 1
            worker.start()
        stream.check()
    finally:
        stream.end()
        broker.stop()


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
