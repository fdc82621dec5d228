"""Short conversations with Kafka: one line instead of a trace when it is away."""

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaConnectionError, KafkaError, KafkaTimeoutError
from msgspec import Struct

from schemas.codec import UndecodableError, decode_as
from streams.plumbing.kafka_problems import missing_topic, no_answer, refusal

ANSWER_WITHIN_MS = 5_000
_POLL_MS = 500
_ASK_AGAIN_S = 0.1
_SILENT_WITHIN_S = 60.0  # longer than a transaction that nobody ends hides what lies behind it

T = TypeVar("T")
Offsets = Mapping[TopicPartition, int]


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


def decodable(kind: type[T], values: Iterable[bytes | None]) -> Iterator[T]:
    """The records that this version of the program can read; those of another one are passed over."""
    for value in values:
        with suppress(UndecodableError):
            yield decode_as(kind, value or b"")


def walk(
    client: Any,
    partitions: Sequence[TopicPartition],
    ends: Offsets | None = None,
) -> Iterator[tuple[TopicPartition, Any]]:
    """The client's own records from the first on, up to `ends` or to the ends that the topic has now."""
    client.assign(partitions)
    until = stable_ends(client, partitions) if ends is None else ends
    client.seek_to_beginning(*partitions)
    # Positions, not offsets of records: the last offsets may be markers of transactions.
    silent_since = time.monotonic()
    while open_ones := [tp for tp in partitions if _position(client, tp) < until[tp]]:
        batches = client.poll(timeout_ms=_POLL_MS)
        for partition, batch in batches.items():
            for record in batch:
                yield partition, record
        if batches:
            silent_since = time.monotonic()
        elif time.monotonic() - silent_since > _SILENT_WITHIN_S:
            raise _unanswered(open_ones[0], _SILENT_WITHIN_S)


def _position(client: Any, partition: TopicPartition) -> int:
    """-1 while nobody knows where the partition begins."""
    at = client.position(partition, timeout_ms=ANSWER_WITHIN_MS)
    return -1 if at is None else int(at)


def high_waters(admin: Any, partitions: Collection[TopicPartition]) -> dict[TopicPartition, int]:
    """Not the last stable offsets: an open transaction of one unit hides what another has already
    committed behind it.
    """

    def ask(wanted: Collection[TopicPartition], _: int) -> Offsets:
        found = admin.list_partition_offsets(dict.fromkeys(wanted, -1))
        return {partition: each.offset for partition, each in found.items()}

    return of_each(ask, partitions)


def beginnings(client: Any, partitions: Collection[TopicPartition]) -> dict[TopicPartition, int]:
    """The first offset that each of them still keeps."""
    return of_each(client.beginning_offsets, partitions)


def stable_ends(client: Any, partitions: Collection[TopicPartition]) -> dict[TopicPartition, int]:
    """The end of each as a reader of committed records sees it: before the first open transaction."""
    return of_each(client.end_offsets, partitions)


def of_each(
    ask: Callable[[Collection[TopicPartition], int], Offsets],
    partitions: Collection[TopicPartition],
    within_s: float = 4 * ANSWER_WITHIN_MS / 1000,
) -> dict[TopicPartition, int]:
    """An offset of every partition, or AdminError; `ask` gets partitions and milliseconds.

    A loaded broker tells of a topic before it tells who leads its partitions. kafka-python leaves
    those out of its question and ends in a KeyError that names the first of them.
    """
    deadline = time.monotonic() + within_s
    while True:
        left_s = deadline - time.monotonic()
        try:
            found = dict(ask(list(partitions), max(1, round(left_s * 1000))))
        except KeyError as error:
            if error.args[:1] not in {(partition,) for partition in partitions}:
                raise  # a bug, and none of Kafka's
            found = {}
            missing = list(error.args)
        else:
            missing = [partition for partition in partitions if partition not in found]
        if not missing:
            return found
        if left_s <= _ASK_AGAIN_S:
            raise _unanswered(missing[0], within_s)
        time.sleep(_ASK_AGAIN_S)


def _unanswered(partition: TopicPartition, within_s: float) -> AdminError:
    return AdminError(
        f"Kafka did not answer for {partition.topic}-{partition.partition} within {within_s:g} s:"
        " it is overloaded, or that partition has no leader; try again"
    )


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
        raise AdminError(missing_topic(topic))
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
        raise AdminError(no_answer(bootstrap)) from error
    except KafkaError as error:
        raise AdminError(refusal(bootstrap, error)) from error
