import pytest
from aiokafka.partitioner import murmur2 as of_aiokafka
from hypothesis import given
from hypothesis import strategies as st
from kafka.partitioner.default import murmur2 as of_kafka_python

from streams.plumbing.partitions import partition_of


@pytest.mark.parametrize(
    ("key", "partition"),
    # org.apache.kafka.common.utils.Utils.murmur2 of Kafka 4.1, made positive, modulo 8.
    [("burst-pipes", 5), ("Support", 5), ("sales", 0), ("NW", 0), ("PS", 6), ("Wasser-Störung", 6)],
)
def test_a_queue_has_the_partition_that_every_client_gives_it(key: str, partition: int) -> None:
    assert partition_of(key.encode(), 8) == partition


@given(key=st.binary(max_size=70))
def test_both_client_libraries_choose_the_same(key: bytes) -> None:
    assert partition_of(key, 2**31) == of_kafka_python(key) & 0x7FFFFFFF
    assert partition_of(key, 2**31) == of_aiokafka(key) & 0x7FFFFFFF
