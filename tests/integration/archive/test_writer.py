"""The archive process between a real Kafka and real databases, while things are killed."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient

from schemas.calls import Queued
from schemas.codec import decode_as, encode
from schemas.groups import archive_group
from schemas.millis import HOUR, from_iso
from schemas.quarantine import Quarantined
from schemas.topics import TOPICS
from streams.admin.topics import create_topics
from streams.history.call_figures import call_figures
from streams.history.catalogue import read_catalogue
from streams.history.question import Question
from streams.local.kafka import LocalKafka, free_ports, spawn
from streams.local.kafka_place import KafkaPlace
from streams.sinks.clickhouse.address import ServerAddress
from streams.sinks.clickhouse.database import Reader
from streams.sinks.clickhouse.driver import ServerDatabase
from streams.sinks.clickhouse.query_client import QueryClient
from tests.integration.archive.process import (
    KILLED_AT_COMMIT,
    KILLED_BESIDE,
    SMALL_BATCHES,
    ArchiveProcess,
    archive_process,
)
from tests.support.legs import leg_row_of, made_up_legs, targets_of
from tests.support.names import unique
from tests.support.recount import Recorded, recount
from tests.support.services import KAFKA_LIBS, ClickHouse, clickhouse
from tests.support.waiting import wait_until

START, END = from_iso("2026-05-04T06:00:00Z"), from_iso("2026-05-04T18:00:00Z")
QUEUES = ["accounts", "billing"]
LEGS = made_up_legs(21, START, END, QUEUES, 600)
PARTITIONS = 2


@pytest.fixture
def namespace(kafka: LocalKafka) -> str:
    name = unique("archive") + "-"
    create_topics(kafka.place.bootstrap, name, now=START, partitions=PARTITIONS)
    return name


def send_legs(bootstrap: str, namespace: str, legs: list[Recorded], version: int = 1) -> None:
    """As the stream does: several transactions, and one that is aborted."""
    producer = KafkaProducer(bootstrap_servers=bootstrap, transactional_id=unique("stream"))
    producer.init_transactions()
    for n in range(0, len(legs), 150):
        producer.begin_transaction()
        for leg in legs[n : n + 150]:
            row = encode(leg_row_of(leg, version))
            producer.send(f"{namespace}legs", row, partition=QUEUES.index(leg.queue))
        producer.commit_transaction()
    producer.begin_transaction()
    (never,) = made_up_legs(99, START, END, QUEUES[:1], 1)
    producer.send(f"{namespace}legs", encode(leg_row_of(never, 99)), partition=0)
    producer.flush()
    producer.abort_transaction()
    producer.close()


def send(bootstrap: str, topic: str, *values: bytes, key: bytes = b"k") -> None:
    producer = KafkaProducer(bootstrap_servers=bootstrap)
    for value in values:
        producer.send(topic, value, key, partition=0)
    producer.flush()
    producer.close()


def is_all_committed(bootstrap: str, namespace: str) -> bool:
    """Whether the archive's offsets stand at the very ends, behind the markers of transactions."""
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    consumer = KafkaConsumer(bootstrap_servers=bootstrap)
    try:
        group = archive_group(namespace)
        committed = admin.list_group_offsets([group])[group]
        partitions = [
            TopicPartition(f"{namespace}{topic.name}", number)
            for topic in TOPICS
            if "archive" in topic.readers
            for number in range(topic.partitions or PARTITIONS)
        ]
        ends = consumer.end_offsets(partitions)
        return all(tp in committed and committed[tp].offset == end for tp, end in ends.items())
    finally:
        consumer.close()
        admin.close()


def assert_history_is(reader: Reader, legs: list[Recorded]) -> None:
    lines = call_figures(reader, read_catalogue(reader, END), Question(START - HOUR, END + HOUR))
    for queue in QUEUES:
        (line,) = [line for line in lines if line["queue"] == queue]
        counts = recount([leg for leg in legs if leg.queue == queue], START - HOUR, END + HOUR)
        for name in ("offered", "answered", "abandoned", "open", "rejected", "answered_in_target"):
            assert line[name] == counts[name], (queue, name)


@contextmanager
def reading(archive: ArchiveProcess, folder: Path) -> Iterator[QueryClient]:
    yield QueryClient(folder / "data", archive.query_port)


