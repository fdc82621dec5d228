"""Computes the newest board once for all viewers who may see the same, as bytes, and wakes those who wait for it.

A slow viewer gets the newest board when it is ready for one, never a backlog of boards.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable

import msgspec

from dashboards.access.rights import WHOLE, Scope
from dashboards.wallboard.page import Board

SHORTEST_S = 0.5  # the shortest time between two boards
LONGEST_S = 3.0  # the longest time, when no record came: ages and conditions change anyway


class Frame(msgspec.Struct, frozen=True):
    """A board as sent: `json` for /api/board, `event` for the stream of events."""

    number: int
    json: bytes
    event: bytes


class Hub:
    """`compute` makes the present board of a scope; call `changed()` when there is something new to show.

    A scope's board is made when the first viewer of it asks, and kept until the next number.
    """

    def __init__(self, compute: Callable[[Scope], Board]) -> None:
        self._compute = compute
        self._encoder = msgspec.json.Encoder()
        self._dirty = asyncio.Event()
        self._next = asyncio.Event()
        # Rises over restarts too: otherwise a page could take a board for the one that it has already.
        self.number = int(time.time()) << 20
        self._frames: dict[Scope, Frame] = {}

    def changed(self) -> None:
        self._dirty.set()

    async def run(self) -> None:
        while True:
            await asyncio.sleep(SHORTEST_S)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._dirty.wait(), LONGEST_S - SHORTEST_S)
            self._dirty.clear()
            self.number += 1
            self._frames = {}
            self.latest()  # an error in it ends the process, also while nobody looks
            waiting, self._next = self._next, asyncio.Event()
            waiting.set()

    def latest(self, scope: Scope = WHOLE) -> Frame:
        """The newest board of this scope."""
        if (kept := self._frames.get(scope)) is None:
            kept = self._frames[scope] = self._frame(scope)
        return kept

    async def newer_than(self, number: int) -> None:
        """Wait until the newest board is another one than `number`."""
        if self.number == number:
            await self._next.wait()

    def _frame(self, scope: Scope) -> Frame:
        json = self._encoder.encode(self._compute(scope))
        # Encoded JSON contains no line break, so one `data:` line is enough.
        event = b"id: %d\nevent: board\ndata: %b\n\n" % (self.number, json)
        return Frame(self.number, json, event)
