"""Topics, targets, drain, health and status against a real broker, one namespace a test."""

import asyncio
import threading
from collections.abc import Iterator

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.structs import OffsetAndMetadata

from schemas.groups import archive_group, reports_group, stream_group
from schemas.health import Health
from schemas.millis import from_iso
from schemas.queues_toml import parse_queues
from schemas.topics import TOPICS, topic_name
from streams.admin.broker import AdminError, admin_client, read_whole
from streams.admin.drain import NotDrained, drain
from streams.admin.seen_queues import queues_of_topics
from streams.admin.status import read_status
from streams.admin.targets import publish, read_versions
from streams.admin.topics import create_topics, read_epoch, read_facts
from streams.admin.topics_seen import check_topics, seen_facts
from streams.admin.unclean import check_cluster
from streams.core.rule_catalogue import RULE_TABLES
from streams.local.kafka import LocalKafka, free_port
from streams.plumbing.health_reports import HealthReporter, Library
from tests.support.names import unique
from tests.support.waiting import wait_until

NOW = from_iso("2026-11-22T10:00:00Z")
QUEUES = '[defaults]\nanswer_within = "20s"\ngoal = 0.8\n[queues.billing]\n[queues.faults]\n'


@pytest.fixture(scope="module")
def bootstrap(kafka: LocalKafka) -> str:
    return kafka.place.bootstrap


@pytest.fixture
def namespace(bootstrap: str) -> Iterator[str]:
    """Topics of two partitions of a test's own."""
    name = f"{unique('admin')}."
    create_topics(bootstrap, name, NOW, partitions=2)
    _committed(bootstrap, archive_group(name), f"{name}targets", 1)  # the epoch
    yield name
    client = KafkaAdminClient(bootstrap_servers=bootstrap)
    client.delete_topics([topic for topic in client.list_topics() if topic.startswith(name)])
    client.close()


def test_the_targets_of_very_many_queues_are_published_and_read(
    bootstrap: str, namespace: str
) -> None:
    table = '{ raise_above = "5m", clear_below = "2m" }'
    many = "".join(f"[queues.q{n}]\nalerts.oldest_wait = {table}\n" for n in range(5_000))
    file = parse_queues('[defaults]\nanswer_within = "20s"\ngoal = 0.8\n' + many, RULE_TABLES)
    assert publish(bootstrap, namespace, file, NOW).difference is not None
    (version,) = read_versions(bootstrap, namespace)
    assert version.queues == file.queues
    assert publish(bootstrap, namespace, file, NOW).difference is None


def test_topics_are_created_once_and_found_right(bootstrap: str, namespace: str) -> None:
    assert check_topics(bootstrap, namespace) == []
    assert check_cluster(bootstrap, namespace) == []
    again = create_topics(bootstrap, namespace, NOW + 3_600_000)
    assert again.topics == ()
    epoch = read_epoch(bootstrap, namespace)
    assert epoch is not None
    assert again.epoch == epoch.epoch


def test_both_clients_see_the_same_topics(bootstrap: str, namespace: str) -> None:
    names = [*(topic_name(each.name, namespace) for each in TOPICS), "there-is-none"]
    with admin_client(bootstrap) as client:
        facts = read_facts(client, names)
    assert len(facts) == len(TOPICS)
    assert asyncio.run(seen_facts(bootstrap, names)) == facts


def test_more_copies_than_brokers_are_one_line(bootstrap: str) -> None:
    with pytest.raises(AdminError, match="3 copies need as many brokers, and the cluster has 1"):
        create_topics(bootstrap, f"{unique('copies')}.", NOW, replication=3)


def test_a_setting_that_an_administrator_changed_is_found(bootstrap: str, namespace: str) -> None:
    topic = ConfigResource(
        ConfigResourceType.TOPIC,
        f"{namespace}legs",
        configs={"retention.bytes": "1000000", "min.insync.replicas": "2"},
    )
    with admin_client(bootstrap) as client:
        client.alter_configs([topic])

    def refused() -> list[str]:  # the broker takes over what the controller has accepted
        return [each.line for each in check_cluster(bootstrap, namespace) if each.refused]

    lines = wait_until(refused, "the broker has the settings")
    assert [line.split(":")[0] for line in lines] == [f"topic {namespace}legs"] * 2
    assert "min.insync.replicas is 2 of 1 copy, nothing can be written" in lines[0]
    assert "retention.bytes is 1000000" in lines[1]


