"""A report that is late is dropped, with all that was begun for it."""

import asyncio
from typing import Any

import pytest

from streams.plumbing import async_reports
from streams.plumbing.async_reports import AsyncReports


class Client:
    closed = False

    async def close(self) -> None:
        self.closed = True


class Slow:
    """A producer of a broker that answers nothing: its sender goes on until it is stopped, and stopping waits for the sender."""

    made: "list[Slow]"

    def __init__(self, **_: Any) -> None:
        self.client = Client()
        self.turns = 0
        Slow.made.append(self)

    async def start(self) -> None:
        self.sender = asyncio.create_task(self._send())

    async def send_and_wait(self, *_: Any) -> None:
        await asyncio.sleep(60)

    async def stop(self) -> None:
        await asyncio.shield(self.sender)

    async def _send(self) -> None:
        while True:
            await asyncio.sleep(0)
            self.turns += 1


def test_a_producer_that_cannot_be_stopped_does_not_go_on_with_later_reports(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Slow.made = []
    monkeypatch.setattr(async_reports, "AIOKafkaProducer", Slow)
    monkeypatch.setattr(async_reports, "_WITHIN_S", 0.01)
    monkeypatch.setattr(async_reports, "_CLOSED_WITHIN_S", 0.01)
    reports = AsyncReports("k:9092")
    with pytest.raises(TimeoutError):
        reports.write("health", b"k", b"1")
    (former,) = Slow.made
    turns = former.turns
    with pytest.raises(TimeoutError):
        reports.write("health", b"k", b"2")
    assert len(Slow.made) == 2
    assert former.turns <= turns + 1
    assert former.client.closed
    reports.close()
