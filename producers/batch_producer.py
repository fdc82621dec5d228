"""A producer of Kafka that takes records by the batch: one future a batch, not one a record.

Everything else is the client's own: connections, sequence numbers, tries, limits of time. Its `send` costs some 15 µs a
record, most of it for what is the same for all: types, metadata, counts of threads, a future, a log line that nobody reads.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kafka import KafkaProducer, TopicPartition
from kafka.errors import IllegalStateError, KafkaTimeoutError
from kafka.producer.future import FutureRecordMetadata
from kafka.producer.producer_batch import ProducerBatch

from producers.record_batch import HEADER_BYTES, RecordBatch
from streams.plumbing.wall_clock import now_ms

_UNTOLD = (
    None,
    None,
    -1,
    -1,
    -1,
)  # time, checksum and sizes of a record: nobody asks a future for them


class HandedBatch(ProducerBatch):  # type: ignore[misc]
    """Records of one partition on their way to the broker."""

    def __init__(self, place: TopicPartition, most_bytes: int) -> None:
        self._futures: list[Any] = []
        super().__init__(place, RecordBatch(most_bytes))
        self._futures.append(FutureRecordMetadata(self.produce_future, 0, *_UNTOLD))

    @property
    def _record_futures(self) -> list[Any]:
        """Asked for where the broker finds the batch too large, and two are made of it: each record has its own result then."""
        known = len(self._futures)
        self._futures += [
            FutureRecordMetadata(self.produce_future, place, *_UNTOLD)
            for place in range(known, self.record_count)
        ]
        return self._futures

    @_record_futures.setter
    def _record_futures(self, _: list[Any]) -> None:
        """The client begins with none."""

    @property
    def is_delivered(self) -> bool:
        return all(future.is_done and future.exception is None for future in self._futures)

    @property
    def refusal(self) -> BaseException | None:
        """Why the broker has not taken all of it, also of a part of one that was divided; None: it did not say."""
        return next(
            (each.exception for each in self._futures if each.is_done and each.exception), None
        )

    def settle(self, within_s: float) -> None:
        """Return when the broker has all of it; KafkaError for what it has not."""
        place = 0
        while place < len(self._futures):  # it grows where the batch is divided meanwhile
            self._futures[place].get(within_s)
            place += 1


class Partition:
    """A partition that records are handed to; `lock` also holds the client's thread off the batch."""

    __slots__ = ("batch", "lock", "place")

    def __init__(self, place: TopicPartition, lock: Any) -> None:
        self.place, self.lock = place, lock
        self.batch: HandedBatch | None = None


class BatchProducer(KafkaProducer):  # type: ignore[misc]
    """Not thread-safe. With the settings of the client, but for its metrics, which ask batches for more than ours know."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings, metrics_enabled=False)

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Meanwhile nothing waits for more to come. Not `flush`, which ends with an error where a batch is divided."""
        self._accumulator.begin_flush()
        self._sender.wakeup()
        try:
            yield
        finally:
            self._accumulator._flushes_in_progress.decrement()  # noqa: SLF001 - as below

    def close(self, timeout: float | None = None, **of_the_client: Any) -> None:
        """End its thread, also where Kafka is gone. The client flushes first, and raises where that takes too long: the
        error of the sending, which says what to do, would be hidden behind that one.
        """
        try:
            super().close(timeout, **of_the_client)
        except KafkaTimeoutError:
            self._sender.force_close()
            self._closed = True

    def partition(self, topic: str, number: int) -> Partition:
        """To be kept: one for each partition of a topic that is known."""
        place = TopicPartition(topic, number)
        return Partition(place, self._accumulator._tp_lock(place))  # noqa: SLF001 - the client has no public way for batches

    def hand_over(self, to: Partition, key: bytes, value: bytes) -> HandedBatch | None:
        """Hand over a record with a packed key; the batch, if it is the first of one.

        KafkaError for a record that is larger than the client may send.
        """
        at = now_ms()
        with to.lock:
            if to.batch is not None and to.batch.records.add(key, value, at):
                return None
        if self._closed:
            raise IllegalStateError("the producer is closed")
        batch = HandedBatch(to.place, self.config["batch_size"])
        batch.records.add(key, value, at)
        self._ensure_valid_record_size(batch.records.size_in_bytes() - HEADER_BYTES)
        accumulator = self._accumulator
        with to.lock:
            accumulator._batches[to.place].append(batch)  # noqa: SLF001 - as above
            accumulator._incomplete.add(batch)  # noqa: SLF001 - as above
        to.batch = batch
        self._sender.wakeup()
        return batch
