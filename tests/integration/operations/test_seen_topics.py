"""Looking at topics makes none, on a broker that makes each topic which a client asks for, as is Kafka's default."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from kafka import KafkaProducer
from kafka.admin import KafkaAdminClient

from schemas.topics import TOPICS, topic_name
from streams.admin.topics_seen import check_topics, seen_facts
from streams.local import kafka as local_kafka
from streams.local.kafka_place import KafkaPlace, server_properties
from streams.plumbing.topic_reading import MissingTopicError, partitions_of
from tests.support.services import start_kafka

OFF, ON = "auto.create.topics.enable=false", "auto.create.topics.enable=true"


@pytest.fixture
def bootstrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    def properties(place: KafkaPlace) -> str:
        text = server_properties(place)
        assert OFF in text
        return text.replace(OFF, ON)

    monkeypatch.setattr(local_kafka, "server_properties", properties)
    broker = start_kafka(tmp_path)
    yield broker.place.bootstrap
    broker.stop()


def test_looking_makes_no_topic(bootstrap: str) -> None:
    names = [topic_name(each.name, "slip.") for each in TOPICS]
    assert asyncio.run(seen_facts(bootstrap, names)) == {}
    with pytest.raises(MissingTopicError):
        asyncio.run(partitions_of(bootstrap, names))
    assert len(check_topics(bootstrap, "slip.")) == len(TOPICS)
    producer = KafkaProducer(bootstrap_servers=bootstrap)
    producer.send("asked-for", b"x").get(60)  # which this broker makes
    producer.close()
    client = KafkaAdminClient(bootstrap_servers=bootstrap)
    there = [each for each in client.list_topics() if not each.startswith("__")]
    client.close()
    assert there == ["asked-for"]
