"""Our bytes, read by the client's own reader of batches."""

from hypothesis import given
from hypothesis import strategies as st
from kafka.record.memory_records import MemoryRecords

from producers.record_batch import HEADER_BYTES, RecordBatch, packed_key, varint

NOON = 1_280_664_000_000
ROOM = 1_000_000

Told = tuple[bytes, bytes, int]

told = st.lists(
    st.tuples(
        st.binary(max_size=80),
        st.one_of(st.binary(max_size=300), st.integers(4_000, 9_000).map(bytes)),
        st.integers(NOON - 100_000, NOON + 100_000_000),
    ),
    min_size=1,
    max_size=80,
)


def _batch(records: list[Told], producer: int = -1, epoch: int = -1, sequence: int = -1) -> RecordBatch:  # fmt: skip
    batch = RecordBatch(ROOM)
    for key, value, at in records:
        assert batch.add(packed_key(key), value, at)
    batch.set_producer_state(producer, epoch, sequence, None)
    batch.close()
    return batch


def _read(data: bytes) -> tuple[object, list[Told]]:
    batches = MemoryRecords(data)
    first = batches.next_batch()
    assert not batches.has_next()
    assert first.validate_crc()
    read = list(first)
    assert [each.offset for each in read] == list(range(len(read)))
    return first, [(each.key, each.value, each.timestamp) for each in read]


@given(told)
def test_what_was_added_is_read(records: list[Told]) -> None:
    batch = _batch(records)
    _, found = _read(bytes(batch.buffer()))
    assert found == records
    assert batch.next_offset() == len(records)
    assert batch.size_in_bytes() == len(batch.buffer())


def test_offsets_beyond_the_table_and_who_sent_it() -> None:
    records = [(b"queue", b"%d" % number, NOON + number) for number in range(9_000)]
    batch, found = _read(bytes(_batch(records, producer=7, epoch=3, sequence=11).buffer()))
    assert found == records
    assert (batch.producer_id, batch.producer_epoch, batch.base_sequence) == (7, 3, 11)  # type: ignore[attr-defined]
    assert not batch.is_transactional  # type: ignore[attr-defined]


def test_a_full_or_closed_batch_takes_nothing() -> None:
    batch = RecordBatch(HEADER_BYTES + 100)
    key, value = packed_key(b"queue"), bytes(1_000)
    assert batch.add(key, value, NOON)  # the first one has room, however large it is
    assert batch.is_full()
    assert not batch.add(key, b"", NOON)
    batch.close()
    assert not batch.add(key, b"", NOON)
    assert [size for _, size, _ in _read(bytes(batch.buffer()))[1]] == [value]
    small = RecordBatch(ROOM)
    assert small.add(key, b"1", NOON)
    small.close()
    before = bytes(small.buffer())
    assert not small.add(key, b"2", NOON)
    small.close()
    assert (bytes(small.buffer()), small.next_offset()) == (before, 1)


def test_no_batch_grows_beyond_its_limit() -> None:
    batch, key = RecordBatch(2_000), packed_key(b"queue")
    while batch.add(key, bytes(77), NOON):
        assert batch.size_in_bytes() <= 2_000
    batch.close()
    assert 1_900 < len(batch.buffer()) <= 2_000


def test_varints_of_the_protocol() -> None:
    assert [varint(number) for number in (0, -1, 1, 63, 64, -65, 8_192)] == [
        b"\0", b"\1", b"\2", b"\x7e", b"\x80\1", b"\x81\1", b"\x80\x80\1",
    ]  # fmt: skip
