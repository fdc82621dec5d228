"""Files through a real Kafka: what stands in the topics afterwards, and what a person reads."""

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from kafka import KafkaConsumer, TopicPartition
from kafka.admin import KafkaAdminClient, NewTopic

from producers.publisher import Publisher, PublishError
from schemas.calls import CallEvent, EndOfInput, FinishedLeg, LegEvent, Queued, Tick
from schemas.codec import decode_as, decode_call
from schemas.quarantine import Quarantined
from streams.local.kafka import LocalKafka
from streams.plumbing.partitions import partition_of
from tests.support import forked
from tests.support.names import unique
from tests.support.services import start_kafka

PARTITIONS = 8
NOON = 1_280_664_000_000
HEADER = "leg_id,queue,caller,arrived_at,answered_at,left_at,ended_at,outcome\n"
QUEUE_LOG = """\
1675555000|NONE|NONE|NONE|QUEUESTART
1675555001|7.1|sales|NONE|ENTERQUEUE||5550001|1
1675555009|7.1|sales|SIP/1|CONNECT|8|7.2|3
1675555019|7.1|sales|SIP/1|COMPLETEAGENT|8|10|1
1675555020|7.9|sales|NONE|ENTERQUEUE||5550009|1
1675555040|7.9|sales|NONE|ABANDON|1|1|20
"""


@pytest.fixture
def namespace(kafka: LocalKafka) -> str:
    """Topics of its own for one test."""
    return _topics(kafka, "calls", "agents", "quarantine", "deliveries")


def _topics(kafka: LocalKafka, *names: str) -> str:
    namespace = unique("send") + "-"
    admin = KafkaAdminClient(bootstrap_servers=kafka.place.bootstrap)
    admin.create_topics(
        [
            NewTopic(namespace + name, num_partitions=PARTITIONS, replication_factor=1)
            for name in names
        ]
    )
    admin.close()
    return namespace


def _records(kafka: LocalKafka, topic: str) -> Iterator[tuple[int, bytes, bytes]]:
    """(partition, key, value) of everything in the topic."""
    consumer = KafkaConsumer(
        bootstrap_servers=kafka.place.bootstrap, auto_offset_reset="earliest", group_id=None
    )
    places = [TopicPartition(topic, partition) for partition in range(PARTITIONS)]
    consumer.assign(places)
    consumer.seek_to_beginning()
    ends = consumer.end_offsets(places)
    while any(consumer.position(place) < ends[place] for place in places):
        for place, records in consumer.poll(timeout_ms=500).items():
            for record in records:
                yield place.partition, record.key, record.value
    consumer.close()


def _calls(kafka: LocalKafka, namespace: str) -> list[tuple[int, CallEvent]]:
    return [(place, decode_call(value)) for place, _, value in _records(kafka, namespace + "calls")]


def _send(kafka: LocalKafka, namespace: str, data: Path, *arguments: str) -> str:
    words = [
        "send", *arguments, "--kafka", kafka.place.bootstrap, "--namespace", namespace, "--data", str(data),
        "--accept",
    ]  # fmt: skip
    done = forked.run(words, os.environ, 120)
    if done.stderr:  # here runs no archive
        assert done.stderr.startswith("queuewatch: what history knows of these calls could not be")
    assert done.returncode == 0
    summary, delivery = done.stdout.splitlines()
    assert delivery.startswith("delivery ")
    return summary


def _day(path: Path) -> Path:
    rows = "".join(
        f"{n},q{n % 5},555{n:04},{NOON + n * 1000},,{NOON + n * 1000 + 9000},,abandoned\n"
        for n in range(200)
    )
    path.write_text(HEADER + rows + "200,q1,5559999,never,,,,abandoned\n")
    (path.parent / "ours.toml").write_text('time_format = "epoch_ms"\n')
    return path


def test_history_lands_in_the_partitions_of_the_queues(
    kafka: LocalKafka, namespace: str, tmp_path: Path
) -> None:
    day, mapping = _day(tmp_path / "day.csv"), str(tmp_path / "ours.toml")
    said = _send(kafka, namespace, tmp_path, "records", str(day), "--mapping", mapping)
    assert said == (
        "200 legs sent, 1 row in quarantine"
        ' (first: line 202: arrived_at: "never" is no number of milliseconds since 1970 (other formats: time_format in a mapping))'
    )
    told = _calls(kafka, namespace)
    assert len(told) == 200
    assert all(isinstance(event, FinishedLeg) for _, event in told)
    for place, event in told:
        assert isinstance(event, LegEvent)
        assert place == partition_of(event.queue.encode(), PARTITIONS)
    values = b"".join(value for _, _, value in _records(kafka, namespace + "calls"))
    assert b"5550007" not in values
    ((_, _, value),) = _records(kafka, namespace + "quarantine")
    refused = decode_as(Quarantined, value)
    assert (refused.origin, refused.position, refused.reason) == ("day.csv", 202, "bad_row")
    assert "5559999" not in refused.original


