"""Looking at topics asks for ours alone, and what happens to them meanwhile is one line."""

from typing import Any

import pytest

from streams.admin import topics_seen
from streams.admin.problem import AdminError
from streams.admin.topic_table import TopicFact
from streams.plumbing.topic_reading import MissingTopicError

PARTITION = {"replicas": [1, 2], "isr": [1]}


class Answer:
    resources = ((0, None, 2, "north.calls", [("cleanup.policy", "delete", False)]),)


class Admin:
    """Tells the settings of `north.calls`, and nothing of all topics."""

    def __init__(self, **_: Any) -> None:
        self.closed = False

    async def start(self) -> None:
        """It is there."""

    async def close(self) -> None:
        self.closed = True

    async def describe_configs(self, wanted: list[Any]) -> list[Answer]:
        assert [each.name for each in wanted] == ["north.calls"]
        return [Answer()]


async def test_only_what_is_asked_for_by_name_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []

    async def described(_: str, names: list[str]) -> dict[str, list[dict[str, Any]]]:
        asked.append(names)
        return {"north.calls": [PARTITION] * 4}

    admin = Admin()
    monkeypatch.setattr(topics_seen, "described", described)
    monkeypatch.setattr(topics_seen, "AIOKafkaAdminClient", lambda **_: admin)
    found = await topics_seen.seen_facts("k:9092", ["north.calls", "north.legs"])
    assert found == {"north.calls": TopicFact(4, {"cleanup.policy": "delete"}, 2, 1)}
    assert asked == [["north.calls", "north.legs"]]
    assert admin.closed


def test_a_topic_that_is_deleted_meanwhile_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it the worker, which looks before it begins, ended with a traceback."""

    async def seen_facts(_: str, names: list[str]) -> dict[str, TopicFact]:
        return {name: TopicFact(4, {}) for name in names}

    async def gone(_: str, topics: list[str]) -> list[Any]:
        raise MissingTopicError(topics[0])

    monkeypatch.setattr(topics_seen, "seen_facts", seen_facts)
    monkeypatch.setattr(topics_seen, "partitions_of", gone)
    with pytest.raises(AdminError, match=r"^topic north\.targets is missing: run `queuewatch"):
        topics_seen.check_topics("k:9092", "north.")
