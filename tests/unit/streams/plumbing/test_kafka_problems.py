"""Errors as one line."""

from kafka.errors import TopicAuthorizationFailedError

from streams.plumbing.kafka_problems import no_answer, one_line, refusal


def test_an_error_is_one_line_and_never_empty() -> None:
    assert one_line(ValueError("a\n  b")) == "a b"
    assert one_line(TimeoutError()) == "TimeoutError"


def test_the_line_names_the_place_and_how_to_choose_another() -> None:
    assert "at kafka:9092" in no_answer("kafka:9092")
    assert "--kafka" in no_answer("kafka:9092")
    assert refusal("kafka:9092", ValueError("no")) == "Kafka at kafka:9092: no"


def test_a_right_that_is_missing_is_named_without_the_request() -> None:
    dump = "Request 'CreateTopicsRequest(topics=[CreatableTopic(name='targets', …)])' failed"
    said = refusal("k:1", TopicAuthorizationFailedError(dump))
    assert said == (
        "Kafka at k:1: this user may not do that, [Error 29] TopicAuthorizationFailedError"
        " (topic targets): `queuewatch topics acl` prints the rights"
    )
    assert "{'calls'}" in refusal("k:1", TopicAuthorizationFailedError({"calls"}))
