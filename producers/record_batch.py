"""Records of one partition as a batch of Kafka's format 2. Pure.

The client's own builder checks and counts what is known here for each record, in some twelve calls a record.
"""

import struct

from crc32c import crc32c

# Base offset, length, epoch of the leader, magic, CRC; what the CRC covers: attributes, last offset, first and newest time,
# producer, its epoch, first sequence number, records.
_HEADER = struct.Struct(">qiibI")
_COVERED = struct.Struct(">hiqqqhii")
HEADER_BYTES = _HEADER.size + _COVERED.size
_BEFORE_LENGTH = 12  # bytes that the length does not count
_MAGIC = 2
_NO_ATTRIBUTES = 0  # not compressed, of no transaction
_ENDS = 2  # bytes of a record beside its fields: attributes, and no headers


def varint(number: int) -> bytes:
    """Zigzag, seven bits a byte, the lowest first."""
    left = number << 1 if number >= 0 else (-number << 1) - 1
    packed = bytearray()
    while left > 0x7F:  # noqa: PLR2004 - seven bits
        packed.append(left & 0x7F | 0x80)
        left >>= 7
    packed.append(left)
    return bytes(packed)


_MANY = 4_096
_VARINTS = [varint(number) for number in range(_MANY)]  # 200 kB


def packed_key(key: bytes) -> bytes:
    """A key as records hold it: packed once, not once a record."""
    return varint(len(key)) + key


class RecordBatch:
    """Grows by `add` until it is closed; then it is bytes. What a batch of the client asks of its records."""

    __slots__ = (
        "_at", "_buffer", "_bytes", "_most_bytes", "_newest", "_parts", "_records",
        "base_sequence", "producer_epoch", "producer_id",
    )  # fmt: skip

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._parts: list[bytes] = []
        self._bytes, self._records = HEADER_BYTES, 0
        self._at = self._newest = 0
        self._buffer: bytearray | None = None
        self.producer_id = self.producer_epoch = self.base_sequence = -1

    def add(self, key: bytes, value: bytes, at: int) -> bool:
        """Add a record with a packed key, of time `at` in ms; False if it has no room, and nothing was added.

        A first record always has room.
        """
        number = self._records
        if not number:
            self._at = self._newest = at
        later, length = at - self._at, len(value)
        time = _VARINTS[later] if 0 <= later < _MANY else varint(later)
        offset = _VARINTS[number] if number < _MANY else varint(number)
        size = _VARINTS[length] if length < _MANY else varint(length)
        told = _ENDS + len(time) + len(offset) + len(key) + len(size) + length
        whole = _VARINTS[told] if told < _MANY else varint(told)
        after = self._bytes + len(whole) + told
        if self._buffer is not None or (number and after > self._most_bytes):
            return False
        self._parts += (whole, b"\0", time, offset, key, size, value, b"\0")
        self._bytes, self._records = after, number + 1
        if at > self._newest:  # noqa: PLR1730 - a call more for each record
            self._newest = at
        return True

    def next_offset(self) -> int:
        """How many records there are."""
        return self._records

    def size_in_bytes(self) -> int:
        return self._bytes

    def is_full(self) -> bool:
        return self._buffer is not None or self._bytes >= self._most_bytes

    def set_producer_state(self, producer: int, epoch: int, sequence: int, _: object) -> None:
        """Who sends it, and the number of its first record; before it is closed. Of no transaction."""
        assert self._buffer is None, "a batch that was sent may not be sent as another one"  # noqa: S101 - it would count twice
        self.producer_id, self.producer_epoch, self.base_sequence = producer, epoch, sequence

    def close(self) -> None:
        """Make the bytes; again, nothing."""
        if self._buffer is not None:
            return
        covered = _COVERED.pack(
            _NO_ATTRIBUTES, self._records - 1, self._at, self._newest,
            self.producer_id, self.producer_epoch, self.base_sequence, self._records,
        )  # fmt: skip
        body = b"".join((covered, *self._parts))
        header = _HEADER.pack(0, self._bytes - _BEFORE_LENGTH, 0, _MAGIC, crc32c(body))
        self._buffer = bytearray(header + body)
        self._parts = []

    def buffer(self) -> bytearray:
        assert self._buffer is not None, "not closed"  # noqa: S101 - an error of the caller
        return self._buffer
