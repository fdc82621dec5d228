"""Whole, then followed: what is handed out when, and what an outage does to it."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import KafkaConnectionError, OffsetOutOfRangeError
from aiokafka.protocol.metadata import MetadataRequest, MetadataRequest_v5, MetadataResponse_v5

from streams.plumbing import topic_reading
from streams.plumbing.topic_reading import (
    Batch,
    MissingTopicError,
    described,
    follow,
    partitions_of,
)

ALERTS = TopicPartition("alerts", 0)
TARGETS = TopicPartition("targets", 0)


class Record(NamedTuple):
    topic: str
    value: str


class Kafka:
    """A broker of which each fetch is told beforehand: records by partition, or an error.

    Behind the last record of `alerts` lies the marker of its transaction.
    """

    def __init__(self, *fetches: dict[TopicPartition, list[str]] | Exception) -> None:
        self.fetches = list(fetches)
        self.ends = {ALERTS: 3, TARGETS: 1}
        self.at: dict[TopicPartition, int] = {}
        self.readers = 0

    @asynccontextmanager
    async def reader(self, _: str) -> AsyncIterator["Kafka"]:
        self.readers += 1
        yield self

    async def partitions_of(self, _: str, topics: Sequence[str]) -> list[TopicPartition]:
        return [TopicPartition(topic, 0) for topic in topics]

    async def beginning_offsets(self, wanted: list[TopicPartition]) -> dict[TopicPartition, int]:
        return dict.fromkeys(wanted, 0)

    async def end_offsets(self, wanted: list[TopicPartition]) -> dict[TopicPartition, int]:
        return {partition: self.ends[partition] for partition in wanted}

    def assign(self, wanted: list[TopicPartition]) -> None:
        self.at = dict.fromkeys(wanted, -1)

    def seek(self, partition: TopicPartition, offset: int) -> None:
        self.at[partition] = offset

    async def getmany(self, timeout_ms: int) -> dict[TopicPartition, list[Record]]:
        fetch = self.fetches.pop(0)
        if isinstance(fetch, Exception):
            raise fetch
        for partition, values in fetch.items():
            marker = partition == ALERTS and self.at[partition] + len(values) == 2
            self.at[partition] += len(values) + marker
        return {tp: [Record(tp.topic, value) for value in values] for tp, values in fetch.items()}

    async def position(self, partition: TopicPartition) -> int:
        return self.at[partition]

    def highwater(self, partition: TopicPartition) -> int:
        return self.ends[partition]


async def read(
    monkeypatch: pytest.MonkeyPatch, kafka: Any, count: int, since: Callable[[], int] | None = None
) -> list[Batch]:
    monkeypatch.setattr(topic_reading, "reader", kafka.reader)
    monkeypatch.setattr(topic_reading, "partitions_of", kafka.partitions_of)
    monkeypatch.setattr(topic_reading, "_FIRST_PAUSE_S", 0.0)
    batches = follow("kafka:9092", ["alerts", "targets"], since)
    found = [await anext(batches) for _ in range(count)]
    await batches.aclose()
    return found


async def test_whole_is_said_once_every_position_has_reached_its_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kafka = Kafka({ALERTS: ["a"]}, {TARGETS: ["t"]}, {ALERTS: ["b"]}, {ALERTS: ["c"]})
    batches = await read(monkeypatch, kafka, 4)
    assert [[record.value for record in each.records] for each in batches] == [
        ["a"], ["t"], ["b"], ["c"],
    ]  # fmt: skip
    assert [each.whole for each in batches] == [False, False, True, True]
    assert batches[0].lags == {ALERTS: 2, TARGETS: 1}
    assert batches[2].positions == {ALERTS: 3, TARGETS: 1}  # behind the marker


async def test_after_an_outage_everything_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    kafka = Kafka(
        {ALERTS: ["a", "b"], TARGETS: ["t"]}, KafkaConnectionError(), {ALERTS: ["a"]},
        OffsetOutOfRangeError("gone"), {ALERTS: ["a", "b"], TARGETS: ["t"]},
    )  # fmt: skip
    batches = await read(monkeypatch, kafka, 5)
    assert [each.whole for each in batches] == [True, False, False, False, True]
    assert "Kafka does not answer at kafka:9092" in batches[1].problem
    assert batches[3].problem.startswith("Kafka at kafka:9092: ")
    assert [bool(each.problem) for each in batches] == [False, True, False, True, False]
    assert kafka.readers == 3


async def test_reading_may_begin_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    class Found(NamedTuple):
        offset: int

    kafka = Kafka({ALERTS: ["b"]}, {ALERTS: ["c"]})
    asked: list[dict[TopicPartition, int]] = []

    async def offsets_for_times(times: dict[TopicPartition, int]) -> dict[TopicPartition, Any]:
        asked.append(times)
        return {ALERTS: Found(1), TARGETS: None}  # nothing was written to `targets` since

    kafka.offsets_for_times = offsets_for_times  # type: ignore[attr-defined]
    batches = await read(monkeypatch, kafka, 1, since=lambda: 1_000)
    assert asked == [{ALERTS: 1_000, TARGETS: 1_000}]
    assert batches[0].positions == {ALERTS: 3, TARGETS: 1}
    assert batches[0].whole


async def test_a_topic_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    kafka = Kafka()

    async def none(_: str, topics: Sequence[str]) -> list[TopicPartition]:
        raise topic_reading.MissingTopicError(topics[1])

    monkeypatch.setattr(kafka, "partitions_of", none)
    (batch,) = await read(monkeypatch, kafka, 1)
    assert batch.problem == "topic targets is missing: run `queuewatch topics create`"


async def test_a_bug_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ZeroDivisionError):
        await read(monkeypatch, Kafka(ZeroDivisionError()), 1)


class Asked:
    """A broker of which each request for topics is as Kafka sees it; it makes those that it is asked for, where it may."""

    def __init__(self, there: Sequence[str]) -> None:
        self.there = list(there)
        self.closed = False

    def __call__(self, **_: Any) -> "Asked":
        return self

    async def bootstrap(self) -> None:
        """It is there."""

    async def close(self) -> None:
        self.closed = True

    def get_random_node(self) -> int:
        return 1

    async def send(self, node: int, request: MetadataRequest) -> MetadataResponse_v5:
        assert node == 1
        names, may_make = request.build(MetadataRequest_v5).to_object().values()
        if may_make:
            self.there += [each for each in names if each not in self.there]
        partitions: list[Any] = [(0, place, 1, [1], [1], []) for place in range(2)]
        topics = [
            (0, each, False, partitions) if each in self.there else (3, each, False, [])
            for each in names
        ]
        return MetadataResponse_v5(0, [(1, "kafka-1", 9093, None)], "one", 1, topics)


async def test_looking_at_topics_makes_none(monkeypatch: pytest.MonkeyPatch) -> None:
    broker = Asked(["alerts"])
    monkeypatch.setattr(topic_reading, "AIOKafkaClient", broker)
    with pytest.raises(MissingTopicError, match=r"^targets$"):
        await partitions_of("k:9092", ["alerts", "targets"])
    assert (broker.there, broker.closed) == (["alerts"], True)
    assert await partitions_of("k:9092", ["alerts"]) == [ALERTS, TopicPartition("alerts", 1)]


async def test_of_topics_that_are_not_there_nothing_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(topic_reading, "AIOKafkaClient", Asked(["alerts"]))
    found = await described("k:9092", ["alerts", "targets"])
    assert [each["isr"] for each in found.pop("alerts")] == [[1], [1]]
    assert found == {}


async def test_the_brokers_that_are_told_with_topics_are_watched(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    watched: list[tuple[str, int]] = []
    monkeypatch.setattr(topic_reading, "AIOKafkaClient", Asked(["alerts"]))
    monkeypatch.setattr(topic_reading, "watch_brokers", watched.extend)
    await partitions_of("k:9092", ["alerts"])
    assert watched == [("kafka-1", 9093)]
