"""Batches of Kafka as what is known, and as the line that says what is missing."""

from typing import NamedTuple

import pytest

from dashboards.wallboard.feed import Feed
from dashboards.wallboard.latest import Latest
from schemas.codec import encode
from streams.plumbing.topic_reading import Batch
from tests.support.floors import snapshot

NOW = 1_795_000_000_000


class Record(NamedTuple):
    topic: str
    key: bytes
    value: bytes


def shown(version: int, topic: str = "north.snapshots") -> Record:
    return Record(topic, b"burst-pipes", encode(snapshot(NOW, waiting=version, version=version)))


@pytest.fixture
def feed() -> Feed:
    return Feed("kafka:9092", "north.", Latest())


def test_it_says_what_it_waits_for_until_everything_is_read(feed: Feed) -> None:
    assert feed.problem == "waiting for Kafka at kafka:9092"
    assert feed.take(Batch())
    assert feed.problem == "reading the topics"
    assert not feed.take(Batch())
    assert feed.take(Batch(whole=True))
    assert feed.problem == ""
    assert not feed.take(Batch(whole=True))
    assert feed.take(Batch(problem="Kafka is away"))
    assert feed.problem == "Kafka is away"


def test_an_outage_is_said_once(feed: Feed, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(3):
        feed.take(Batch(problem="Kafka is away"))
    assert caplog.messages == ["Kafka is away; trying again"]


def test_of_each_key_only_the_last_of_a_batch_is_decoded(feed: Feed) -> None:
    broken = Record("north.snapshots", b"burst-pipes", b"{")
    assert feed.take(Batch([broken, shown(7)], whole=True))
    assert feed._latest.snapshots["burst-pipes"].waiting == 7
    assert feed._latest.undecodable == 0
    assert not feed.take(Batch([shown(6)], whole=True))  # an older one changes nothing
