"""Writes to Kafka for all producers: events to the partition of their key, marks to every partition.

Rule 1: a record is delivered when the broker has acknowledged it; `flush` waits for all of them.
Rule 2: the first record that fails stops the sender: later records must not overtake it.
Rule 3: at most `IN_FLIGHT` records are unacknowledged, so memory is bounded while the broker is slow.
"""

import logging
from collections import deque
from types import TracebackType
from typing import Self

import msgspec
from kafka.errors import BrokerResponseError, KafkaError, KafkaTimeoutError

from producers.batch_producer import BatchProducer, HandedBatch, Partition
from producers.record_batch import packed_key
from schemas.agents import AgentState
from schemas.calls import LegFact, SourceMark
from schemas.deliveries import Delivery, record_key
from schemas.quarantine import Quarantined
from schemas.topics import topic_name
from streams.plumbing.kafka_security import in_use
from streams.plumbing.partitions import partition_of

IN_FLIGHT = 20_000
_SETTLED_AT_ONCE = 5_000
_DELIVERED_WITHIN_S = 120.0
_LINGER_MS = 25  # where nobody flushes: at 5 ms a backlog went out a dozen records a batch
_REQUEST_WITHIN_S = 30.0
_ANSWER_WITHIN_S = 10.0  # a broker to which many just connected with TLS takes more than 5
_TOPICS = ("calls", "agents", "quarantine", "deliveries")


class PublishError(Exception):
    """One line for a person: what Kafka did not take, and what to do."""


class AddressError(PublishError):
    """The address is not valid: trying again does not help."""


