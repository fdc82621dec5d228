"""Computes the newest board once for all viewers who may see the same, as bytes, and wakes those who wait for it.

A page is drawn once for all who see the same in the same language. A slow viewer gets the newest when it is ready for
one, never a backlog.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable

import msgspec

from dashboards.access.rights import WHOLE, Scope
from dashboards.wallboard.board_page import Asked, Asker
from dashboards.wallboard.order import Held
from dashboards.wallboard.page import Board
from dashboards.wallboard.painting import Painted

# The shortest time between two boards, in which most of the time from an event to the screen is spent. Where boards are dear (a
# thousand queues, thousands of walls) it is as many times what the last one took of the processor, up to the longest rest.
SHORTEST_S = 0.15
RESTS = 1
LONGEST_REST_S = 0.4
LONGEST_S = 3.0  # the longest time, when no record came: ages and conditions change anyway

log = logging.getLogger(__name__)


class Frame(msgspec.Struct, frozen=True):
    """A board as sent: `json` for /api/board, `event` for the stream of events."""

    number: int
    json: bytes
    event: bytes


class PageFrame(msgspec.Struct, frozen=True):
    """A page as sent: `painted` for its first paint, `json` and `event` for what follows. None: it cannot be drawn."""

    number: int
    painted: Painted | None
    json: bytes
    event: bytes


def rest_after(took_s: float) -> float:
    """How long to wait with the next board (s) when the last one took so much of the processor."""
    return min(max(SHORTEST_S, RESTS * took_s), LONGEST_REST_S)


class Hub:
    """`compute` makes the present board of a scope, `paint` a page of it; call `changed()` when there is something new.

    A scope's board, and each page of it, is made when the first viewer of it asks, and kept until the next number.
    """

    def __init__(
        self,
        compute: Callable[[Scope], Board],
        paint: Callable[[Board, Asked, Held | None, Asker | None], Painted],
        build: str = "",
    ) -> None:
        self._compute = compute
        self._paint = paint
        self._build = build
        self._encoder = msgspec.json.Encoder()
        self._dirty = asyncio.Event()
        self._next = asyncio.Event()
        # Rises over restarts too: otherwise a page could take a board for the one that it has already.
        self.number = int(time.time()) << 20
        self.viewers = 0  # who follow a page or the whole board by events now
        self.undrawable = 0  # pages that could not be drawn because of a bug of ours
        self._boards: dict[Scope, Board] = {}
        self._frames: dict[Scope, Frame] = {}
        self._pages: dict[tuple[Scope, Asked], PageFrame] = {}
        self._before: dict[tuple[Scope, Asked], PageFrame] = {}

    def changed(self) -> None:
        self._dirty.set()

    async def run(self) -> None:
        used, computed_s = time.process_time(), float("-inf")
        while True:
            # What it took since the last board: that itself, its pages, and to send them.
            began, used = used, time.process_time()
            rest_s = rest_after(used - began)
            await asyncio.sleep(rest_s)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._dirty.wait(), LONGEST_S - rest_s)
            self._dirty.clear()
            self.number += 1
            self._boards, self._frames = {}, {}
            self._before, self._pages = self._pages, {}
            # While nobody looks a board is made when one is asked for, and now and then: an error in it ends the process.
            if self.viewers or time.monotonic() - computed_s >= LONGEST_S:
                computed_s = time.monotonic()
                self.board(WHOLE)
            waiting, self._next = self._next, asyncio.Event()
            waiting.set()

    def latest(self, scope: Scope = WHOLE) -> Frame:
        """The newest board of this scope."""
        if (kept := self._frames.get(scope)) is None:
            json = self._encoder.encode(self.board(scope))
            # Encoded JSON contains no line break, so one `data:` line is enough.
            event = b"id: %d\nevent: board\ndata: %b\n\n" % (self.number, json)
            kept = self._frames[scope] = Frame(self.number, json, event)
        return kept

    def page(self, scope: Scope, asked: Asked) -> PageFrame:
        """The newest drawing of a page. One that fails by a bug of ours does no harm to the others."""
        if (kept := self._pages.get((scope, asked))) is None:
            before = self._before.get((scope, asked))
            order = before.painted.held if before and before.painted else None
            kept = self._pages[scope, asked] = self._drawn(scope, asked, order)
        return kept

    def personal(self, scope: Scope, asked: Asked, asker: Asker) -> PageFrame:
        """The newest drawing of a page that is one viewer's own."""
        return self._drawn(scope, asked, None, asker)

    def draw_again(self, scope: Scope, asked: Asked) -> None:
        """Forget the drawing of a page: something beside the board is known since."""
        self._pages.pop((scope, asked), None)

    async def newer_than(self, number: int) -> None:
        """Wait until the newest board is another one than `number`."""
        if self.number == number:
            await self._next.wait()

    def board(self, scope: Scope) -> Board:
        """The newest board of this scope, as data."""
        if (kept := self._boards.get(scope)) is None:
            kept = self._boards[scope] = self._compute(scope)
        return kept

    def _drawn(
        self, scope: Scope, asked: Asked, order: Held | None, asker: Asker | None = None
    ) -> PageFrame:
        board = self.board(scope)
        told: dict[str, object] = {"number": self.number, "build": self._build}
        painted: Painted | None = None
        kind = b"problem"
        try:
            painted = self._paint(board, asked, order, asker)
        except Exception:
            log.exception("page %s cannot be drawn", asked.page)
            self.undrawable += 1
        else:
            kind = b"page"
            told |= {"title": str(painted.title), "html": str(painted.html)}
        json = self._encoder.encode(told)
        event = b"id: %d\nevent: %b\ndata: %b\n\n" % (self.number, kind, json)
        return PageFrame(self.number, painted, json, event)
