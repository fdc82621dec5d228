"""Topic `legs` as what is known of callers: whole or nothing, and nothing where nobody is to see it."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence

import pytest

from dashboards.callers.stays import REACH_MS, Stays
from dashboards.wallboard import stays_feed as module
from dashboards.wallboard.stays_feed import StaysFeed
from schemas.codec import encode
from schemas.legs import LegRow
from schemas.timing import AHEAD_OF_BROKER_MS
from streams.plumbing.topic_reading import Batch
from tests.support.callers import ANN, came
from tests.support.walls import NOW


class Record:
    def __init__(self, value: bytes | None) -> None:
        self.value = value


def batch(*rows: LegRow | bytes | None, whole: bool = True) -> Batch:
    values = [encode(row) if isinstance(row, LegRow) else row for row in rows]
    return Batch([Record(value) for value in values], whole)


class Kafka:
    """Batches that are told beforehand; then silence."""

    def __init__(self, *batches: Batch) -> None:
        self.batches = list(batches)
        self.begun: list[int] = []

    async def follow(
        self, _: str, topics: Sequence[str], since: Callable[[], int]
    ) -> AsyncGenerator[Batch, None]:
        assert topics == ["north.legs"]
        self.begun.append(since())
        for each in self.batches:
            yield each
        while True:
            await asyncio.sleep(0)
            yield Batch(whole=True)


class Reading:
    def __init__(self) -> None:
        self.stays, self.is_wanted, self.changes = Stays(), True, 0
        self.feed = StaysFeed(
            "kafka:9092", "north.", self.stays, lambda: self.is_wanted, lambda: NOW
        )

    def changed(self) -> None:
        self.changes += 1


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0)


async def test_it_knows_nothing_until_everything_is_read() -> None:
    reading = Reading()
    assert await reading.feed.take(batch(came("a"), whole=False))
    assert reading.stays.known_since is None
    assert await reading.feed.take(batch())
    assert not await reading.feed.take(batch())
    assert reading.stays.known_since is not None


async def test_a_record_that_cannot_be_read_is_counted_and_skipped() -> None:
    reading = Reading()
    assert await reading.feed.take(batch(b"{", None, came("a")))
    assert (reading.feed.undecodable, len(reading.stays)) == (1, 1)


async def test_after_an_outage_it_knows_nothing_until_it_has_read_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    reading = Reading()
    await reading.feed.take(batch(came("a")))
    for _ in range(3):
        assert await reading.feed.take(Batch(problem="Kafka is away"))
    assert (reading.stays.known_since, len(reading.stays)) == (None, 0)
    assert caplog.messages == ["Kafka is away; callers are not listed meanwhile"]
    await reading.feed.take(batch(came("a")))
    assert reading.feed.problem == ""


async def test_it_reads_only_while_a_queue_lists_its_callers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_ASKED_EVERY_S", 0)
    kafka, reading = Kafka(batch(came("a"))), Reading()
    monkeypatch.setattr(module, "follow", kafka.follow)
    reading.is_wanted = False
    running = asyncio.create_task(reading.feed.run(reading.changed))
    for _ in range(20):
        await asyncio.sleep(0)
    assert (kafka.begun, reading.changes) == ([], 0)
    reading.is_wanted = True
    await until(lambda: reading.stays.known_since is not None)
    assert kafka.begun == [NOW - REACH_MS]
    assert reading.stays.known_since == NOW - REACH_MS + AHEAD_OF_BROKER_MS
    assert len(reading.stays.of_caller(ANN)) == 1
    reading.is_wanted = False
    await until(lambda: len(reading.stays) == 0 and reading.stays.known_since is None)
    running.cancel()