def test_every_topic_arrives_and_offsets_pass_the_markers(
    kafka: LocalKafka, namespace: str, tmp_path: Path
) -> None:
    bootstrap = kafka.place.bootstrap
    send_legs(bootstrap, namespace, LEGS)
    send(bootstrap, f"{namespace}targets", encode(targets_of(QUEUES)), key=b"1")
    call = Queued(event_id="e", at=START, source="node", queue="billing", leg_id="c1")
    send(bootstrap, f"{namespace}calls", encode(call), b'{"number": "5550001234"')
    archive = archive_process(tmp_path, bootstrap, namespace)
    with archive.server, reading(archive, tmp_path) as reader:
        archive.wait_for_rows("legs", len(LEGS))
        wait_until(lambda: is_all_committed(bootstrap, namespace), "all offsets are committed")
        assert_history_is(reader, LEGS)
        assert reader.execute("SELECT type, body FROM events ORDER BY offset").rows == [
            ("queued", encode(call).decode()), ("undecodable", ""),
        ]  # fmt: skip
        lags = [
            f'queuewatch_lag_records{{partition="{p}",topic="legs"}}' for p in range(PARTITIONS)
        ]
        wait_until(lambda: [archive.metric(name) for name in lags] == [0, 0], "no lag is left")
        assert archive.metric('queuewatch_ready{process="archive"}') == 1


def test_a_crash_between_insert_and_commit_changes_nothing(
    kafka: LocalKafka, namespace: str, tmp_path: Path
) -> None:
    bootstrap = kafka.place.bootstrap
    send_legs(bootstrap, namespace, LEGS)
    doomed = archive_process(
        tmp_path, bootstrap, namespace, program=KILLED_AT_COMMIT, waits_until_ready=False
    )
    doomed.server.start()
    process: Any = doomed.server._process
    assert process.wait(60) == -9, doomed.server.log.read_text()[-2000:]
    archive = archive_process(tmp_path, bootstrap, namespace)
    with archive.server, reading(archive, tmp_path) as reader:
        wait_until(lambda: is_all_committed(bootstrap, namespace), "all offsets are committed")
        (raw,) = reader.execute("SELECT count(), uniqExact(leg_id) FROM legs").rows
        assert raw[1] == len(LEGS)
        assert_history_is(reader, LEGS)
        # The same calls again, with later versions: nothing doubles.
        send_legs(bootstrap, namespace, LEGS, version=2)
        archive.wait_for_rows("legs", 2 * len(LEGS))
        assert_history_is(reader, LEGS)


@pytest.mark.parametrize("is_server", [False, True])
def test_a_crash_while_a_batch_is_inserted_beside_the_reading_changes_nothing(
    kafka: LocalKafka, namespace: str, tmp_path: Path, is_server: bool
) -> None:
    bootstrap = kafka.place.bootstrap
    send_legs(bootstrap, namespace, LEGS)
    with ExitStack() as stack:
        more: tuple[str, ...] = ()
        address: ServerAddress | None = None
        if is_server:
            database = clickhouse(tmp_path / "clickhouse")
            stack.enter_context(database.server)
            address = ServerAddress(database.host, database.tcp_port, "default", "", "archive")
            more = ("--clickhouse", f"clickhouse://default@{database.host}:{database.tcp_port}/archive")  # fmt: skip
        doomed = archive_process(
            tmp_path, bootstrap, namespace, *more, program=KILLED_BESIDE, waits_until_ready=False
        )
        doomed.server.start()
        process: Any = doomed.server._process
        assert process.wait(60) == -9, doomed.server.log.read_text()[-2000:]
        archive = archive_process(tmp_path, bootstrap, namespace, *more, program=SMALL_BATCHES)
        stack.enter_context(archive.server)
        wait_until(lambda: is_all_committed(bootstrap, namespace), "all offsets are committed")
        if address is not None:
            reader: Reader = stack.enter_context(closing(ServerDatabase(address)))
        else:
            reader = stack.enter_context(reading(archive, tmp_path))
        (raw,) = reader.execute("SELECT uniqExact(leg_id) FROM legs").rows
        assert raw == (len(LEGS),)
        assert_history_is(reader, LEGS)


