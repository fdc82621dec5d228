"""Batches of our own through the client of Kafka: large ones are divided, what fails is said."""

import threading

import pytest
from kafka import KafkaConsumer, TopicPartition
from kafka.admin import KafkaAdminClient, NewTopic
from kafka.errors import IllegalStateError, KafkaError, MessageSizeTooLargeError

from producers.batch_producer import BatchProducer, HandedBatch
from producers.record_batch import packed_key
from streams.local.kafka import LocalKafka
from tests.support.names import unique
from tests.support.waiting import wait_until

WITHIN_S = 60.0


def _topic(kafka: LocalKafka, **settings: str) -> str:
    name = unique("batches")
    admin = KafkaAdminClient(bootstrap_servers=kafka.place.bootstrap)
    configs = {key.replace("_", "."): value for key, value in settings.items()}
    admin.create_topics(
        [NewTopic(name, num_partitions=1, replication_factor=1, topic_configs=configs)]
    )
    admin.close()
    return name


def _producer(kafka: LocalKafka, batch_size: int) -> BatchProducer:
    return BatchProducer(
        bootstrap_servers=kafka.place.bootstrap, enable_idempotence=True, acks="all", linger_ms=1_000,
        batch_size=batch_size,
    )  # fmt: skip


def _values(kafka: LocalKafka, topic: str) -> list[bytes]:
    place = TopicPartition(topic, 0)
    consumer = KafkaConsumer(
        bootstrap_servers=kafka.place.bootstrap, auto_offset_reset="earliest", group_id=None
    )
    consumer.assign([place])
    end = consumer.end_offsets([place])[place]
    values: list[bytes] = []
    while consumer.position(place) < end:
        for records in consumer.poll(timeout_ms=500).values():
            values += [record.value for record in records]
    consumer.close()
    return values


def _handed(producer: BatchProducer, topic: str, values: list[bytes]) -> list[HandedBatch]:
    assert producer.partitions_for(topic) == {0}
    partition, key = producer.partition(topic, 0), packed_key(b"key")
    handed = [producer.hand_over(partition, key, value) for value in values]
    return [batch for batch in handed if batch is not None]


def test_a_batch_that_the_broker_finds_too_large_is_divided(kafka: LocalKafka) -> None:
    topic = _topic(kafka, max_message_bytes="3000")
    values = [b"%04d" % number + bytes(90) for number in range(200)]  # 7 times too large
    with _producer(kafka, 256 * 1024) as producer:
        (batch,) = _handed(producer, topic, values)
        with producer.at_once():
            batch.settle(WITHIN_S)
        assert batch.is_delivered
    assert _values(kafka, topic) == values


def test_a_part_of_a_divided_batch_that_fails_is_seen(kafka: LocalKafka) -> None:
    topic = _topic(kafka, max_message_bytes="3000")
    values = [b"%d" % number for number in range(199)] + [bytes(5_000)]  # no division lets it in
    with _producer(kafka, 256 * 1024) as producer:
        (batch,) = _handed(producer, topic, values)
        with pytest.raises(MessageSizeTooLargeError):
            batch.settle(WITHIN_S)
        assert not batch.is_delivered
    assert _values(kafka, topic) == values[: len(_values(kafka, topic))]


def test_batches_follow_each_other_in_order(kafka: LocalKafka) -> None:
    topic = _topic(kafka)
    values = [b"%d" % number for number in range(5_000)]
    with _producer(kafka, 1_000) as producer:
        batches = _handed(producer, topic, values)
        assert len(batches) > 50
        producer.flush(WITHIN_S)
        assert all(batch.is_delivered for batch in batches)
        assert sum(batch.record_count for batch in batches) == len(values)
    assert _values(kafka, topic) == values


def test_what_nobody_flushes_is_sent(kafka: LocalKafka) -> None:
    topic = _topic(kafka)
    with _producer(kafka, 1_000) as producer:
        (batch,) = _handed(producer, topic, [b"alone"])
        batch.settle(WITHIN_S)
    assert _values(kafka, topic) == [b"alone"]


def test_a_record_larger_than_a_request_is_refused_and_the_others_are_sent(
    kafka: LocalKafka,
) -> None:
    topic = _topic(kafka)
    with _producer(kafka, 1_000) as producer:
        partition, key = (_handed(producer, topic, [b"1"]), producer.partition(topic, 0))[1], packed_key(b"k")  # fmt: skip
        with pytest.raises(KafkaError):
            producer.hand_over(partition, key, bytes(2_000_000))
        producer.hand_over(partition, key, b"2")
        producer.flush(WITHIN_S)
    assert _values(kafka, topic) == [b"1", b"2"]
    with pytest.raises(KafkaError):
        producer.hand_over(partition, key, b"3" * 2_000)


def test_the_clients_thread_never_sends_half_a_record(kafka: LocalKafka) -> None:
    """Batches are taken away while they grow."""
    topic = _topic(kafka)
    producer = BatchProducer(
        bootstrap_servers=kafka.place.bootstrap, enable_idempotence=True, acks="all", linger_ms=0
    )
    values = [b"%d" % number for number in range(20_000)]
    batches: list[HandedBatch] = []
    sending = threading.Thread(target=lambda: batches.extend(_handed(producer, topic, values)))
    sending.start()
    while sending.is_alive():
        producer.flush(WITHIN_S)
    with producer.at_once():
        for batch in batches:
            batch.settle(WITHIN_S)
    producer.close()
    assert _values(kafka, topic) == values


def test_it_is_closed_though_kafka_has_not_taken_all_in_time(kafka: LocalKafka) -> None:
    """`send` ended with a traceback of this where Kafka died, in place of its line of what to do."""
    topic = _topic(kafka)
    producer = _producer(kafka, 256 * 1024)
    _handed(producer, topic, [b"1"])
    producer.close(timeout=0)  # nothing is taken within no time
    wait_until(lambda: not producer._sender.is_alive(), "the end of the thread of the client")
    with pytest.raises(IllegalStateError):
        producer.hand_over(producer.partition(topic, 0), packed_key(b"key"), b"2")
    producer.close(timeout=0)
