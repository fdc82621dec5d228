"""Which partition a key belongs to: every writer and reader must choose the same one."""

from kafka.partitioner.default import murmur2


def partition_of(key: bytes, partitions: int) -> int:
    """The partition of a key, the same as in other clients of Kafka (murmur2, positive)."""
    return int((murmur2(key) & 0x7FFFFFFF) % partitions)
