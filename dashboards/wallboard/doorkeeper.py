"""Bounds on connections: how many there may be, and how long one may take to say what it wants.

aiohttp waits for a request for ever. Connections that say a byte now and then would take all that a process may
open; so a connection has its time for each request, and where too many have said nothing yet, the oldest goes.
"""

import asyncio
import resource
import ssl
from asyncio import sslproto
from collections.abc import Callable
from typing import Any

from aiohttp import web

ASKS_WITHIN_S = (
    10.0  # from its opening, handshake of TLS and all, to the end of the head of its first request
)
IDLE_S = 75.0  # to the head of the next one
ANSWERED_WITHIN_S = 60.0  # a POST, with its body
TLS_BUFFER = 32 * 1024
MOST_SILENT = 500
MOST = 5_000


def let_open(files: int = MOST + 200) -> None:
    """Let this process have so many files open, as far as its user may: 1,024 is usual, and walls are more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = files if hard == resource.RLIM_INFINITY else min(files, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def spare_memory() -> None:
    """Let a connection with TLS take 32 KiB for what it reads, not the 256 KiB of asyncio: walls say little, and 5,000 of
    them would take 1.3 GB. A record of TLS has at most 16 KiB.
    """
    sslproto.SSLProtocol.max_size = TLS_BUFFER


class Doorkeeper(asyncio.Protocol):
    """Stands before one connection of the server and passes everything on; speaks TLS for it where there is `tls`.

    asyncio's own server tells of a connection after its handshake only: those that never end it would be neither
    counted nor timed by us.
    """

    def __init__(self, inner: Any, door: "Connections", tls: ssl.SSLContext | None = None) -> None:
        self._inner = inner
        self._door = door
        self._tls = tls
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._handshake: asyncio.Task[None] | None = None
        self._is_passed_on = False
        self._early = b""  # what came with the end of the handshake

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not isinstance(transport, asyncio.Transport):  # a TCP server has no other
            raise TypeError(transport)
        self._transport = transport
        if self._tls is None:
            self._pass_on(transport)
        else:
            transport.pause_reading()
            self._handshake = asyncio.create_task(self._secure(transport, self._tls))
        self._door.opened(self._inner, self)
        self.waits(ASKS_WITHIN_S)

    def connection_lost(self, exc: Exception | None) -> None:
        self._gone()
        if self._is_passed_on:
            self._inner.connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._is_passed_on:
            self._inner.data_received(data)
        else:
            self._early += data

    def eof_received(self) -> bool | None:
        if self._is_passed_on:
            self._inner.eof_received()
        return None

    async def _secure(self, transport: asyncio.Transport, tls: ssl.SSLContext) -> None:
        try:
            secured = await asyncio.get_running_loop().start_tls(
                transport, self, tls, server_side=True, ssl_handshake_timeout=ASKS_WITHIN_S
            )
        except OSError:  # of which TLS' own errors are some
            secured = None
        if secured is None or transport.is_closing():
            self._gone()
            transport.abort()
            return
        self._transport = secured
        self._pass_on(secured)
        if self._early:
            self._inner.data_received(self._early)
            self._early = b""

    def _pass_on(self, transport: asyncio.Transport) -> None:
        self._is_passed_on = True
        self._inner.connection_made(transport)

    def _gone(self) -> None:
        self.asked()
        self._door.closed(self._inner, self)

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
            oldest = next(iter(self._silent))
            del self._silent[oldest]  # its end is told later: many may come until then
            oldest.turn_away()
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

    def __init__(
        self,
        app: web.Application,
        door: Connections,
        tls: ssl.SSLContext | None = None,
        **options: Any,
    ) -> None:
        super().__init__(app, **options)
        self._door = door
        self._tls = tls

    @property
    def server(self) -> Any:
        """The factory of protocols that a site listens with."""
        server = super().server
        if server is None:
            return None
        return lambda: Doorkeeper(server(), self._door, self._tls)
