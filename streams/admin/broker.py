"""Short conversations with Kafka: one line instead of a trace when it is away."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaConnectionError, KafkaError, KafkaTimeoutError
from msgspec import Struct

ANSWER_WITHIN_MS = 5_000
_POLL_MS = 500


class AdminError(Exception):
    """One line for a person: what is wrong, where, and what to do."""


class Record(Struct, frozen=True):
    """One record of a topic that was read whole."""

    offset: int
    key: bytes | None
    value: bytes | None


@contextmanager
def admin_client(bootstrap: str) -> Iterator[Any]:
    """A client for topics and groups; every error of Kafka inside the block is one line."""
    with _one_line(bootstrap):
        client = KafkaAdminClient(**_settings(bootstrap), request_timeout_ms=4 * ANSWER_WITHIN_MS)
        try:
            yield client
        finally:
            client.close()


@contextmanager
def consumer(bootstrap: str) -> Iterator[Any]:
    """A reader of committed records that belongs to no group."""
    with _one_line(bootstrap):
        client = KafkaConsumer(
            **_settings(bootstrap),
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            allow_auto_create_topics=False,
            fetch_max_wait_ms=100,
        )
        try:
            yield client
        finally:
            client.close()


def read_whole(bootstrap: str, topic: str, *, settled: bool = False) -> list[Record]:
    """Every committed record up to the end that the topic has now, in order within a partition.

    `settled` waits for transactions that are open now: without it what they wrote is not yet there.
    """
    with consumer(bootstrap) as client:
        partitions = partitions_of(client, topic)
        ends = None
        if settled:
            with admin_client(bootstrap) as admin:
                ends = high_waters(admin, partitions)
        return [Record(r.offset, r.key, r.value) for _, r in walk(client, partitions, ends)]


def walk(
    client: Any,
    partitions: Sequence[TopicPartition],
    ends: Mapping[TopicPartition, int] | None = None,
) -> Iterator[tuple[TopicPartition, Any]]:
    """The client's own records from the first on, up to `ends` or to the ends that the topic has now."""
    client.assign(partitions)
    until = client.end_offsets(partitions) if ends is None else ends
    client.seek_to_beginning(*partitions)
    # Positions, not offsets of records: the last offsets may be markers of transactions.
    while any(client.position(partition) < until[partition] for partition in partitions):
        for partition, batch in client.poll(timeout_ms=_POLL_MS).items():
            for record in batch:
                yield partition, record


def high_waters(admin: Any, partitions: Collection[TopicPartition]) -> dict[TopicPartition, int]:
    """Not the last stable offsets: an open transaction of one unit hides what another has already
    committed behind it.
    """
    found = admin.list_partition_offsets(dict.fromkeys(partitions, -1))
    return {partition: each.offset for partition, each in found.items()}


@contextmanager
def producer(bootstrap: str) -> Iterator[Any]:
    """For a few records, each awaited: `send(…).get(timeout)`."""
    with _one_line(bootstrap):
        client = KafkaProducer(**_settings(bootstrap), max_block_ms=ANSWER_WITHIN_MS, acks="all")
        try:
            yield client
        finally:
            client.close(timeout=ANSWER_WITHIN_MS / 1000)


def write(bootstrap: str, topic: str, key: bytes, value: bytes) -> None:
    """One record, delivered to every replica before this returns."""
    with producer(bootstrap) as client:
        client.send(topic, value, key).get(timeout=4 * ANSWER_WITHIN_MS / 1000)


def partitions_of(client: Any, topic: str) -> list[TopicPartition]:
    """Its partitions in order; AdminError when there is no such topic."""
    numbers = client.partitions_for_topic(topic)
    if not numbers:
        raise AdminError(f"topic {topic} is missing: run `queuewatch topics create`")
    return [TopicPartition(topic, number) for number in sorted(numbers)]


def _settings(bootstrap: str) -> dict[str, Any]:
    return {
        "bootstrap_servers": bootstrap.split(","),
        "bootstrap_timeout_ms": ANSWER_WITHIN_MS,
        "reconnect_backoff_max_ms": 1_000,
    }


@contextmanager
def _one_line(bootstrap: str) -> Iterator[None]:
    try:
        yield
    except (KafkaTimeoutError, KafkaConnectionError) as error:
        raise AdminError(
            f"Kafka does not answer at {bootstrap}: is it running there?"
            " (another place: --kafka HOST:PORT)"
        ) from error
    except KafkaError as error:
        text = " ".join(str(error).split()) or type(error).__name__
        raise AdminError(f"Kafka at {bootstrap}: {text}") from error
