import pytest

from producers.publisher import Publisher, PublishError


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
