"""`/metrics` and `/healthz`, served by the worker's own loop: a loop that hangs answers neither."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import msgspec
from aiohttp import web

from schemas.health import STALLED, Health

EXPOSITION = "text/plain; version=0.0.4; charset=utf-8"


class PortTakenError(Exception):
    """One line that names the option."""


@asynccontextmanager
async def serving(
    bind: str, port: int, render: Callable[[], Awaitable[bytes]], health: Callable[[], Health]
) -> AsyncIterator[None]:
    """Listen while the block runs. `/healthz` answers 200 once the worker applies events, else 503.

    `/healthz/live` answers 200 while it may yet come to that: waiting for Kafka or recovering is no
    reason to end it, records ahead and no progress is.
    """

    async def metrics(_: web.Request) -> web.Response:
        return web.Response(body=await render(), headers={"Content-Type": EXPOSITION})

    def answer(report: Health, *, good: bool) -> web.Response:
        return web.Response(
            body=msgspec.json.encode(report),
            content_type="application/json",
            status=200 if good else 503,
        )

    async def healthz(_: web.Request) -> web.Response:
        report = health()
        return answer(report, good=report.ready)

    async def live(_: web.Request) -> web.Response:
        report = health()
        return answer(report, good=report.state != STALLED)

    app = web.Application()
    app.add_routes([web.get("/metrics", metrics), web.get("/healthz", healthz)])
    app.add_routes([web.get("/healthz/live", live)])
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