def test_a_recreated_input_raises_the_epoch(bootstrap: str, namespace: str) -> None:
    before = read_epoch(bootstrap, namespace)
    client = KafkaAdminClient(bootstrap_servers=bootstrap)
    client.delete_topics([f"{namespace}calls"])
    wait_until(lambda: f"{namespace}calls" not in client.list_topics(), "calls is deleted")
    client.close()
    missing = "is missing: run `queuewatch topics create`"
    assert check_topics(bootstrap, namespace)[0] == f"topic {namespace}calls {missing}"
    created = create_topics(bootstrap, namespace, NOW - 3_600_000, partitions=2)
    assert created.topics == (f"{namespace}calls",)
    assert before is not None
    assert created.epoch > before.epoch


def test_another_number_of_partitions_is_refused(bootstrap: str, namespace: str) -> None:
    with pytest.raises(AdminError, match="have 2 partitions already, not 4"):
        create_topics(bootstrap, namespace, NOW, partitions=4)


def test_kafka_away_is_one_line() -> None:
    nowhere = f"127.0.0.1:{free_port()}"
    with pytest.raises(AdminError, match=f"Kafka does not answer at {nowhere}"):
        check_topics(nowhere, "")


def test_targets_are_published_only_when_they_change(bootstrap: str, namespace: str) -> None:
    file = parse_queues(QUEUES, RULE_TABLES)
    first = publish(bootstrap, namespace, file, NOW)
    assert first.version.version == 1
    assert publish(bootstrap, namespace, file, NOW + 1).difference is None
    second = publish(
        bootstrap, namespace, parse_queues(QUEUES.replace("0.8", "0.9"), RULE_TABLES), NOW + 2
    )
    assert second.difference is not None
    assert second.difference.changed == ("billing", "faults")
    assert read_versions(bootstrap, namespace) == [first.version, second.version]


def _committed(bootstrap: str, group: str, topic: str, offset: int, partition: int = 0) -> None:
    """What a member of that group would have done."""
    member = KafkaConsumer(bootstrap_servers=bootstrap, group_id=group, enable_auto_commit=False)
    place = TopicPartition(topic, partition)
    member.assign([place])
    member.commit({place: OffsetAndMetadata(offset, "", -1)})
    member.close()


def _written(bootstrap: str, topic: str, count: int) -> None:
    producer = KafkaProducer(bootstrap_servers=bootstrap)
    for _ in range(count):
        producer.send(topic, b"{}", partition=0)
    producer.close()


def _leg_in_a_transaction(bootstrap: str, topic: str, *, aborted: bool = False) -> None:
    producer = KafkaProducer(bootstrap_servers=bootstrap, transactional_id=topic)
    producer.init_transactions()
    producer.begin_transaction()
    producer.send(topic, b"{}", partition=0)
    producer.flush()
    if aborted:
        producer.abort_transaction()
    else:
        producer.commit_transaction()
    producer.close()


def _drain(bootstrap: str, namespace: str, timeout_s: float = 0.0) -> NotDrained | None:
    return drain(bootstrap, namespace, timeout_s, lambda _reader, _behind: None)


def test_nothing_sent_is_drained(bootstrap: str, namespace: str) -> None:
    assert _drain(bootstrap, namespace) is None


def test_drain_names_who_lags_and_by_how_much(bootstrap: str, namespace: str) -> None:
    calls = f"{namespace}calls"
    reports = f"{namespace}reports"
    _written(bootstrap, calls, 5)
    assert _drain(bootstrap, namespace) == NotDrained("stream", {f"{calls}-0": 5})
    _written(bootstrap, reports, 2)
    _committed(bootstrap, stream_group(namespace), calls, 5)
    assert _drain(bootstrap, namespace) == NotDrained("stream", {f"{reports}-0": 2})
    _committed(bootstrap, reports_group(namespace), reports, 2)
    assert _drain(bootstrap, namespace) == NotDrained("archive", {f"{calls}-0": 5})
    _committed(bootstrap, archive_group(namespace), calls, 3)
    assert _drain(bootstrap, namespace) == NotDrained("archive", {f"{calls}-0": 2})
    _committed(bootstrap, archive_group(namespace), calls, 5)
    assert _drain(bootstrap, namespace) is None


