"""Takes records from the consumer by whole batches: what the client does for each record is done once a batch.

Rule 1: batches, transactions and checksums stay the client's own; only what is inside of a batch is read by another reader.
Rule 2: the position lies at the end of a batch. A poll may give one batch more than it was asked for.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from kafka.consumer.fetcher import Fetcher

_MANY = 32  # records: fewer are read without loading the other reader, which takes 5 MB


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
        if records := read_records(self._batch):
            yield _Together(records, self._batch)


class _Batches:
    """What the broker sent of one partition."""

    def __init__(self, records: Any) -> None:
        self._records = records

    def next_batch(self) -> Any:
        batch = self._records.next_batch()
        is_plain = batch is not None and batch.magic == 2 and not batch.is_control_batch  # noqa: PLR2004 - the present format
        return _Batch(batch) if is_plain else batch


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


def read_records(batch: Any) -> list[Any]:
    """The records of a batch of the present format; each has offset, timestamp, key, value and headers."""
    if batch.records_count < _MANY or batch.compression_type:
        return list(batch)
    from aiokafka.record.default_records import DefaultRecordBatch

    return list(DefaultRecordBatch(bytes(batch._buffer)))  # noqa: SLF001 - the batch as the broker sent it


def take_whole_batches(consumer: Any) -> None:
    """Let a consumer of kafka-python give records by whole batches; before its first poll."""
    consumer._fetcher.PartitionRecords = WholeBatches  # noqa: SLF001 - no public way
