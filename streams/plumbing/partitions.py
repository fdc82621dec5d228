"""Which partition a key belongs to: every writer and reader must choose the same one.

The function stands here, and not in a client library: each of the two is megabytes that a process of the other need not load.
"""

_SEED, _M = 0x9747B28C, 0x5BD1E995
_32_BITS = 0xFFFFFFFF


def partition_of(key: bytes, partitions: int) -> int:
    """The partition of a key, the same as in other clients of Kafka (murmur2, positive)."""
    return (_murmur2(key) & 0x7FFFFFFF) % partitions


def _murmur2(data: bytes) -> int:
    """`org.apache.kafka.common.utils.Utils.murmur2`, unsigned."""
    whole = len(data) & ~3
    h = _SEED ^ len(data)
    for begin in range(0, whole, 4):
        k = int.from_bytes(data[begin : begin + 4], "little") * _M & _32_BITS
        k = (k ^ k >> 24) * _M & _32_BITS
        h = h * _M & _32_BITS ^ k
    if rest := data[whole:]:
        h = (h ^ int.from_bytes(rest, "little")) * _M & _32_BITS
    h = (h ^ h >> 13) * _M & _32_BITS
    return h ^ h >> 15
