"""Bounds on connections: how many there may be, and how long one may take to say what it wants.

aiohttp waits for a request for ever. Connections that say a byte now and then would take all that a process may
open; so a connection has its time for each request, and where too many have said nothing yet, the oldest goes.
"""

import asyncio
import resource
from collections.abc import Callable
from typing import Any

from aiohttp import web

ASKS_WITHIN_S = 10.0  # from its opening to the end of the head of its first request
IDLE_S = 75.0  # to the head of the next one
ANSWERED_WITHIN_S = 60.0  # a POST, with its body
MOST_SILENT = 500
MOST = 5_000


def let_open(files: int = MOST + 200) -> None:
    """Let this process have so many files open, as far as its user may: 1,024 is usual, and walls are more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = files if hard == resource.RLIM_INFINITY else min(files, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


class Doorkeeper(asyncio.Protocol):
    """Stands before one connection of the server and passes everything on."""

    def __init__(self, inner: Any, door: "Connections") -> None:
        self._inner = inner
        self._door = door
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):  # a TCP server has no other
            self._transport = transport
        self._inner.connection_made(transport)
        self._door.opened(self._inner, self)
        self.waits(ASKS_WITHIN_S)

    def connection_lost(self, exc: Exception | None) -> None:
        self.asked()
        self._door.closed(self._inner, self)
        self._inner.connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        self._inner.eof_received()
        return None

    def pause_writing(self) -> None:
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        self._inner.resume_writing()

    def waits(self, seconds: float) -> None:
        """It has so long to ask."""
        self.asked()
        self._timer = asyncio.get_running_loop().call_later(seconds, self.turn_away)

    def asked(self) -> None:
        """It has asked: how long the answer takes is the handler's."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    @property
    def is_gone(self) -> bool:
        return self._transport is None or self._transport.is_closing()

    def turn_away(self) -> None:
        if self._transport is not None:
            self._transport.abort()


class Connections:
    """All connections of one server; `most` and `most_silent` are bounds for each of them."""

    def __init__(self, most: int = MOST, most_silent: int = MOST_SILENT) -> None:
        self._most = most
        self._most_silent = most_silent
        self._open: dict[Any, Doorkeeper] = {}
        self._silent: dict[Doorkeeper, None] = {}  # in the order of their coming

    def opened(self, inner: Any, keeper: Doorkeeper) -> None:
        self._open[inner] = keeper
        self._silent[keeper] = None
        if len(self._silent) > self._most_silent:
            next(iter(self._silent)).turn_away()
        elif len(self._open) > self._most:
            keeper.turn_away()

    def closed(self, inner: Any, keeper: Doorkeeper) -> None:
        self._open.pop(inner, None)
        self._silent.pop(keeper, None)

    @web.middleware
    async def middleware(
        self, request: web.Request, handler: Callable[[web.Request], Any]
    ) -> web.StreamResponse:
        keeper = self._open.get(request.protocol)
        if keeper is None:  # a server without a door, as some tests have
            return await handler(request)  # type: ignore[no-any-return]
        self._silent.pop(keeper, None)
        keeper.asked()
        try:
            if request.method != "POST":
                return await handler(request)  # type: ignore[no-any-return]
            async with asyncio.timeout(ANSWERED_WITHIN_S):
                return await handler(request)  # type: ignore[no-any-return]
        except TimeoutError:
            return web.Response(status=408, text="The request took too long.\n")
        finally:
            if not keeper.is_gone:
                keeper.waits(IDLE_S)


class GuardedRunner(web.AppRunner):
    """A runner whose connections each have a doorkeeper."""

    def __init__(self, app: web.Application, door: Connections, **options: Any) -> None:
        super().__init__(app, **options)
        self._door = door

    @property
    def server(self) -> Any:
        """The factory of protocols that a site listens with."""
        server = super().server
        if server is None:
            return None
        return lambda: Doorkeeper(server(), self._door)