def test_drain_returns_as_soon_as_the_last_reader_has_committed(
    bootstrap: str, namespace: str
) -> None:
    calls = f"{namespace}calls"
    _written(bootstrap, calls, 1)
    _committed(bootstrap, stream_group(namespace), calls, 1)
    waiting = threading.Event()
    found: list[NotDrained | None] = []

    def progress(reader: str, _behind: int) -> None:
        if reader == "archive":
            waiting.set()

    thread = threading.Thread(
        target=lambda: found.append(drain(bootstrap, namespace, 60.0, progress))
    )
    thread.start()
    assert waiting.wait(30)
    _committed(bootstrap, archive_group(namespace), calls, 1)
    thread.join(60)
    assert found == [None]


@pytest.mark.parametrize("committed", [1, 2])
def test_a_marker_or_an_aborted_record_is_nothing_to_wait_for(
    bootstrap: str, namespace: str, committed: int
) -> None:
    """One reader commits the offset after its last record, another one past the marker."""
    legs = f"{namespace}legs"
    _leg_in_a_transaction(bootstrap, legs)
    _leg_in_a_transaction(bootstrap, legs, aborted=True)
    assert _drain(bootstrap, namespace) == NotDrained("archive", {f"{legs}-0": 4})
    _committed(bootstrap, archive_group(namespace), legs, committed)
    assert _drain(bootstrap, namespace, 60.0) is None


def test_a_record_behind_markers_is_waited_for(bootstrap: str, namespace: str) -> None:
    legs = f"{namespace}legs"
    _leg_in_a_transaction(bootstrap, legs)
    _leg_in_a_transaction(bootstrap, legs)
    _committed(bootstrap, archive_group(namespace), legs, 1)
    assert _drain(bootstrap, namespace, 1.0) == NotDrained("archive", {f"{legs}-0": 3})


_LIBRARIES = pytest.mark.parametrize("library", ["kafka-python", "aiokafka"])


def _health(at: int) -> Health:
    return Health("board", "one", at, NOW, ready=True, state="running", version="0.1.0")


@_LIBRARIES
def test_a_process_reports_while_it_runs_and_says_that_it_stopped(
    bootstrap: str, namespace: str, library: Library
) -> None:
    reporter = HealthReporter(bootstrap, namespace, lambda: _health(NOW + 1_000), library)
    reporter.start()
    wait_until(lambda: read_whole(bootstrap, f"{namespace}health"), "a first report")
    (board,) = read_status(bootstrap, namespace, NOW + 3_000).processes
    assert (board.process, board.condition, board.age_s) == ("board", "ready", 2.0)
    reporter.stop()
    (board,) = read_status(bootstrap, namespace, NOW + 3_000).processes
    assert (board.condition, board.state) == ("stopped", "stopped")


@_LIBRARIES
def test_a_report_that_cannot_be_made_or_sent_harms_nobody(
    bootstrap: str, namespace: str, library: Library
) -> None:
    calls: list[int] = []

    def sometimes() -> Health:
        calls.append(1)
        if len(calls) == 1:
            raise RuntimeError("dictionary changed size during iteration")
        return _health(NOW)

    reporter = HealthReporter(bootstrap, namespace, sometimes, library)
    reporter.start()
    wait_until(lambda: read_whole(bootstrap, f"{namespace}health"), "a report after a failed one")
    reporter.stop()

    away = HealthReporter(f"127.0.0.1:{free_port()}", namespace, sometimes, library)
    away.start()
    away.stop()


def test_status_names_what_is_missing_and_what_lies_before_the_readers(
    bootstrap: str, namespace: str
) -> None:
    _written(bootstrap, f"{namespace}calls", 3)
    status = read_status(bootstrap, namespace, NOW)
    assert status.lag_records["stream"] == {f"{namespace}calls-0": 3}
    assert len([p for p in status.problems if "does not run" in p]) == 4
    assert any("no targets are published" in problem for problem in status.problems)


def test_queues_seen_are_those_with_a_snapshot(bootstrap: str, namespace: str) -> None:
    with pytest.raises(AdminError, match="no queue was seen yet"):
        queues_of_topics(bootstrap, namespace)
    producer = KafkaProducer(bootstrap_servers=bootstrap)
    for queue in (b"faults", b"billing", b"faults"):
        producer.send(f"{namespace}snapshots", b"{}", queue)
    producer.close()
    assert queues_of_topics(bootstrap, namespace) == ["billing", "faults"]
