"""Computes the newest board once for all viewers, as bytes, and wakes the viewers that wait for it.

A slow viewer gets the newest board when it is ready for one, never a backlog of boards.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable

import msgspec

from dashboards.wallboard.page import Board

SHORTEST_S = 0.5  # the shortest time between two boards
LONGEST_S = 3.0  # the longest time, when no record came: ages and conditions change anyway


class Frame(msgspec.Struct, frozen=True):
    """A board as sent: `json` for /api/board, `event` for the stream of events."""

    number: int
    json: bytes
    event: bytes


class Hub:
    """`compute` makes the present board; call `changed()` when there is something new to show."""

    def __init__(self, compute: Callable[[], Board]) -> None:
        self._compute = compute
        self._encoder = msgspec.json.Encoder()
        self._dirty = asyncio.Event()
        self._next = asyncio.Event()
        # Rises over restarts too: otherwise a page could take a board for the one that it has already.
        self._first = int(time.time())
        self.latest = self._frame(0)

    def changed(self) -> None:
        self._dirty.set()

    async def run(self) -> None:
        number = 0
        while True:
            await asyncio.sleep(SHORTEST_S)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._dirty.wait(), LONGEST_S - SHORTEST_S)
            self._dirty.clear()
            number += 1
            self.latest = self._frame(number)
            waiting, self._next = self._next, asyncio.Event()
            waiting.set()

    async def newer_than(self, number: int) -> Frame:
        """Wait until the newest board is another one than `number`, and return it."""
        if self.latest.number == number:
            await self._next.wait()
        return self.latest

    def _frame(self, number: int) -> Frame:
        number += self._first << 20
        json = self._encoder.encode(self._compute())
        # Encoded JSON contains no line break, so one `data:` line is enough.
        event = b"id: %d\nevent: board\ndata: %b\n\n" % (number, json)
        return Frame(number, json, event)