class Publisher:
    """Sends events of `calls` and `agents`, marks, and refused rows. Not thread-safe."""

    def __init__(
        self,
        bootstrap: str,
        namespace: str = "",
        *,
        answer_within_s: float = _ANSWER_WITHIN_S,
        delivered_within_s: float = _DELIVERED_WITHIN_S,
        linger_ms: int = _LINGER_MS,
    ) -> None:
        # Many warnings of the library would hide our one line that says what is wrong.
        logging.getLogger("kafka").setLevel(logging.CRITICAL + 1)
        self._bootstrap = bootstrap
        self._encode = msgspec.json.Encoder().encode
        self._names = {name: topic_name(name, namespace) for name in _TOPICS}
        self._keys: dict[str, dict[str, tuple[Partition, bytes]]] = {name: {} for name in _TOPICS}
        self._waiting: deque[HandedBatch] = deque()
        self._unacknowledged = 0  # records of these batches
        self._sent = dict.fromkeys((*_TOPICS, "marks"), 0)
        self._delivered_within_s = delivered_within_s
        self._producer = _connect(bootstrap, answer_within_s, delivered_within_s, linger_ms)
        try:
            self._partitions = {name: self._partitions_of(name) for name in _TOPICS}
        except PublishError:
            self._producer.close(timeout=0)
            raise

    @property
    def sent(self) -> dict[str, int]:
        """Records handed over so far by topic; `marks` counts one a partition."""
        return dict(self._sent)

    def send_call(self, event: LegFact) -> None:
        """A fact of a leg, into the partition of its queue."""
        self._send("calls", event.queue, event)

    def send_agent(self, event: AgentState) -> None:
        self._send("agents", event.agent, event)

    def send_mark(self, topic: str, mark: SourceMark) -> None:
        """A mark of a source, into every partition of `calls` or `agents`."""
        value, key = self._encode(mark), packed_key(mark.source.encode())
        for partition in self._partitions[topic]:
            self._hand_over(partition, key, value)
        self._sent["marks"] += len(self._partitions[topic])

    def send_queue_mark(self, queue: str, mark: SourceMark) -> None:
        """A mark of a source, into the partition of that queue in `calls` alone."""
        partition = self._place("calls", queue)[0]
        self._hand_over(partition, packed_key(mark.source.encode()), self._encode(mark))
        self._sent["marks"] += 1

    def send_bytes(self, topic: str, key: str, value: bytes) -> None:
        """Send bytes that are not an event, to the partition of `key`."""
        self._hand_over(*self._place(topic, key), value)
        self._sent[topic] += 1

    def quarantine(self, record: Quarantined) -> None:
        """A row that cannot be counted, already masked."""
        self._send("quarantine", record.original_key or record.origin, record)

    def send_delivery(self, delivery: Delivery) -> None:
        """What is known of a delivery so far."""
        key = packed_key(record_key(delivery))
        self._hand_over(self._partitions["deliveries"][0], key, self._encode(delivery))
        self._sent["deliveries"] += 1

    def flush(self) -> None:
        """Return when the broker has every record; PublishError for the first one that it refused."""
        with self._producer.at_once():
            while self._waiting:
                self._settle_oldest()
        self._unacknowledged = 0

    def close(self) -> None:
        """Close the connection. Records that were not flushed may be lost."""
        self._producer.close(timeout=2)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _send(self, topic: str, key: str, event: object) -> None:
        partition, packed = self._keys[topic].get(key) or self._place(topic, key)
        self._hand_over(partition, packed, self._encode(event))
        self._sent[topic] += 1

    def _place(self, topic: str, key: str) -> tuple[Partition, bytes]:
        """The partition of a key, and the key packed, kept: the hash is computed in Python, so once a key, not once an event."""
        known = self._keys[topic]
        if key not in known:
            if len(known) >= IN_FLIGHT:
                known.clear()
            data, partitions = key.encode(), self._partitions[topic]
            known[key] = partitions[partition_of(data, len(partitions))], packed_key(data)
        return known[key]

    def _hand_over(self, partition: Partition, key: bytes, value: bytes) -> None:
        if self._unacknowledged >= IN_FLIGHT:
            while self._waiting and self._unacknowledged > IN_FLIGHT - _SETTLED_AT_ONCE:
                self._settle_oldest()
        try:
            batch = self._producer.hand_over(partition, key, value)
        except KafkaError as error:
            raise self._failure(error) from None
        self._unacknowledged += 1
        if batch is not None:
            self._waiting.append(batch)

    def _settle_oldest(self) -> None:
        """Wait for the batch of the oldest record that is not acknowledged."""
        batch = self._waiting[0]
        try:
            batch.settle(self._delivered_within_s)
        except KafkaError:
            raise self._failure(batch.refusal) from None
        self._waiting.popleft()
        self._unacknowledged -= batch.record_count

    def _failure(self, error: BaseException | None) -> PublishError:
        done = sum(batch.record_count for batch in self._waiting if batch.is_delivered)
        lost = self._unacknowledged - done
        reason = "it does not answer" if error is None else _reason(error)
        return PublishError(
            f"Kafka at {self._bootstrap} did not take {lost:,} of {sum(self._sent.values()):,}"
            f" records: {reason}; send again, what arrived is not counted twice"
        )

    def _partitions_of(self, topic: str) -> list[Partition]:
        name = self._names[topic]
        try:
            known = self._producer.partitions_for(name)
        except (KafkaTimeoutError, BrokerResponseError) as error:
            if isinstance(error, BrokerResponseError):
                problem = f"topic {name}: {_reason(error)}"
            else:
                problem = (
                    f"there is no topic {name}: make it with `queuewatch topics create`"
                    " (or it is overloaded: try again)"
                )
            raise PublishError(f"Kafka at {self._bootstrap}: {problem}") from None
        return [self._producer.partition(name, number) for number in range(len(known))]


def _connect(
    bootstrap: str, answer_within_s: float, delivered_within_s: float, linger_ms: int
) -> BatchProducer:
    within_ms = int(answer_within_s * 1000)
    try:
        return BatchProducer(
            bootstrap_servers=[server.strip() for server in bootstrap.split(",")],
            **in_use().for_kafka_python(),
            client_id="queuewatch-send",
            enable_idempotence=True,
            acks="all",
            linger_ms=linger_ms,
            batch_size=256 * 1024,
            max_block_ms=within_ms,
            bootstrap_timeout_ms=within_ms,
            request_timeout_ms=int(min(_REQUEST_WITHIN_S, delivered_within_s / 2) * 1000),
            delivery_timeout_ms=int(delivered_within_s * 1000),
            allow_auto_create_topics=False,  # otherwise a misspelt namespace would create new topics
        )
    except (KafkaError, ValueError, OSError) as error:
        problem = f"Kafka at {bootstrap} does not answer"
        if isinstance(error, ValueError):
            raise AddressError(f"{problem}; expected HOST:PORT (--kafka)") from None
        from streams.plumbing.kafka_refusals import why_refused  # with aiokafka, 4 MB

        refused = why_refused(bootstrap)
        raise PublishError(refused or f"{problem}; is it running? (--kafka)") from None


def _reason(error: BaseException) -> str:
    text = str(error).strip().splitlines()
    return f"{type(error).__name__}{': ' + text[0] if text else ''}"
