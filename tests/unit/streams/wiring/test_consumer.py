"""Partitions are values of our own, never taken for those of a library."""

from aiokafka import TopicPartition

from streams.wiring.consumer import Partition


def test_partitions_sort_by_topic_and_number_and_are_shown_as_kafka_shows_them() -> None:
    unsorted = [Partition("calls", 10), Partition("agents", 3), Partition("calls", 9)]
    assert [str(each) for each in sorted(unsorted)] == ["agents-3", "calls-9", "calls-10"]


def test_a_partition_of_a_library_is_never_equal_to_one_of_ours() -> None:
    assert len({Partition("calls", 0), Partition("calls", 0)}) == 1
    assert TopicPartition("calls", 0) != Partition("calls", 0)
