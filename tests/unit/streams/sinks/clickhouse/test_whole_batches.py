"""Whole batches against what the client itself makes of the same bytes."""

from collections import deque
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kafka import TopicPartition
from kafka.consumer.fetcher import Fetcher, IsolationLevel
from kafka.errors import CorruptRecordError
from kafka.record.default_records import DefaultRecordBatchBuilder
from kafka.record.memory_records import MemoryRecords, MemoryRecordsBuilder
from msgspec import Struct

from streams.sinks.clickhouse.whole_batches import _MOST_WAITING, WholeBatches, take_whole_batches

PLACE = TopicPartition("legs", 0)
NOON = 1_280_664_000_000
COMMIT, ABORT = b"\0\0\0\1", b"\0\0\0\0"
Read = tuple[int, int, bytes | None, bytes | None, list[Any]]


class Aborted(Struct):
    """As the broker tells it: from where on records of a producer are void."""

    producer_id: int
    first_offset: int


def _packed(first: int, values: list[bytes | None], *, kind: int = 0, producer: int = -1, gone: int = 0) -> bytes:  # fmt: skip
    """A batch from offset `first` on, of a transaction if there is a producer; `gone`: so many of its offsets lack a record."""
    builder = DefaultRecordBatchBuilder(2, kind, producer >= 0, producer, 0 if producer >= 0 else -1, 0, 1 << 20)  # fmt: skip
    for number, value in enumerate(values):
        builder.append(gone + number, NOON + number, b"k%d" % number, value, [("h", b"1")] if number % 2 else [])  # fmt: skip
    data = bytearray(builder.build())
    data[:8] = first.to_bytes(8, "big")
    return bytes(data)


class _Marker(DefaultRecordBatchBuilder):  # type: ignore[misc]
    def _get_attributes(self, _: bool = True) -> int:
        return 0x30  # control, of a transaction


def _marker(at: int, producer: int, kind: bytes) -> bytes:
    """The end of a transaction."""
    builder = _Marker(2, 0, True, producer, 0, -1, 1 << 20)
    builder.append(0, NOON, kind, bytes(6), [])
    data = bytearray(builder.build())
    data[:8] = at.to_bytes(8, "big")
    return bytes(data)


def _told(
    kind: Any, data: bytes, *, at: int = 0, n: int | None = None, aborted: tuple[Aborted, ...] = ()
) -> tuple[list[Read], int]:
    """Everything, taken `n` by `n`, and the position after it."""
    part = kind(
        at, PLACE, MemoryRecords(data), isolation_level=IsolationLevel.READ_COMMITTED,
        aborted_transactions=aborted,
    )  # fmt: skip
    read: list[Read] = []
    while part and (records := part.take(n)):
        read += [(r.offset, r.timestamp, r.key, r.value, list(r.headers)) for r in records]
    return read, part.next_fetch_offset


def _both(data: bytes, **asked: Any) -> list[Read]:
    """Ours, which must be what the client reads."""
    told = _told(WholeBatches, data, **asked)
    assert told == _told(Fetcher.PartitionRecords, data, **asked)
    return told[0]


values = st.lists(st.one_of(st.none(), st.binary(max_size=60)), min_size=1, max_size=90)


@given(st.lists(values, min_size=1, max_size=4), st.integers(0, 200), st.integers(1, 100))
def test_what_the_client_reads(batches: list[list[bytes | None]], at: int, n: int) -> None:
    data, first = b"", 0
    for each in batches:
        data += _packed(first, each)
        first += len(each)
    read = _both(data)
    assert [value for _, _, _, value, _ in read] == [value for each in batches for value in each]
    assert _both(data, at=min(at, first - 1), n=n) == read[min(at, first - 1) :]


def test_of_transactions_only_what_was_committed() -> None:
    data = (
        _packed(0, [b"1"] * 40, producer=7)
        + _packed(40, [b"2"] * 40, producer=8)
        + _marker(80, 7, ABORT)
        + _marker(81, 8, COMMIT)
        + _packed(82, [b"3"], producer=7)
        + _marker(83, 7, COMMIT)
    )
    read = _both(data, aborted=(Aborted(7, 0),))
    assert [value for _, _, _, value, _ in read] == [b"2"] * 40 + [b"3"]
    assert _told(WholeBatches, data, aborted=(Aborted(7, 0),))[1] == 84  # past the marker


def test_batches_that_were_compressed_or_compacted() -> None:
    assert len(_both(_packed(0, [b"x" * 50] * 60, kind=1))) == 60
    read = _both(_packed(100, [b"1"] * 40, gone=5), at=103)
    assert (read[0][0], len(read)) == (105, 40)
    with_format_1 = MemoryRecordsBuilder(1, 0, 1 << 20)
    for number in range(3):
        with_format_1.append(NOON, b"k", b"%d" % number)
    with_format_1.close()
    assert len(_both(bytes(with_format_1.buffer()))) == 3


def test_a_batch_that_is_cut_off_waits_for_the_next_answer() -> None:
    data = _packed(0, [b"1"] * 40) + _packed(40, [b"2"] * 40)
    for cut in (1, 30, len(data) // 2 - 5):
        assert len(_both(data[:-cut])) == 40


def test_the_next_answer_is_asked_for_beside_what_came() -> None:
    """Where the client would wait with it until all that came is taken."""
    sent: list[int] = []
    answers = [({PLACE: [1, 2]}, True), ({PLACE: [3]}, True), ({PLACE: [4]}, True)]
    fetcher = Fetcher.__new__(Fetcher)
    fetcher._completed_fetches = deque([object()])
    fetcher.fetched_records = lambda *_, **__: answers.pop(0)
    fetcher.send_fetches = lambda: sent.append(len(answers))
    assert fetcher.fetch_records(2) == ({PLACE: [1, 2]}, False)
    assert sent == []  # as the client does it
    take_whole_batches(SimpleNamespace(_fetcher=fetcher))
    assert fetcher.fetch_records(2) == ({PLACE: [3]}, False)
    assert sent == [1]
    fetcher._completed_fetches.extend(
        range(_MOST_WAITING)
    )  # else a backlog of all partitions comes to lie in memory
    assert fetcher.fetch_records(2) == ({PLACE: [4]}, False)
    assert sent == [1]


def test_a_batch_with_a_wrong_checksum_is_an_error_after_what_comes_before() -> None:
    data = bytearray(_packed(0, [b"1"] * 40) + _packed(40, [b"2"] * 40))
    data[-3] ^= 1
    part = WholeBatches(0, PLACE, MemoryRecords(bytes(data)))
    assert len(part.take(1_000)) == 40
    with pytest.raises(CorruptRecordError):
        part.take(1_000)
