"""Clients of Kafka for short tasks; an error of Kafka becomes an AdminError of one line."""

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaConnectionError, KafkaError, KafkaTimeoutError
from msgspec import Struct

from schemas.codec import LARGEST_OWN_RECORD, UndecodableError, decode_as
from streams.admin.problem import AdminError as AdminError  # noqa: PLC0414  who asks Kafka catches it from here
from streams.plumbing.kafka_problems import missing_topic, no_answer, refusal
from streams.plumbing.kafka_security import in_use

ANSWER_WITHIN_MS = 5_000
_POLL_MS = 500
_ASK_AGAIN_S = 0.1
_TRANSACTION_MS = 10 * 60_000  # below the 15 minutes that brokers allow
_SILENT_WITHIN_S = 60.0  # longer than an abandoned open transaction hides the records after it

T = TypeVar("T")
Offsets = Mapping[TopicPartition, int]


class Record(Struct, frozen=True):
    """One record of a topic that was read whole."""

    offset: int
    key: bytes | None
    value: bytes | None


@contextmanager
def admin_client(bootstrap: str) -> Iterator[Any]:
    """A client for topics and groups; an error of Kafka inside the block becomes an AdminError."""
    with _one_line(bootstrap):
        client = KafkaAdminClient(**_settings(bootstrap), request_timeout_ms=4 * ANSWER_WITHIN_MS)
        try:
            yield client
        finally:
            client.close()


@contextmanager
def consumer(bootstrap: str) -> Iterator[Any]:
    """A consumer of committed records, without a group; errors of Kafka become AdminErrors."""
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


def read_whole(
    bootstrap: str,
    topic: str,
    *,
    settled: bool = False,
    key: Callable[[bytes | None], bool] = lambda _: True,
    since_ms: int | None = None,
) -> list[Record]:
    """Every committed record up to the present end of the topic whose `key` is asked for, in order within a partition; with `since_ms`
    those that the broker has had since then: the others do not come over the network.

    With `settled` it waits for transactions that are open now; without, their records are missing.
    """
    with consumer(bootstrap) as client:
        partitions = partitions_of(client, topic)
        ends = None
        begins = None if since_ms is None else begins_at(client, partitions, since_ms)
        if settled:
            with admin_client(bootstrap) as admin:
                ends = high_waters(admin, partitions)
        return [
            Record(r.offset, r.key, r.value)
            for _, r in walk(client, partitions, ends, begins)
            if key(r.key)
        ]


def decodable(kind: type[T], values: Iterable[bytes | None]) -> Iterator[T]:
    """The records that this version of the program can decode; others are skipped."""
    for value in values:
        with suppress(UndecodableError):
            yield decode_as(kind, value or b"")


def walk(
    client: Any,
    partitions: Sequence[TopicPartition],
    ends: Offsets | None = None,
    begins: Offsets | None = None,
) -> Iterator[tuple[TopicPartition, Any]]:
    """The client's records from the first on, or from those at `begins`, up to `ends`, or to the present ends of the partitions."""
    client.assign(partitions)
    until = stable_ends(client, partitions) if ends is None else ends
    if begins is None:
        client.seek_to_beginning(*partitions)
    else:
        for partition, offset in begins.items():
            client.seek(partition, offset)
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
    """The position; -1 while the client has not learnt it from the broker."""
    at = client.position(partition, timeout_ms=ANSWER_WITHIN_MS)
    return -1 if at is None else int(at)


def high_waters(admin: Any, partitions: Collection[TopicPartition]) -> dict[TopicPartition, int]:
    """The ends of the logs.

    Not the last stable offsets: an open transaction of one unit hides the records after it, which
    another unit may have committed already.
    """

    def ask(wanted: Collection[TopicPartition], _: int) -> Offsets:
        found = admin.list_partition_offsets(dict.fromkeys(wanted, -1))
        return {partition: each.offset for partition, each in found.items()}

    return of_each(ask, partitions)


