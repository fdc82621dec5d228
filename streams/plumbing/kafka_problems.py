"""Error messages about Kafka, one line each; every process uses the same."""

import re

from streams.plumbing.kafka_security import in_use


def one_line(error: BaseException) -> str:
    """The text of an error without its line breaks; its type where it has no text."""
    return " ".join(str(error).split()) or type(error).__name__


def no_answer(bootstrap: str) -> str:
    return (
        f"Kafka does not answer at {bootstrap}: is it running there?"
        " (another place: --kafka HOST:PORT)"
    )


def refusal(bootstrap: str, error: BaseException) -> str:
    """Kafka answers, but with an error."""
    if "AuthorizationFailed" in type(error).__name__:
        return (
            f"Kafka at {bootstrap}: this user may not do that, {_without_request(one_line(error))}:"
            " `queuewatch topics acl` prints the rights"
        )
    return f"Kafka at {bootstrap}: {one_line(error)}"


def _without_request(text: str) -> str:
    """kafka-python repeats the whole request and its answer where one topic is meant."""
    before, request, rest = text.partition(": Request '")
    named = re.search(r"\bname='([^']+)'", rest)
    if not request:
        return text
    return f"{before} (topic {named[1]})" if named else before


def missing_topic(topic: str) -> str:
    """A topic that a user may not see looks to him as if it were not there."""
    unseen = (
        "" if in_use().config.is_open else ", or this user may not see it: `queuewatch topics acl`"
    )
    return f"topic {topic} is missing: run `queuewatch topics create`{unseen}"


def more_than_state(partitions: int, made_for: int) -> str:
    """Topics got more partitions, and the state was not moved to them."""
    return (
        f"the topics have {partitions} partitions, but the state is made for {made_for}: queues would be counted in two"
        f" places; stop everything and run `queuewatch topics grow --partitions {partitions}`"
    )
