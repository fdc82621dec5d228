"""The wallboard over HTTP: the page, its events, the board as JSON, the runbooks, and `/healthz` of all parts.

It has no login, so use it on loopback or a trusted network only. It is read-only but for one thing: the link in a
message, which is signed, acknowledges its alert. A check of the Host header prevents a foreign web page from
reading the board by DNS rebinding.
"""

import asyncio
import hashlib
import ssl
import time
from collections.abc import Callable, Collection
from importlib.resources import files
from urllib.parse import urlsplit

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from dashboards.wallboard.ack_route import AckRoute
from dashboards.wallboard.feed import Feed
from dashboards.wallboard.hub import Hub
from dashboards.wallboard.latest import Latest
from dashboards.wallboard.runbook_pages import runbook_pages
from dashboards.wallboard.view import board, not_ready
from schemas.ack_link import PATH as ACK_PATH
from streams.plumbing.ports import port_problem
from streams.plumbing.wall_clock import now_ms

RETRY_MS = 2_000
PING_S = 15.0
LARGEST_FORM = 16 * 1024
SLOW_S = 30.0  # a viewer that takes nothing for so long is gone
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

_TYPES = {"html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


class Wallboard:
    """The latest state, the hub with the newest board, and the page's files.

    `problem` returns the feed's problem, "" if there is none; `clock` returns ms since 1970 UTC.
    """

    def __init__(
        self, latest: Latest, problem: Callable[[], str], clock: Callable[[], int] = now_ms
    ) -> None:
        self.assets = _assets()
        self.runbooks = runbook_pages()
        build = hashlib.sha256(b"".join(body for _, body in self.assets.values())).hexdigest()[:12]
        self.viewers = 0
        self._latest = latest
        self._problem = problem
        self._clock = clock
        self.hub = Hub(lambda: board(latest, clock(), build=build, problem=problem()))

    def not_ready(self) -> dict[str, str]:
        return not_ready(self._latest.health, self._clock(), self._problem())


def application(
    wallboard: Wallboard, ack: AckRoute, hosts: Collection[str] = ()
) -> web.Application:
    """The web application; `hosts` are further names that a Host header may have, besides loopback's."""
    app = web.Application(
        middlewares=[_only_for(LOOPBACK | {name.lower() for name in hosts})],
        client_max_size=LARGEST_FORM,
    )

    async def asset(request: web.Request) -> web.StreamResponse:
        kind, body = wallboard.assets[request.path.removeprefix("/") or "index.html"]
        return web.Response(body=body, content_type=kind, charset="utf-8")

    async def events(request: web.Request) -> web.StreamResponse:
        return await _stream(request, wallboard)

    async def as_json(_: web.Request) -> web.StreamResponse:
        return web.Response(body=wallboard.hub.latest.json, content_type="application/json")

    async def healthz(_: web.Request) -> web.StreamResponse:
        missing = wallboard.not_ready()
        body = msgspec.json.encode({"ready": not missing, "not_ready": missing})
        status = 503 if missing else 200
        return web.Response(status=status, body=body, content_type="application/json")

    async def runbook(request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"].removesuffix(".md")
        page = wallboard.runbooks.get(name)
        if page is None:
            return web.Response(status=404, text="There is no such runbook.\n")
        return web.Response(text=page, content_type="text/html")

    for name in wallboard.assets:
        app.router.add_get("/" if name == "index.html" else f"/{name}", asset)
    app.router.add_get("/events", events)
    app.router.add_get("/api/board", as_json)
    app.router.add_get("/healthz", healthz)
    app.router.add_get("/runbooks/{name}", runbook)
    app.router.add_get(ACK_PATH, ack.get)
    app.router.add_post(ACK_PATH, ack.post)
    return app


async def serve(
    feed: Feed,
    wallboard: Wallboard,
    ack: AckRoute,
    *,
    host: str,
    port: int,
    hosts: Collection[str],
    tls: ssl.SSLContext | None = None,
) -> None:
    """Serve until cancelled; an error in feed or hub is raised. PortTakenError before anything is read."""
    runner = web.AppRunner(
        application(wallboard, ack, hosts), access_log=None, shutdown_timeout=1.0
    )
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port, ssl_context=tls).start()
        except OSError as error:
            raise port_problem(host, port, "--port", error) from None
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(wallboard.hub.run())
            tasks.create_task(feed.run(wallboard.hub.changed))
    finally:
        await runner.cleanup()


async def _stream(request: web.Request, wallboard: Wallboard) -> web.StreamResponse:
    """Send the newest board, then each newer one; a comment every 15 s keeps proxies from closing."""
    response = web.StreamResponse(
        headers=_HEADERS | {"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"}
    )
    await response.prepare(request)
    wallboard.viewers += 1
    number, pinged = -1, time.monotonic()
    try:
        await response.write(b"retry: %d\n\n" % RETRY_MS)
        while True:
            frame = await wallboard.hub.newer_than(number)
            data = frame.event
            if time.monotonic() - pinged > PING_S:
                data, pinged = b": ping\n\n" + data, time.monotonic()
            await asyncio.wait_for(response.write(data), SLOW_S)
            number = frame.number
    except (ConnectionError, TimeoutError):
        pass  # the viewer is gone; a browser that still runs connects again by itself
    finally:
        wallboard.viewers -= 1
    return response


def _only_for(hosts: Collection[str]) -> Middleware:
    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        name = _hostname(request.headers.get("Host", ""))
        if name not in hosts:
            return web.Response(
                status=421, text=f"This board is not called {name}: start it with --allow-host.\n"
            )
        response = await handler(request)
        if not response.prepared:
            for name, value in _HEADERS.items():
                response.headers.setdefault(name, value)
        return response

    return check


def _hostname(host: str) -> str | None:
    """The name without its port, in lower case; None if it is not valid."""
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None


def _assets() -> dict[str, tuple[str, bytes]]:
    """Content type and bytes of the page's files, by name."""
    folder = files("dashboards.wallboard") / "static"
    return {
        each.name: (_TYPES[each.name.rpartition(".")[2]], each.read_bytes())
        for each in sorted(folder.iterdir(), key=lambda each: each.name)
    }
