"""The wallboard over HTTP: the page, its events, the board as JSON, the runbooks, and `/healthz` of all parts.

Who may see what is decided by dashboards/access before any of it answers. It is read-only but for one thing: an alert
is acknowledged, by the signed link in a message or by somebody whose role may. A check of the Host header prevents
a foreign web page from reading the board by DNS rebinding.
"""

import asyncio
import hashlib
import ssl
from collections.abc import Callable, Collection, Coroutine, Iterable
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from msgspec import Struct

from dashboards.access.entrance import ASKED, Entrance
from dashboards.access.oidc import Provider
from dashboards.access.oidc_door import OidcDoor
from dashboards.access.rights import Principal, Scope, scope_of
from dashboards.callers.stays import Stays
from dashboards.wallboard import headers
from dashboards.wallboard.ack_route import AckRoute, Write
from dashboards.wallboard.api_route import Api
from dashboards.wallboard.board_page import Asked, Asker, Beside
from dashboards.wallboard.doorkeeper import Connections, GuardedRunner
from dashboards.wallboard.feed import Feed
from dashboards.wallboard.filling import fill_last_hour
from dashboards.wallboard.history.route import HistoryRoute
from dashboards.wallboard.hub import Hub
from dashboards.wallboard.latest import Latest
from dashboards.wallboard.not_found import not_found_pages
from dashboards.wallboard.order import Held
from dashboards.wallboard.page import Board
from dashboards.wallboard.page_catalogue import PAGES
from dashboards.wallboard.page_routes import PageRoutes
from dashboards.wallboard.painting import Painted, paint
from dashboards.wallboard.past import Archive, Past
from dashboards.wallboard.problem import typed_problems
from dashboards.wallboard.runbook_pages import runbook_pages
from dashboards.wallboard.view import board, not_ready
from schemas.ack_link import PATH as ACK_PATH
from schemas.printable import printable
from schemas.roles import Role
from streams.plumbing.ports import port_problem
from streams.plumbing.wall_clock import now_ms

FLUSH_S = 10.0
LARGEST_FORM = 16 * 1024
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

_TYPES = {
    "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml", "woff2": "font/woff2",
}  # fmt: skip


async def no_notes(_: bytes, __: bytes) -> str:
    """Of a board that has no topic to write notes into."""
    return "this board writes no notes"


class Wallboard:
    """The latest state, the hub with the newest board, and the page's files.

    `problem` returns the feed's problem, "" if there is none; `clock` returns ms since 1970 UTC. `stays` are empty where
    no queue lists its callers. `archive` None: pages show no days past. `write_note` puts a record into topic `notes`.
    """

    def __init__(
        self,
        latest: Latest,
        problem: Callable[[], str],
        clock: Callable[[], int] = now_ms,
        stays: Stays | None = None,
        archive: Archive | None = None,
        write_note: Write = no_notes,
    ) -> None:
        self.assets = _assets()
        self.runbooks = runbook_pages()
        build = hashlib.sha256(b"".join(body for _, body in self.assets.values())).hexdigest()[:12]
        self.latest = latest
        self.problem = problem
        self.clock = clock
        self.stays = Stays() if stays is None else stays
        self._told_to: tuple[int, frozenset[Role], frozenset[Role]] = (-1, frozenset(), frozenset())
        self.hub = Hub(
            lambda scope: board(latest, clock(), build=build, problem=problem(), scope=scope),
            self._paint,
            build,
        )
        self.build = build
        self.past = Past(archive, clock)
        self._has_archive = archive is not None
        self.write_note = write_note

    @property
    def viewers(self) -> int:
        return self.hub.viewers

    def scope_of(self, who: Principal) -> Scope:
        """What is shown to them now. The roles are looked up once for all viewers of a board."""
        number, named_to, listed_to = self._told_to
        if number != self.hub.number:
            targets = self.latest.book.all_at(self.clock()).values()
            named_to = frozenset(role for each in targets for role in each.agents_named_to)
            listed_to = frozenset(role for each in targets for role in each.callers_listed_to)
            self._told_to = (self.hub.number, named_to, listed_to)
        return scope_of(who.grants, named_to, listed_to)

    async def ask_archive(self) -> None:
        """Fill what the board missed of the last hour, and ask for the days past that pages want, for ever."""
        if not self._has_archive:
            return
        hour, changed = self.latest.last_hour, self.hub.changed
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(fill_last_hour(self.past.last_minutes, hour, self.clock, changed))
            tasks.create_task(self.past.run(changed))

    def _paint(
        self, shown: Board, asked: Asked, before: Held | None, asker: Asker | None
    ) -> Painted:
        past = PAGES[asked.page].past
        queues = past(shown, asked.id) if past else ()
        known = self.past.known(queues) if queues else None
        return paint(shown, asked, before, Beside(self.latest.last_hour, known), asker)

    def not_ready(self) -> dict[str, str]:
        return not_ready(self.latest.health, self.clock(), self.problem())


def public_routes(assets: Iterable[str]) -> frozenset[str]:
    """What every installation has alike, or tells no more than whether the system is well."""
    files_of_page = (f"/{name}" for name in assets)
    return frozenset({*files_of_page, "/healthz", "/runbooks/{name}"})


