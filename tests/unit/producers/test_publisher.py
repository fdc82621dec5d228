import pytest

from producers.publisher import Publisher, PublishError, partition_of


@pytest.mark.parametrize(
    ("key", "partition"),
    # org.apache.kafka.common.utils.Utils.murmur2 of Kafka 4.1, made positive, modulo 8.
    [("burst-pipes", 5), ("Support", 5), ("sales", 0), ("NW", 0), ("PS", 6), ("Wasser-Störung", 6)],
)
def test_a_queue_has_the_partition_that_every_client_gives_it(key: str, partition: int) -> None:
    assert partition_of(key.encode(), 8) == partition


def test_a_kafka_that_is_not_there_is_one_line() -> None:
    with pytest.raises(PublishError) as caught:
        Publisher("127.0.0.1:1", answer_within_s=0.5)
    assert str(caught.value) == "Kafka at 127.0.0.1:1 does not answer; is it running? (--kafka)"


def test_an_address_that_is_none_is_one_line() -> None:
    with pytest.raises(PublishError) as caught:
        Publisher("127.0.0.1:many")
    assert (
        str(caught.value) == "Kafka at 127.0.0.1:many does not answer; expected HOST:PORT (--kafka)"
    )
