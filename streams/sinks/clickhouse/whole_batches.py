"""Takes records from the consumer by whole batches: what the client does for each record is done once a batch.

Rule 1: batches, transactions and checksums stay the client's own; only what is inside of a batch is read by another reader.
Rule 2: the position lies at the end of a batch. A poll may give one batch more than it was asked for.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from kafka.consumer.fetcher import Fetcher
from kafka.record.default_records import DefaultRecordBatch
from kafka.record.memory_records import MemoryRecords
from kafka.record.util import calc_crc32c

_HEAD, _MAGIC = DefaultRecordBatch.HEADER_STRUCT, 2  # the present format
_MANY = 32  # records: fewer are read without loading the other reader, which takes 5 MB
_MOST_WAITING = 8  # partitions whose answer waits to be taken, of up to 4 MB each


class _Together:
    """All records of one batch, in the place of a record of the client."""

    key, headers, checksum, timestamp_type = None, (), None, 0

    def __init__(self, records: Sequence[Any], batch: Any) -> None:
        self.value = records
        self.offset, self.timestamp = batch.next_offset - 1, batch.max_timestamp
        self.size_in_bytes = batch.size_in_bytes

    def validate_crc(self) -> bool:
        return True  # of a record of this format: its batch has one for all


class _Batch:
    """A batch of records, which has one record for the client; everything else is that of the batch."""

    def __init__(self, batch: Any) -> None:
        self._batch = batch

    def __getattr__(self, name: str) -> Any:
        return getattr(self._batch, name)

    def __iter__(self) -> Iterator[_Together]:
        if records := self._read():
            yield _Together(records, self._batch)

    def _read(self) -> list[Any]:
        return list(self._batch)


class _LargeBatch(_Batch):
    """Read where it lies: the client copies each batch, into memory that is asked of the system anew each time."""

    def __init__(self, head: DefaultRecordBatch, data: memoryview) -> None:
        super().__init__(head)
        self._data = data

    def validate_crc(self) -> bool:
        covered = self._data[DefaultRecordBatch.ATTRIBUTES_OFFSET :]
        return bool(calc_crc32c(covered) == self._batch.crc)

    def _read(self) -> list[Any]:
        from aiokafka.record.default_records import DefaultRecordBatch as Compiled

        return list(Compiled(self._data))


class _Batches:
    """What the broker sent of one partition."""

    def __init__(self, records: Any) -> None:
        self._records = records

    def next_batch(self) -> Any:
        data = self._records._next_slice  # noqa: SLF001 - the batch as the broker sent it
        if data is None or len(data) <= _HEAD.size or data[MemoryRecords.MAGIC_OFFSET] != _MAGIC:
            return self._records.next_batch()
        head = DefaultRecordBatch(data[: _HEAD.size])
        is_large = head.records_count >= _MANY and not head.compression_type
        if is_large and not head.is_control_batch:
            self._records._cache_next()  # noqa: SLF001 - goes on to the next one
            return _LargeBatch(head, data)
        batch = self._records.next_batch()
        return batch if batch.is_control_batch else _Batch(batch)


class WholeBatches(Fetcher.PartitionRecords):  # type: ignore[misc]
    """In the place of the client's own class: see `take_whole_batches`."""

    def __init__(self, fetch_offset: int, place: Any, records: Any, **settings: Any) -> None:
        super().__init__(fetch_offset, place, _Batches(records), **settings)

    def take(self, n: int | None = None) -> list[Any]:
        """The next records, at least `n` if there are so many."""
        self._maybe_raise_next_inline_exception()
        taken: list[Any] = []
        try:
            for told in self.record_iterator or ():
                if isinstance(told.value, list):
                    taken += self._wanted(told.value)
                else:  # of an old format
                    taken.append(told)
                if n is not None and len(taken) >= n:
                    break
        except Exception as error:
            if not taken:
                raise
            self._next_inline_exception = error  # raised by the next call, as the client does
        return taken

    def _wanted(self, records: list[Any]) -> list[Any]:
        """Without what lies before the offset that was asked for: a broker sends whole batches."""
        if records[0].offset >= self.fetch_offset:
            return records
        return [record for record in records if record.offset >= self.fetch_offset]


def take_whole_batches(consumer: Any) -> None:
    """Let a consumer of kafka-python give records by whole batches; before its first poll."""
    fetcher = consumer._fetcher  # noqa: SLF001 - no public way
    fetcher.PartitionRecords = WholeBatches
    fetcher.fetched_records = _asking_ahead(fetcher)


def _asking_ahead(fetcher: Any) -> Callable[..., Any]:
    """The next fetch is sent beside what came, not once all of it was taken: else Kafka rests while we work, and we while it does.

    The fetcher asks by itself only for partitions of which nothing is left to be taken. Of hundreds of partitions all would come
    to lie here, each with megabytes, while one is worked on: so it asks only while few wait.
    """
    fetched = fetcher.fetched_records

    def taken(*args: Any, **settings: Any) -> tuple[Any, bool]:
        records, _ = fetched(*args, **settings)
        waiting = len(fetcher._completed_fetches)  # noqa: SLF001 - no public way
        return records, waiting >= _MOST_WAITING  # whether to wait with the next fetch

    return taken
