"""Each partition of topic `state` is read on its own."""

from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from kafka import TopicPartition

from streams.admin import live_days
from streams.admin.live_days import read_live_days

A, B = TopicPartition("state", 0), TopicPartition("state", 1)


class Days:
    def __init__(self) -> None:
        self.loaded: list[tuple[bytes, bytes]] = []

    def load(self, key: bytes, value: bytes) -> None:
        self.loaded.append((key, value))


def test_records_go_to_the_days_of_their_partition(monkeypatch: pytest.MonkeyPatch) -> None:
    records = [(A, b"1"), (B, b"2"), (A, b"3")]

    @contextmanager
    def consumer(_: str) -> Any:
        yield None

    def walk(_: Any, partitions: list[TopicPartition]) -> Any:
        assert partitions == [A, B]
        return ((tp, SimpleNamespace(key=b"k", value=value)) for tp, value in records)

    monkeypatch.setattr(live_days, "consumer", consumer)
    monkeypatch.setattr(live_days, "partitions_of", lambda *_: [A, B])
    monkeypatch.setattr(live_days, "walk", walk)
    monkeypatch.setattr(live_days, "PartitionDays", Days)
    found: Any = read_live_days("kafka:9092", "state")
    assert [each.loaded for each in found] == [[(b"k", b"1"), (b"k", b"3")], [(b"k", b"2")]]
