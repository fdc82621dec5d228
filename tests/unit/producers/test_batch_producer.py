"""What a batch says of its records, without a broker; with one: tests/integration/producers."""

import pytest
from kafka import TopicPartition
from kafka.errors import KafkaError, KafkaTimeoutError, MessageSizeTooLargeError
from kafka.producer.future import FutureProduceResult

from producers.batch_producer import HandedBatch
from producers.record_batch import packed_key


def batch_of(n: int) -> HandedBatch:
    made = HandedBatch(TopicPartition("calls", 0), 1 << 20)
    for number in range(n):
        assert made.records.add(packed_key(b"k"), b"%d" % number, number)
    return made


def test_what_the_broker_said_of_a_part_of_a_divided_batch_is_its_refusal() -> None:
    """It was told as a broker that does not answer."""
    batch = batch_of(3)
    parts = FutureProduceResult(batch.topic_partition), FutureProduceResult(batch.topic_partition)
    for place, future in enumerate(batch._record_futures):  # as the client divides it
        future.rebind(parts[place // 2], place % 2)
    parts[0].success((0, -1, None))
    refused = MessageSizeTooLargeError("too large")
    parts[1].success((-1, -1, lambda _: refused))
    assert not batch.is_done
    with pytest.raises(KafkaError):
        batch.settle(1.0)
    assert batch.refusal is refused


def test_a_broker_that_does_not_answer_refuses_nothing() -> None:
    batch = batch_of(2)
    with pytest.raises(KafkaTimeoutError):
        batch.settle(0.0)
    assert batch.refusal is None
