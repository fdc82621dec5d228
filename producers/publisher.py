"""Writes to Kafka for all producers: events to the partition of their key, marks to every partition.

Rule 1: a record is delivered when the broker has acknowledged it; `flush` waits for all of them.
Rule 2: the first record that fails stops the sender: later records must not overtake it.
Rule 3: at most `IN_FLIGHT` records are unacknowledged, so memory is bounded while the broker is slow.
"""

import logging
from collections import deque
from types import TracebackType
from typing import Any, Self

import msgspec
from kafka import KafkaProducer
from kafka.errors import BrokerResponseError, KafkaError, KafkaTimeoutError

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
    ) -> None:
        # Many warnings of the library would hide our one line that says what is wrong.
        logging.getLogger("kafka").setLevel(logging.CRITICAL + 1)
        self._bootstrap = bootstrap
        self._encode = msgspec.json.Encoder().encode
        self._names = {name: topic_name(name, namespace) for name in _TOPICS}
        self._keys: dict[str, dict[str, tuple[bytes, int]]] = {name: {} for name in _TOPICS}
        self._waiting: deque[Any] = deque()
        self._sent = dict.fromkeys((*_TOPICS, "marks"), 0)
        self._delivered_within_s = delivered_within_s
        self._producer = _connect(bootstrap, answer_within_s, delivered_within_s)
        try:
            self._partitions = {name: self._count_partitions(name) for name in _TOPICS}
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
        value, name = self._encode(mark), self._names[topic]
        key = mark.source.encode()
        for partition in range(self._partitions[topic]):
            self._hand_over(name, value, key, partition)
        self._sent["marks"] += self._partitions[topic]

    def send_queue_mark(self, queue: str, mark: SourceMark) -> None:
        """A mark of a source, into the partition of that queue in `calls` alone."""
        partition = self._place("calls", queue)[1]
        self._hand_over(self._names["calls"], self._encode(mark), mark.source.encode(), partition)
        self._sent["marks"] += 1

    def send_bytes(self, topic: str, key: str, value: bytes) -> None:
        """Send bytes that are not an event, to the partition of `key`."""
        self._hand_over(self._names[topic], value, *self._place(topic, key))
        self._sent[topic] += 1

    def quarantine(self, record: Quarantined) -> None:
        """A row that cannot be counted, already masked."""
        self._send("quarantine", record.original_key or record.origin, record)

    def send_delivery(self, delivery: Delivery) -> None:
        """What is known of a delivery so far."""
        key = record_key(delivery)
        self._hand_over(self._names["deliveries"], self._encode(delivery), key, 0)
        self._sent["deliveries"] += 1

    def flush(self) -> None:
        """Return when the broker has every record; PublishError for the first one that it refused."""
        try:
            self._producer.flush(self._delivered_within_s)
        except KafkaTimeoutError:
            raise self._failure(None) from None
        self._settle(len(self._waiting))

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
        place = self._keys[topic].get(key) or self._place(topic, key)
        self._hand_over(self._names[topic], self._encode(event), place[0], place[1])
        self._sent[topic] += 1

    def _place(self, topic: str, key: str) -> tuple[bytes, int]:
        """The key and its partition, kept: the hash is computed in Python, so once a key, not once an event."""
        known = self._keys[topic]
        if key not in known:
            if len(known) >= IN_FLIGHT:
                known.clear()
            data = key.encode()
            known[key] = data, partition_of(data, self._partitions[topic])
        return known[key]

    def _hand_over(self, name: str, value: bytes, key: bytes, partition: int) -> None:
        if len(self._waiting) >= IN_FLIGHT:
            self._settle(_SETTLED_AT_ONCE)
        try:
            self._waiting.append(self._producer.send(name, value, key, partition=partition))
        except KafkaError as error:
            raise self._failure(error) from None

    def _settle(self, count: int) -> None:
        """Wait for the oldest `count` records."""
        for _ in range(count):
            future = self._waiting[0]
            if not future.is_done:
                try:
                    future.get(self._delivered_within_s)
                except KafkaError as error:
                    raise self._failure(error) from None
            if future.exception is not None:
                raise self._failure(future.exception)
            self._waiting.popleft()

    def _failure(self, error: BaseException | None) -> PublishError:
        done = sum(future.is_done and future.exception is None for future in self._waiting)
        lost = len(self._waiting) - done
        reason = "it does not answer" if error is None else _reason(error)
        return PublishError(
            f"Kafka at {self._bootstrap} did not take {lost:,} of {sum(self._sent.values()):,}"
            f" records: {reason}; send again, what arrived is not counted twice"
        )

    def _count_partitions(self, topic: str) -> int:
        name = self._names[topic]
        try:
            return len(self._producer.partitions_for(name))
        except (KafkaTimeoutError, BrokerResponseError) as error:
            if isinstance(error, BrokerResponseError):
                problem = f"topic {name}: {_reason(error)}"
            else:
                problem = (
                    f"there is no topic {name}: make it with `queuewatch topics create`"
                    " (or it is overloaded: try again)"
                )
            raise PublishError(f"Kafka at {self._bootstrap}: {problem}") from None


def _connect(bootstrap: str, answer_within_s: float, delivered_within_s: float) -> Any:
    within_ms = int(answer_within_s * 1000)
    try:
        return KafkaProducer(
            bootstrap_servers=[server.strip() for server in bootstrap.split(",")],
            **in_use().for_kafka_python(),
            client_id="queuewatch-send",
            enable_idempotence=True,
            acks="all",
            linger_ms=5,
            batch_size=256 * 1024,
            max_block_ms=within_ms,
            bootstrap_timeout_ms=within_ms,
            request_timeout_ms=int(min(_REQUEST_WITHIN_S, delivered_within_s / 2) * 1000),
            delivery_timeout_ms=int(delivered_within_s * 1000),
            allow_auto_create_topics=False,  # otherwise a misspelt namespace would create new topics
            metrics_enabled=False,
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
