"""The unit of `reports` is fed from its cursor on, over the offsets of markers, and only while it is owned."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiokafka import TopicPartition

from streams.wiring import reports_feed
from streams.wiring.consumer import Partition
from streams.wiring.reports_feed import ReportsFeed
from streams.wiring.telemetry import Telemetry
from streams.wiring.units import OwnedUnit, Units
from tests.support.engines import OPTIONS
from tests.support.fake_writer import FakeWriter, Fetched
from tests.support.toy_unit import ToyUnit

REPORTS0 = Partition("x-reports", 0)
INPUT = TopicPartition("x-reports", 0)


class Log:
    """A log whose every second offset is a marker; `end` is the last stable offset."""

    def __init__(self, offsets: range, end: int) -> None:
        self.offsets = list(offsets)
        self.end = end
        self.at = 0
        self.seeks: list[int] = []

    def assign(self, partitions: list[TopicPartition]) -> None:
        assert partitions == [INPUT]

    def seek(self, _: TopicPartition, offset: int) -> None:
        self.at = offset
        self.seeks.append(offset)

    async def getmany(self, **_: Any) -> dict[TopicPartition, list[Any]]:
        await asyncio.sleep(0)
        found = [Fetched(offset) for offset in self.offsets if offset >= self.at][:3]
        self.at = found[-1].offset + 2 if found else max(self.at, self.end)
        return {INPUT: found} if found else {}

    async def position(self, _: TopicPartition) -> int:
        return self.at

    def last_stable_offset(self, _: TopicPartition) -> int:
        return self.end


def unit(first: int = 0) -> OwnedUnit:
    owned = OwnedUnit(REPORTS0, "reports", ToyUnit("reports", 0, 1), None)
    owned.writer = FakeWriter()
    owned.started(first)
    return owned


def units_with(*owned: OwnedUnit) -> Units:
    units = Units(OPTIONS, Telemetry(lambda: 0), list[BaseException]().append)
    units.install(owned)
    return units


@asynccontextmanager
async def fed(
    monkeypatch: pytest.MonkeyPatch, units: Units, log: Log
) -> AsyncIterator[ReportsFeed]:
    @asynccontextmanager
    async def reader(*_: object, **__: object) -> AsyncIterator[Log]:
        yield log

    monkeypatch.setattr(reports_feed, "reader", reader)
    feed = ReportsFeed(OPTIONS, units, Telemetry(lambda: 0))
    running = asyncio.create_task(feed.run())
    yield feed
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def reached(owned: OwnedUnit, offset: int) -> None:
    async with asyncio.timeout(30):
        while owned.next_offset < offset:
            await asyncio.sleep(0)


async def test_it_reads_from_the_cursor_on_over_the_holes(monkeypatch: pytest.MonkeyPatch) -> None:
    owned, log = unit(first=4), Log(range(0, 20, 2), 20)
    async with fed(monkeypatch, units_with(owned), log) as feed:
        await reached(owned, 19)
        while feed.behind:
            await asyncio.sleep(0)
    assert log.seeks == [4]
    assert owned.unit.results["applied"] == 8
    assert owned.not_checkpointed == 8


async def test_another_owner_of_the_same_worker_begins_at_its_own_cursor(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    former, log = unit(), Log(range(0, 20, 2), 20)
    units = units_with(former)
    async with fed(monkeypatch, units, log):
        await reached(former, 19)
        later = unit(first=10)
        units.install([later])
        await reached(later, 19)
    assert log.seeks == [0, 10]
    assert later.unit.results["applied"] == 5


async def test_what_is_fetched_after_a_revocation_is_not_applied(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    owned, log = unit(), Log(range(0, 20, 2), 20)
    units = units_with(owned)
    fetched = log.getmany

    async def revoked_meanwhile(**limits: Any) -> dict[TopicPartition, list[Any]]:
        units.ready = False
        return await fetched(**limits)

    monkeypatch.setattr(log, "getmany", revoked_meanwhile)
    async with fed(monkeypatch, units, log) as feed:
        while not log.seeks:
            await asyncio.sleep(0)
        for _ in range(20):
            await asyncio.sleep(0)
        assert feed.behind >= 0
    assert owned.next_offset == 0