def test_poison_goes_to_quarantine_and_the_rest_goes_on(
    kafka: LocalKafka, namespace: str, tmp_path: Path
) -> None:
    bootstrap = kafka.place.bootstrap
    too_high = msgspec.structs.replace(leg_row_of(LEGS[0]), leg_id="huge", version=2**63 - 1)
    poison = msgspec.json.decode(encode(too_high)) | {"priority": 2**63, "agent": "call 5550001234"}
    send(bootstrap, f"{namespace}legs", b"{", b'{"queue": "x"}', msgspec.json.encode(poison))
    send_legs(bootstrap, namespace, LEGS)
    archive = archive_process(tmp_path, bootstrap, namespace)
    with archive.server, reading(archive, tmp_path) as reader:
        archive.wait_for_rows("quarantine", 3)
        wait_until(lambda: is_all_committed(bootstrap, namespace), "all offsets are committed")
        assert_history_is(reader, LEGS)
        rows = reader.execute(
            "SELECT origin, position, reason, detail, original FROM quarantine FINAL ORDER BY position"
        ).rows
    assert [row[:3] for row in rows] == [("legs-0", n, "refused_by_archive") for n in range(3)]
    assert "leg_versions.priority" in str(rows[2][3])
    assert "5550001234" not in str(rows)
    consumer = KafkaConsumer(
        f"{namespace}quarantine", bootstrap_servers=bootstrap, auto_offset_reset="earliest"
    )
    try:
        found = [decode_as(Quarantined, next(consumer).value) for _ in range(3)]
    finally:
        consumer.close()
    assert sorted(record.position for record in found) == [0, 1, 2]


def test_a_database_that_is_away_is_waited_for(
    kafka: LocalKafka, namespace: str, tmp_path: Path
) -> None:
    bootstrap = kafka.place.bootstrap
    database: ClickHouse = clickhouse(tmp_path / "clickhouse")
    address = ServerAddress(database.host, database.tcp_port, "default", "", "archive")
    archive = archive_process(
        tmp_path, bootstrap, namespace,
        "--clickhouse", f"clickhouse://default@{database.host}:{database.tcp_port}/archive",
    )  # fmt: skip
    half = len(LEGS) // 2
    with database.server, archive.server:
        send_legs(bootstrap, namespace, LEGS[:half])
        archive.wait_for_rows("legs", half)
        database.server.kill()
        send_legs(bootstrap, namespace, LEGS[half:])
        blocked = "queuewatch_archive_blocked_seconds"
        wait_until(lambda: (archive.metric(blocked) or 0) > 0, "the archive says it is blocked")
        assert not archive.is_ready()
        database.server.start()
        archive.wait_for_rows("legs", len(LEGS))
        wait_until(lambda: is_all_committed(bootstrap, namespace), "all offsets are committed")
        wait_until(archive.is_ready, "the archive is ready again")
        assert archive.metric(blocked) == 0
        reader = ServerDatabase(address)
        assert_history_is(reader, LEGS)
        reader.close()


def test_kafka_that_is_away_at_the_start_is_waited_for(tmp_path: Path) -> None:
    place = KafkaPlace(tmp_path / "kafka", KAFKA_LIBS, *free_ports(2))
    archive = archive_process(tmp_path, place.bootstrap, "", waits_until_ready=False)
    with archive.server, reading(archive, tmp_path) as reader:
        wait_until(
            lambda: archive.says(f"waiting: Kafka does not answer at {place.bootstrap}"),
            "the archive says what it waits for",
        )
        assert not archive.is_ready()
        place.data.mkdir(parents=True, exist_ok=True)
        broker = spawn(place)
        try:
            broker.wait_until_ready()
            create_topics(place.bootstrap, "", now=START, partitions=PARTITIONS)
            send_legs(place.bootstrap, "", LEGS[:100])
            archive.wait_for_rows("legs", 100)
            wait_until(archive.is_ready, "the archive is ready")
            assert_history_is(reader, LEGS[:100])
        finally:
            archive.server.stop()
            broker.stop()


def test_it_ends_when_told_with_what_it_read_inserted_and_committed(
    kafka: LocalKafka, namespace: str, tmp_path: Path
) -> None:
    bootstrap = kafka.place.bootstrap
    archive = archive_process(tmp_path, bootstrap, namespace)
    with archive.server:
        send_legs(bootstrap, namespace, LEGS)
        archive.wait_for_rows("legs", 1)
        process: Any = archive.server._process
        process.terminate()
        assert process.wait(30) == 0
    again = archive_process(tmp_path, bootstrap, namespace)
    with again.server, reading(again, tmp_path) as reader:
        wait_until(lambda: is_all_committed(bootstrap, namespace), "all offsets are committed")
        assert_history_is(reader, LEGS)
