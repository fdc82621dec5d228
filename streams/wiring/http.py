"""`/metrics` and `/healthz`, served by the worker's own loop: a loop that hangs answers neither."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import msgspec
from aiohttp import web

from schemas.health import Health

EXPOSITION = "text/plain; version=0.0.4; charset=utf-8"


class PortTakenError(Exception):
    """One line that names the option."""


@asynccontextmanager
async def serving(
    bind: str, port: int, render: Callable[[], Awaitable[bytes]], health: Callable[[], Health]
) -> AsyncIterator[None]:
    """Listen while the block runs. `/healthz` answers 200 once the worker applies events, else 503."""

    async def metrics(_: web.Request) -> web.Response:
        return web.Response(body=await render(), headers={"Content-Type": EXPOSITION})

    async def healthz(_: web.Request) -> web.Response:
        report = health()
        return web.Response(
            body=msgspec.json.encode(report),
            content_type="application/json",
            status=200 if report.ready else 503,
        )

    app = web.Application()
    app.add_routes([web.get("/metrics", metrics), web.get("/healthz", healthz)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, bind, port).start()
        except OSError as error:
            raise PortTakenError(
                f"port {port} on {bind}: {os.strerror(error.errno or 0).lower()}:"
                " choose another with --metrics-port"
            ) from None
        yield
    finally:
        await runner.cleanup()
