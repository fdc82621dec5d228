"""Looking at topics must not make them."""

from typing import Any

import pytest

from streams.admin import topics_seen
from streams.admin.topic_table import TopicFact


class Answer:
    resources = ((0, None, 2, "north.calls", [("cleanup.policy", "delete", False)]),)


class Admin:
    """A broker that makes each topic that it is asked for by name, as is Kafka's default."""

    def __init__(self, **_: Any) -> None:
        self.there = ["north.calls", "north.strangers"]
        self.closed = False

    async def start(self) -> None:
        """It is there."""

    async def close(self) -> None:
        self.closed = True

    async def describe_topics(self, names: list[str] | None = None) -> list[dict[str, Any]]:
        self.there += [each for each in names or () if each not in self.there]
        partition = {"replicas": [1, 2], "isr": [1]}
        return [
            {"topic": name, "error_code": 0, "partitions": [partition] * 4} for name in self.there
        ]

    async def describe_configs(self, wanted: list[Any]) -> list[Answer]:
        assert [each.name for each in wanted] == ["north.calls"]
        return [Answer()]


async def test_a_missing_topic_stays_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    admin = Admin()
    monkeypatch.setattr(topics_seen, "AIOKafkaAdminClient", lambda **_: admin)
    found = await topics_seen.seen_facts("k:9092", ["north.calls", "north.legs"])
    assert found == {"north.calls": TopicFact(4, {"cleanup.policy": "delete"}, 2, 1)}
    assert admin.there == ["north.calls", "north.strangers"]
    assert admin.closed
