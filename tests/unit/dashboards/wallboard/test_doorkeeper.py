"""Slow and many connections: each has its time, and who asks gets in."""

import asyncio
import resource
import ssl
from asyncio import sslproto
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from aiohttp import web

from dashboards.wallboard import doorkeeper
from dashboards.wallboard.doorkeeper import (
    TLS_BUFFER,
    Connections,
    GuardedRunner,
    let_open,
    spare_memory,
)
from streams.local.kafka import free_port
from streams.plumbing.renewed_tls import server_context
from streams.plumbing.tls_config import TlsFiles
from tests.support.kafka_nodes import Certificates

HOST = "127.0.0.1"
REQUEST = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


Caller = Callable[..., Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]


@asynccontextmanager
async def served(door: Connections, tls: ssl.SSLContext | None = None) -> AsyncIterator[Caller]:
    """What opens a connection to a server behind this door; all are closed in the end."""

    async def answer(request: web.Request) -> web.Response:
        assert request.secure == (tls is not None)
        return web.Response(text=str(len(await request.read())))

    app = web.Application(middlewares=[door.middleware])
    app.router.add_route("*", "/", answer)
    runner = GuardedRunner(app, door, tls, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, HOST, port).start()
    writers = []

    async def call(
        by: ssl.SSLContext | None = None,
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection(HOST, port, ssl=by)
        writers.append(writer)
        return reader, writer

    try:
        yield call
    finally:
        for writer in writers:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()
        await runner.cleanup()


async def ended(reader: asyncio.StreamReader) -> bool:
    """Whether the server closes this connection before anything is said."""
    try:
        return await reader.read(1) == b""
    except ConnectionError:
        return True


async def test_who_says_nothing_in_time_is_turned_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doorkeeper, "ASKS_WITHIN_S", 0.2)
    async with served(Connections()) as call:
        silent, _ = await call()
        dribbling, writer = await call()
        writer.write(b"GET / HTTP/1.1\r\nHost: ")
        assert await ended(silent)
        assert await ended(dribbling)


@pytest.fixture
def by_tls(tmp_path: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Of a server, and of a client that trusts it."""
    made = Certificates.made(tmp_path)
    certificate, key = made.of("server")
    files = TlsFiles(connection="server", certificate=certificate, key=key)
    return server_context(files), ssl.create_default_context(cafile=str(made.ca))


async def test_by_tls_a_request_is_answered(
    by_tls: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    server, client = by_tls
    async with served(Connections(), server) as call:
        for _ in range(3):
            reader, writer = await call(client)
            body = b"x" * 5_000
            writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n" + body)
            assert b"200 OK" in await reader.readuntil(b"\r\n\r\n")
            assert await reader.readexactly(4) == b"5000"


async def test_a_connection_with_tls_takes_little_memory(
    by_tls: tuple[ssl.SSLContext, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sslproto.SSLProtocol, "max_size", sslproto.SSLProtocol.max_size)
    spare_memory()
    door = Connections()
    async with served(door, by_tls[0]) as call:
        reader, writer = await call(by_tls[1])
        writer.write(
            b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\n" + b"x" * 200_000
        )
        assert b"200 OK" in await reader.readuntil(b"\r\n\r\n")
        assert await reader.readexactly(6) == b"200000"
        (keeper,) = door._open.values()
        assert len(keeper._transport._ssl_protocol._ssl_buffer) == TLS_BUFFER  # type: ignore[union-attr]


async def test_who_never_ends_the_handshake_is_turned_away_in_the_same_time(
    by_tls: tuple[ssl.SSLContext, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doorkeeper, "ASKS_WITHIN_S", 0.2)
    async with served(Connections(), by_tls[0]) as call:
        silent, _ = await call()
        garbled, writer = await call()
        writer.write(b"GET / HTTP/1.1\r\n\r\n")
        half, writer = await call()
        writer.write(b"\x16\x03\x01\x02\x00\x01")  # the begin of a ClientHello
        assert await ended(silent)
        while await garbled.read(100):
            pass  # TLS says that it is none
        assert await ended(half)


async def test_of_too_many_in_the_handshake_the_oldest_goes_and_who_asks_gets_in(
    by_tls: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    door = Connections(most_silent=20)
    async with served(door, by_tls[0]) as call:
        silent = [await call() for _ in range(200)]
        reader, writer = await call(by_tls[1])
        writer.write(REQUEST)
        assert b"200 OK" in await reader.readline()
        assert all([await ended(each) for each, _ in silent[:150]])
        assert len(door._open) <= 21


async def test_who_asked_once_may_not_be_silent_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doorkeeper, "IDLE_S", 0.2)
    async with served(Connections()) as call:
        reader, writer = await call()
        writer.write(REQUEST)
        assert b"200 OK" in await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(1)
        writer.write(b"GET / HT")
        assert await ended(reader)


async def test_a_body_that_comes_too_slowly_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(doorkeeper, "ANSWERED_WITHIN_S", 0.2)
    async with served(Connections()) as call:
        reader, writer = await call()
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nx")
        assert b"408" in await reader.readline()


async def test_of_too_many_silent_ones_the_oldest_goes_and_who_asks_gets_in() -> None:
    async with served(Connections(most_silent=20)) as call:
        silent = [await call() for _ in range(200)]
        reader, writer = await call()
        writer.write(REQUEST)
        assert b"200 OK" in await reader.readline()
        assert all([await ended(each) for each, _ in silent[:150]])


class Keeper:
    """Of a connection whose end the loop has not told yet."""

    is_away = False

    def turn_away(self) -> None:
        self.is_away = True


def test_many_that_come_at_once_are_no_more_than_the_bound() -> None:
    door = Connections(most_silent=20)
    keepers = [Keeper() for _ in range(100)]
    for number, keeper in enumerate(keepers):
        door.opened(number, keeper)  # type: ignore[arg-type]
    assert [each.is_away for each in keepers] == [True] * 80 + [False] * 20


async def test_more_than_the_most_are_turned_away_and_their_places_come_back() -> None:
    async with served(Connections(most=3)) as call:
        inside = []
        for _ in range(3):
            reader, writer = await call()
            writer.write(REQUEST)
            assert b"200 OK" in await reader.readline()
            inside.append(writer)
        late, _ = await call()
        assert await ended(late)
        inside[0].close()
        await inside[0].wait_closed()
        answer = b""
        while b"200 OK" not in answer:  # until the server has noticed
            reader, writer = await call()
            writer.write(REQUEST)
            try:
                answer = await reader.readline()
            except ConnectionError:
                answer = b""


def test_a_process_may_open_as_many_files_as_it_takes_connections() -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, before[1]))
    try:
        let_open(300)
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (300, before[1])
        let_open(200)  # never fewer
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (300, before[1])
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
