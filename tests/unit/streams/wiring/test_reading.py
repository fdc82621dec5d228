"""A topic is read to a known end by positions: markers of transactions occupy offsets too."""

from collections.abc import Callable
from typing import Any

import pytest
from aiokafka import TopicPartition

from streams.plumbing.topic_reading import MissingTopicError
from streams.wiring import reading
from streams.wiring.reading import read_until, topic_partitions
from tests.support.fake_writer import Fetched

LOG, EMPTY = TopicPartition("state", 0), TopicPartition("state", 1)


class Reader:
    """Two records, and behind them a marker that is never handed over."""

    def __init__(self) -> None:
        self._position = 0

    async def position(self, partition: TopicPartition) -> int:
        assert partition == LOG, "an empty log has no position to wait for"
        return self._position

    async def getmany(self, **_: int) -> dict[TopicPartition, list[Fetched]]:
        self._position += 1
        return {LOG: [Fetched(self._position - 1)]} if self._position <= 2 else {}


async def offsets_read(given_up: Callable[[], bool]) -> tuple[bool, list[int]]:
    taken: list[int] = []

    def take(record: Any) -> None:
        taken.append(record.offset)

    return await read_until(Reader(), {LOG: 3, EMPTY: 0}, take, given_up), taken


async def test_it_reads_up_to_the_end_behind_the_last_marker() -> None:
    assert await offsets_read(lambda: False) == (True, [0, 1])


async def test_it_ends_early_when_it_is_given_up() -> None:
    answers = iter([False, True])
    assert await offsets_read(lambda: next(answers)) == (False, [0])


async def test_a_new_topic_is_asked_for_until_it_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    missing = [1, 2]

    async def partitions_of(_: str, topics: list[str]) -> list[TopicPartition]:
        if missing:
            missing.pop()
            raise MissingTopicError(topics[0])
        return [TopicPartition(topic, 0) for topic in topics]

    monkeypatch.setattr(reading, "partitions_of", partitions_of)
    monkeypatch.setattr(reading, "ASK_AGAIN_S", 0.0)
    assert await topic_partitions("k:9092", "state") == [LOG]
    assert missing == []
