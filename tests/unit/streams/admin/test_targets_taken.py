"""The stream has taken targets when the newest cursor of every partition says so."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from kafka import TopicPartition

from streams.admin import targets_taken
from streams.admin.broker import AdminError
from streams.admin.targets_taken import wait_until_taken
from streams.core.calls_pieces import CURSOR
from tests.support.builders import targets
from tests.support.story import Story

A, B = TopicPartition("state", 0), TopicPartition("state", 1)


def cursor(version: int) -> Any:
    day = Story(configured=False)
    for _ in range(version):
        day.publish(targets())
    found = day.unit.checkpoint()
    assert found is not None
    (value,) = [value for key, value in found.pieces if key == CURSOR]
    return SimpleNamespace(key=CURSOR, value=value)


class Client:
    """Answers one poll with each batch, then with nothing."""

    def __init__(self, *batches: dict[TopicPartition, list[Any]]) -> None:
        self._batches = list(batches)

    def assign(self, partitions: list[TopicPartition]) -> None:
        assert partitions == [A, B]

    def seek_to_beginning(self, *_: TopicPartition) -> None: ...

    def poll(self, **_: int) -> dict[TopicPartition, list[Any]]:
        return self._batches.pop(0) if self._batches else {}


def wait(monkeypatch: pytest.MonkeyPatch, client: Client, version: int) -> None:
    @contextmanager
    def consumer(_: str) -> Iterator[Client]:
        yield client

    monkeypatch.setattr(targets_taken, "consumer", consumer)
    monkeypatch.setattr(targets_taken, "partitions_of", lambda *_: [A, B])
    wait_until_taken("kafka:9092", "", version, 0.0 if client is EMPTY else 60.0)


EMPTY = Client()


def test_it_waits_for_the_last_partition_and_passes_by_other_pieces(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = SimpleNamespace(key=b"calls|queue|billing", value=b"{}")
    gone = SimpleNamespace(key=CURSOR, value=None)
    client = Client(
        {A: [cursor(1), other], B: [cursor(1)]}, {A: [cursor(2)]}, {B: [gone, cursor(3)]}
    )
    wait(monkeypatch, client, 2)
    assert client.poll() == {}


def test_a_stream_that_does_not_run_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AdminError, match=r"not taken version 2 .* \(2 of 2 partitions\)"):
        wait(monkeypatch, EMPTY, 2)


def test_a_cursor_that_cannot_be_read_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    damaged = SimpleNamespace(key=CURSOR, value=b"\xc1")
    with pytest.raises(AdminError, match=r"^state: "):
        wait(monkeypatch, Client({A: [damaged]}), 2)