def application(
    wallboard: Wallboard, ack: AckRoute, entrance: Entrance, hosts: Collection[str] = ()
) -> web.Application:
    """The web application; `hosts` are further names that a Host header may have, besides loopback's."""
    app = web.Application(
        middlewares=[
            _only_for(LOOPBACK | {name.lower() for name in hosts}, entrance),
            typed_problems(),
            not_found_pages(),
            entrance.middleware,
        ],
        client_max_size=LARGEST_FORM,
    )
    entrance.add_to(app)
    access = entrance.gate.access
    if access is not None and access.oidc is not None:
        OidcDoor(entrance, access, Provider(access.oidc, access.address)).add_to(app)

    async def asset(request: web.Request) -> web.StreamResponse:
        kind, body = wallboard.assets[request.path.removeprefix("/")]
        charset = None if kind.startswith("font/") else "utf-8"
        return web.Response(body=body, content_type=kind, charset=charset)

    async def healthz(request: web.Request) -> web.StreamResponse:
        missing = wallboard.not_ready()
        told: dict[str, object] = {"ready": not missing}
        if isinstance(request[ASKED].who, Principal):  # reasons name machines
            told |= {"not_ready": missing}
        body = msgspec.json.encode(told)
        status = 503 if missing else 200
        return web.Response(status=status, body=body, content_type="application/json")

    async def runbook(request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"].removesuffix(".md")
        page = wallboard.runbooks.get(name)
        if page is None:
            return web.Response(status=404, text="There is no such runbook.\n")
        return web.Response(text=page, content_type="text/html")

    for name in wallboard.assets:
        app.router.add_get(f"/{name}", asset)
    api = Api(wallboard, ack, entrance)
    api.add_to(app)
    PageRoutes(
        wallboard.hub, entrance, wallboard.scope_of, api.asker, wallboard.past, wallboard.build
    ).add_to(app)
    HistoryRoute(wallboard, entrance).add_to(app)
    app.router.add_get("/healthz", healthz)
    app.router.add_get("/runbooks/{name}", runbook)
    app.router.add_get(ACK_PATH, ack.get)
    app.router.add_post(ACK_PATH, ack.post)
    return app


class Place(Struct, frozen=True, kw_only=True):
    """Where the board listens; `names` are those by which browsers may call it, besides loopback's."""

    host: str
    port: int
    names: tuple[str, ...] = ()
    tls: ssl.SSLContext | None = None


async def nothing() -> None:
    """There is nothing to do beside serving."""


async def serve(
    feed: Feed,
    wallboard: Wallboard,
    ack: AckRoute,
    entrance: Entrance,
    place: Place,
    *,
    beside: Callable[[], Coroutine[Any, Any, None]] = nothing,
) -> None:
    """Serve until cancelled, and do what is `beside`; an error in any of it is raised. PortTakenError before anything is read."""
    door = Connections()
    app = application(wallboard, ack, entrance, place.names)
    app.middlewares.insert(0, door.middleware)
    runner = GuardedRunner(app, door, place.tls, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        try:
            site = web.TCPSite(runner, place.host, place.port)
            await site.start()
        except OSError as error:
            raise port_problem(place.host, place.port, "--port", error) from None
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(wallboard.hub.run())
            tasks.create_task(feed.run(wallboard.hub.changed))
            tasks.create_task(wallboard.ask_archive())
            tasks.create_task(_flushing(entrance))
            tasks.create_task(beside())
    finally:
        await runner.cleanup()


async def _flushing(entrance: Entrance) -> None:
    """What was counted of refusals is kept though no further one comes."""
    while True:
        await asyncio.sleep(FLUSH_S)
        entrance.flush()


def _only_for(hosts: Collection[str], entrance: Entrance) -> Middleware:
    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        name = _hostname(request.headers.get("Host", ""))
        if name not in hosts:
            return web.Response(
                status=421,
                text=f"This board is not called {printable(name or 'so')}: start it with --allow-host.\n",
            )
        try:
            response = await handler(request)
        except web.HTTPException as refused:
            _harden(refused, is_secure=entrance.is_secure(request))
            raise
        if not response.prepared:
            _harden(response, is_secure=entrance.is_secure(request))
        return response

    return check


def _harden(response: web.StreamResponse, *, is_secure: bool) -> None:
    for name, value in {**headers.EVERYWHERE, **(headers.WITH_TLS if is_secure else {})}.items():
        response.headers.setdefault(name, value)


def _hostname(host: str) -> str | None:
    """The name without its port, in lower case; None if it is not valid."""
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None


def _assets() -> dict[str, tuple[str, bytes]]:
    """Content type and bytes of the pages' files, by their path below `static`."""
    folder = files("dashboards.wallboard") / "static"
    found = {}
    for each in sorted(folder.iterdir(), key=lambda each: each.name):
        for file in each.iterdir() if each.is_dir() else [each]:
            kind = _TYPES.get(file.name.rpartition(".")[2])
            if kind is not None:  # licences and lists stay with the package
                path = f"{each.name}/{file.name}" if each.is_dir() else file.name
                found[path] = kind, file.read_bytes()
    return found