def beginnings(client: Any, partitions: Collection[TopicPartition]) -> dict[TopicPartition, int]:
    """The first offset that each partition still has."""
    return of_each(client.beginning_offsets, partitions)


def begins_at(
    client: Any, partitions: Collection[TopicPartition], since_ms: int
) -> dict[TopicPartition, int]:
    """The first offset of each partition that the broker has had since then, its end where there is none. The topic has broker time."""
    ends = stable_ends(client, partitions)

    def ask(wanted: Collection[TopicPartition], within_ms: int) -> Offsets:
        found = client.offsets_for_times(dict.fromkeys(wanted, max(0, since_ms)), within_ms)
        return {each: ends[each] if at is None else at.offset for each, at in found.items()}

    return of_each(ask, partitions)


def stable_ends(client: Any, partitions: Collection[TopicPartition]) -> dict[TopicPartition, int]:
    """The ends that a consumer of committed records sees: before the first open transaction."""
    return of_each(client.end_offsets, partitions)


def of_each(
    ask: Callable[[Collection[TopicPartition], int], Offsets],
    partitions: Collection[TopicPartition],
    within_s: float = 4 * ANSWER_WITHIN_MS / 1000,
) -> dict[TopicPartition, int]:
    """One offset of every partition, or AdminError; `ask` gets partitions and a limit in ms.

    A loaded broker knows a topic before it knows the leaders of its partitions. kafka-python does not
    ask for those partitions, and raises a KeyError with the first of them. So it is asked again.
    """
    deadline = time.monotonic() + within_s
    while True:
        left_s = deadline - time.monotonic()
        try:
            found = dict(ask(list(partitions), max(1, round(left_s * 1000))))
        except KeyError as error:
            if error.args[:1] not in {(partition,) for partition in partitions}:
                raise  # another KeyError is a bug of ours
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
def producer(bootstrap: str, transactional_id: str | None = None) -> Iterator[Any]:
    """A producer for a few records; await each with `send(…).get(timeout)`. With an id it has shut out whoever had it."""
    with _one_line(bootstrap):
        client = KafkaProducer(
            **_settings(bootstrap),
            transactional_id=transactional_id,
            transaction_timeout_ms=_TRANSACTION_MS,
            max_block_ms=ANSWER_WITHIN_MS,
            acks="all",
            max_request_size=LARGEST_OWN_RECORD,
        )
        try:
            if transactional_id is not None:
                client.init_transactions()
            yield client
        finally:
            client.close(timeout=ANSWER_WITHIN_MS / 1000)


def write(bootstrap: str, topic: str, key: bytes, value: bytes) -> None:
    """Write one record; return when every replica has it."""
    with producer(bootstrap) as client:
        client.send(topic, value, key).get(timeout=4 * ANSWER_WITHIN_MS / 1000)


def partitions_of(client: Any, topic: str) -> list[TopicPartition]:
    """The topic's partitions in order; AdminError when there is no such topic."""
    numbers = client.partitions_for_topic(topic)
    if not numbers:
        raise AdminError(missing_topic(topic))
    return [TopicPartition(topic, number) for number in sorted(numbers)]


def _settings(bootstrap: str) -> dict[str, Any]:
    return {
        "bootstrap_servers": bootstrap.split(","),
        "bootstrap_timeout_ms": ANSWER_WITHIN_MS,
        "reconnect_backoff_max_ms": 1_000,
        **in_use().for_kafka_python(),
    }


@contextmanager
def _one_line(bootstrap: str) -> Iterator[None]:
    try:
        yield
    except (KafkaTimeoutError, KafkaConnectionError) as error:
        from streams.plumbing.kafka_refusals import why_refused  # with aiokafka, 4 MB

        raise AdminError(why_refused(bootstrap) or no_answer(bootstrap)) from error
    except KafkaError as error:
        raise AdminError(refusal(bootstrap, error)) from error
