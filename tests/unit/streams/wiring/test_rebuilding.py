"""A unit made anew: replayed to the cursor and no further, written once, then loaded."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiokafka import TopicPartition

from schemas.targets import TargetsVersion, TopicsEpoch
from streams.wiring import rebuilding
from streams.wiring.targets_feed import TargetsFeed
from tests.support.engines import OPTIONS, owned_unit
from tests.support.fake_writer import FakeWriter, Fetched, fetched

INPUT = TopicPartition("x-calls", 0)


class Reader:
    """A log of the offsets 3 to 9."""

    def __init__(self) -> None:
        self._position = 3

    async def beginning_offsets(self, _: object) -> dict[TopicPartition, int]:
        return {INPUT: 3}

    async def end_offsets(self, _: object) -> dict[TopicPartition, int]:
        return {INPUT: 10}

    def assign(self, _: object) -> None:
        """Nothing else can be assigned."""

    def seek(self, _: object, offset: int) -> None:
        self._position = offset

    async def position(self, _: object) -> int:
        return self._position

    async def getmany(self, **_: int) -> dict[TopicPartition, list[Fetched]]:
        first, self._position = self._position, min(self._position + 4, 10)
        return {INPUT: fetched(first, self._position - 1)}


class Rebuilder:
    def __init__(self, until: int | None) -> None:
        self.damaged: list[str] = ["billing"]
        self.first: int | None = None
        self.offsets: list[int] = []
        self._until = until

    def load(self, key: bytes, value: bytes | None) -> None:
        """The former state is of no interest here."""

    def begin(
        self, _: list[TargetsVersion], first_offset: int, *, is_whole: bool = True
    ) -> int | None:
        self.first, self.is_whole = first_offset, is_whole
        return self._until

    def apply(self, records: list[Any]) -> None:
        self.offsets += [record.offset for record in records]

    def pieces(self) -> list[tuple[bytes, bytes | None]]:
        return [(b"calls|q1", b"5"), (b"calls|old", None)]


def targets(topics: TopicsEpoch | None = None) -> TargetsFeed:
    feed = TargetsFeed(OPTIONS, lambda _: None)
    feed.topics = topics or feed.topics
    return feed


@pytest.fixture(autouse=True)
def log_of_offsets(monkeypatch: pytest.MonkeyPatch) -> None:
    @asynccontextmanager
    async def reader(_: str, **_options: int) -> AsyncIterator[Reader]:
        yield Reader()

    monkeypatch.setattr(rebuilding, "reader", reader)


async def test_it_replays_up_to_the_cursor_then_writes_and_loads(
    caplog: pytest.LogCaptureFixture,
) -> None:
    owned, rebuilder = owned_unit(), Rebuilder(until=8)
    assert await rebuilding.rebuild("", owned, rebuilder, targets(), lambda: False)
    assert (rebuilder.first, rebuilder.offsets) == (3, [3, 4, 5, 6, 7])
    assert isinstance(owned.writer, FakeWriter)
    assert [checkpoint.pieces for checkpoint in owned.writer.written] == [rebuilder.pieces()]
    assert owned.source is not None
    assert [(each.queue, each.waiting) for each in owned.source.snapshots(0)] == [("q1", 5)]
    assert "the former state of queue billing was damaged" in caplog.text


async def test_records_of_before_a_move_to_more_partitions_are_not_read() -> None:
    owned, rebuilder = owned_unit(), Rebuilder(until=8)
    moved = targets(TopicsEpoch(2, 0, 3, {"calls": [6]}))
    assert await rebuilding.rebuild("", owned, rebuilder, moved, lambda: False)
    assert (rebuilder.first, rebuilder.offsets, rebuilder.is_whole) == (6, [6, 7], False)


async def test_given_up_on_the_way_it_writes_nothing() -> None:
    owned, answers = owned_unit(), iter([False, True])
    assert not await rebuilding.rebuild("", owned, Rebuilder(8), targets(), lambda: next(answers))
    assert isinstance(owned.writer, FakeWriter)
    assert owned.writer.written == []


async def test_where_nothing_was_ever_written_there_is_nothing_to_make_anew() -> None:
    owned, rebuilder = owned_unit(), Rebuilder(until=None)
    assert await rebuilding.rebuild("", owned, rebuilder, targets(), lambda: False)
    assert isinstance(owned.writer, FakeWriter)
    assert (rebuilder.offsets, owned.writer.written) == ([], [])
