"""Topic `state`: while it is read back nothing is shown; garbage in it is refused; it is made anew."""

import json
import time

from kafka import KafkaProducer, TopicPartition

from schemas.topics import topic_name
from streams.admin.broker import admin_client, consumer, high_waters, partitions_of, walk
from streams.admin.topics import create_topics
from streams.plumbing.kafka_security import in_use
from tests.chaos.judge import figures, judge
from tests.chaos.ledger import ledger
from tests.chaos.scale import SCALE
from tests.chaos.sharing import NAMES, shared_by
from tests.chaos.system import System

READY = 'queuewatch_ready{process="stream"} 1.0'
RECOVERING = "queuewatch_recovering 1.0"
_OUTPUTS = ("legs", "minutes", "alerts", "quarantine", "spells")


def test_a_worker_that_reads_its_state_back_says_so_and_shows_no_queue(system: System) -> None:
    made = ledger(system.queues(), 91, SCALE.legs)
    worker = system.steady()
    system.send(made.events())
    system.ready()
    system.drained()
    # The state cannot be read to its end while a transaction of another unit is open in it.
    other = KafkaProducer(
        bootstrap_servers=system.bootstrap,
        transactional_id=system.namespace + "another",
        **in_use().for_kafka_python(),
    )
    other.init_transactions()
    other.begin_transaction()
    for partition in range(system.partitions):
        topic = system.namespace + "state"
        other.send(topic, b"x", b"others|1", partition=partition).get(30)
    worker.kill()
    worker.start()
    system.until(lambda: RECOVERING in (worker.get("/metrics") or ""), "it recovers")
    page = worker.get("/metrics") or ""
    assert RECOVERING in page
    assert READY not in page
    assert figures(page, set(made.queues)) == {}
    assert not worker.is_ready()
    report = worker.get("/healthz/live")  # no reason to end it
    assert json.loads(report or "{}")["state"] == "recovering"
    other.abort_transaction()
    other.close()
    judge(system, made)


def test_a_state_made_anew_goes_on_where_the_former_one_stood(system: System) -> None:
    made = ledger(system.queues(4), 92, SCALE.legs_rebuilt, agents=SCALE.agents)
    events = made.told()
    third = len(events) // 3
    worker = system.steady()
    system.ready()
    for part in (events[:third], events[third : 2 * third]):
        system.send(part)
        worker.kill()
        worker.start()
    system.drained()
    assert worker.terminate() == 0, worker.said()
    before = ends_of_outputs(system)
    worker = system.worker("w1", "--rebuild-state")
    system.until(lambda: "rebuilding " in worker.said(), "it began to make a state anew")
    worker.kill()  # what it began is void
    earlier = len(worker.said())
    worker.start()
    system.ready()
    said = worker.said()[earlier:]
    for partition in range(system.partitions):
        assert f"rebuilt {system.namespace}calls-{partition}: " in said
    system.remove(worker)
    assert ends_of_outputs(system) == before, "what had been written was written again"
    for name in NAMES[: max(SCALE.workers)]:
        system.worker(name)
    shared_by(system, max(SCALE.workers))
    system.send(events[2 * third :])
    judge(system, made)


def ends_of_outputs(system: System) -> dict[TopicPartition, int]:
    """Where each partition of what `stream` writes for others ends."""
    with admin_client(system.bootstrap) as admin, consumer(system.bootstrap) as client:
        topics = [topic_name(name, system.namespace) for name in _OUTPUTS]
        return high_waters(admin, [tp for topic in topics for tp in partitions_of(client, topic)])


def test_a_corrupt_record_of_the_state(system: System) -> None:
    calls = ledger(system.queues(), 70, SCALE.legs)
    events = calls.events()
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
    assert f"calls-{partition} is damaged, piece {key.decode()}" in line
    assert "Traceback" not in said
    assert worker.get("/metrics") is None

    remake(system)  # for every queue of this system: each is counted anew from topic `calls`
    worker.start()
    judge(system, calls)


def piece_of(system: System, queue: str) -> tuple[bytes, int]:
    """The key of the queue's piece, and the partition in which it stands."""
    key = f"calls|queue|{queue}".encode()
    with consumer(system.bootstrap) as client:
        for tp, record in walk(client, partitions_of(client, system.namespace + "state")):
            if record.key == key:
                return key, tp.partition
    raise AssertionError(f"no piece {key!r}")


def remake(system: System) -> None:
    """Topic `state` deleted and made again: docs/operator.md, Making the state anew."""
    topic = system.namespace + "state"
    with admin_client(system.bootstrap) as admin:
        admin.delete_topics([topic])
        system.until(lambda: topic not in admin.list_topics(), "the topic is gone")
    now = time.time_ns() // 1_000_000
    system.epoch = create_topics(system.bootstrap, system.namespace, now, system.partitions).epoch