def test_live_ticks_into_every_partition_and_ends(
    kafka: LocalKafka, namespace: str, tmp_path: Path
) -> None:
    day, mapping = _day(tmp_path / "day.csv"), str(tmp_path / "ours.toml")
    arguments = ("records", str(day), "--mapping", mapping, "--feed", "live")
    said = _send(kafka, namespace, tmp_path, *arguments)
    assert said.startswith("200 legs sent (400 events, ")
    assert "1 row in quarantine" in said
    by_place: dict[int, list[CallEvent]] = {place: [] for place in range(PARTITIONS)}
    for place, event in _calls(kafka, namespace):
        by_place[place].append(event)
    for events in by_place.values():
        assert isinstance(events[0], Tick)
        assert isinstance(events[-1], EndOfInput)
        legs = [event for event in events if isinstance(event, LegEvent)]
        assert [event.at for event in legs] == sorted(event.at for event in legs)
        clock = 0  # every boundary before an event was told before it came
        for event in events:
            assert not isinstance(event, LegEvent) or clock >= (event.at - 1) // 5_000 * 5_000
            clock = max(clock, event.at)
        minutes = {event.at for event in events if isinstance(event, Tick)}
        assert minutes >= set(range(events[0].at // 60_000 * 60_000 + 60_000, events[-1].at, 60_000))  # fmt: skip
    first = _calls(kafka, namespace)
    _send(kafka, namespace, tmp_path, *arguments)
    twice = Counter(event.event_id for _, event in _calls(kafka, namespace))
    assert set(twice) == {event.event_id for _, event in first}  # the same file, the same events


def test_queue_log_both_ways(kafka: LocalKafka, namespace: str, tmp_path: Path) -> None:
    log = tmp_path / "queue_log"
    log.write_text(QUEUE_LOG)
    said = _send(kafka, namespace, tmp_path, "queue-log", str(log))
    assert said == "2 legs sent, 0 lines in quarantine"
    legs = [event for _, event in _calls(kafka, namespace) if isinstance(event, FinishedLeg)]
    assert [(leg.outcome, leg.wait_ms) for leg in legs] == [
        ("answered", 8_000),
        ("abandoned", 20_000),
    ]
    said = _send(kafka, namespace, tmp_path, "queue-log", str(log), "--feed", "live")
    assert said.startswith("2 legs sent (8 events, ")
    states = [value for _, _, value in _records(kafka, namespace + "agents")]
    assert len(states) == 2 + PARTITIONS  # two states, and the end in every partition


def test_a_missing_topic_is_one_line(kafka: LocalKafka) -> None:
    namespace = _topics(kafka, "calls", "agents")
    with pytest.raises(PublishError) as caught:
        Publisher(kafka.place.bootstrap, namespace, answer_within_s=1)
    assert str(caught.value) == (
        f"Kafka at {kafka.place.bootstrap}: there is no topic {namespace}quarantine:"
        " make it with `queuewatch topics create` (or it is overloaded: try again)"
    )


def test_the_publisher_delivers_every_record(kafka: LocalKafka, namespace: str) -> None:
    with Publisher(kafka.place.bootstrap, namespace) as publisher:
        for n in range(25_000):  # more than may be in flight
            publisher.send_call(
                Queued(event_id=f"{n}", at=NOON + n, source="s", queue=f"q{n % 50}", leg_id=f"{n}")
            )
        publisher.send_mark("calls", Tick(event_id="t", at=NOON, source="s"))
        publisher.flush()
        assert publisher.sent == {
            "calls": 25_000, "agents": 0, "quarantine": 0, "deliveries": 0, "marks": 8
        }  # fmt: skip
    told = _calls(kafka, namespace)
    assert Counter(type(event) for _, event in told) == {Queued: 25_000, Tick: 8}
    # Within a queue in the order of sending.
    ids = [
        int(event.event_id)
        for _, event in told
        if isinstance(event, Queued) and event.queue == "q7"
    ]
    assert ids == sorted(ids)


def test_a_broker_that_dies_is_said_with_what_is_missing(tmp_path: Path) -> None:
    broker = start_kafka(tmp_path)
    try:
        namespace = _topics(broker, "calls", "agents", "quarantine", "deliveries")
        publisher = Publisher(broker.place.bootstrap, namespace, delivered_within_s=2.0)
        event = Queued(event_id="1", at=NOON, source="s", queue="q", leg_id="1")
        publisher.send_call(event)
        publisher.flush()
        broker.process.kill()
        broker.process.wait()
        publisher.send_call(event)
        with pytest.raises(PublishError) as caught:
            publisher.flush()
        publisher.close()
    finally:
        broker.stop()
    assert str(caught.value).startswith(
        f"Kafka at {broker.place.bootstrap} did not take 1 of 2 records: "
    )
    assert str(caught.value).endswith("; send again, what arrived is not counted twice")
