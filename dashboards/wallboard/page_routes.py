"""The pages over HTTP: the first paint with all figures, then a stream of events, or `/api/page` for who cannot have one."""

import asyncio
import time
from collections.abc import Callable
from urllib.parse import urlencode

from aiohttp import web

from dashboards.access.entrance import Entrance, principal_of
from dashboards.access.rights import Principal, Scope
from dashboards.wallboard import headers
from dashboards.wallboard.board_page import Asked, Asker
from dashboards.wallboard.hub import Frame, Hub, PageFrame
from dashboards.wallboard.page_catalogue import PAGES, ROUTES, asked_by
from dashboards.wallboard.painting import document, look_of
from dashboards.wallboard.past import Past
from dashboards.wallboard.texts import chosen

RETRY_MS = 2_000
PING_S = 15.0
PATIENCE_S = 2.5  # how long a page that is opened waits for what the archive says
PERSONAL_EVERY_S = 2.0  # a page of one viewer alone is drawn for each: its waits tick meanwhile
READ_PER_S = 2_000_000  # bytes of pages that a browser is sent in a second: what it reads anew as a whole it must also draw
SLOW_S = 30.0  # a viewer that takes nothing for so long is gone
_NOT_KEPT = {"Cache-Control": "no-store", "Vary": "Accept-Language"}


class PageRoutes:
    """What the entrance lets through gets its page; who follows one is counted by the hub."""

    def __init__(
        self,
        hub: Hub,
        entrance: Entrance,
        scope_of: Callable[[Principal], Scope],
        asker: Callable[[web.Request, str], Asker],
        past: Past,
        build: str,
    ) -> None:
        self._hub = hub
        self._past = past
        self._entrance = entrance
        self._scope_of = scope_of
        self._asker = asker
        self._build = build

    def add_to(self, app: web.Application) -> None:
        for route in ROUTES:
            app.router.add_get(route, self._page)
        app.router.add_get("/api/page", self._as_json)
        app.router.add_get("/events", self._events)

    async def _page(self, request: web.Request) -> web.StreamResponse:
        asked = _asked(request, request.path)
        if asked is None:
            raise web.HTTPNotFound(text="There is no such page.\n")
        await self._ask_archive(self._scope(request), asked)
        painted = self._frame(request, asked).painted
        if painted is None:
            raise web.HTTPInternalServerError(text="This page cannot be drawn now.\n")
        query = request.query
        look = look_of(query.get("theme", ""), query.get("contrast", ""), query.get("dim", ""))
        body = document(painted, asked, look, self._build, request.path)
        return web.Response(
            body=body, status=painted.status, content_type="text/html", charset="utf-8",
            headers={**_NOT_KEPT, **(headers.WITH_FORM if PAGES[asked.page].is_personal else {})},
        )  # fmt: skip

    def _frame(self, request: web.Request, asked: Asked) -> PageFrame:
        scope = self._scope(request)
        if not PAGES[asked.page].is_personal:
            return self._hub.page(scope, asked)
        path = request.query.get("page", request.path)
        return self._hub.personal(scope, asked, self._asker(request, _address(path, request)))

    async def _ask_archive(self, scope: Scope, asked: Asked) -> None:
        """Wait a little for the days past of a page, so that it has its figures also without scripts."""
        past = PAGES[asked.page].past
        if past is None:
            return
        queues = past(self._hub.board(scope), asked.id)
        if queues and self._past.known(queues).problem == "asking":
            await self._past.settled(queues, PATIENCE_S)
            self._hub.draw_again(scope, asked)

    async def _as_json(self, request: web.Request) -> web.StreamResponse:
        asked = _asked(request, request.query.get("page", ""))
        if asked is None:
            raise web.HTTPNotFound(text="There is no such page.\n")
        frame = self._frame(request, asked)
        status = 500 if frame.painted is None else 200
        return web.Response(
            body=frame.json, status=status, content_type="application/json", headers=_NOT_KEPT
        )

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """Send the newest, then each newer one; a comment every 15 s keeps proxies from closing.

        With `page` what that page shows, else the whole board as data. It ends when its viewer would not be let in
        any more.
        """
        path = request.query.get("page")
        asked = None if path is None else _asked(request, path)
        if path is not None and asked is None:
            raise web.HTTPNotFound(text="There is no such page.\n")
        response = web.StreamResponse(
            headers={
                **headers.EVERYWHERE,
                "Content-Type": "text/event-stream",
                "X-Accel-Buffering": "no",
            }
        )
        self._hub.viewers += 1
        try:
            await response.prepare(request)
            await self._follow(request, response, asked)
        except (ConnectionError, TimeoutError):
            pass  # the viewer is gone; a browser that still runs connects again by itself
        finally:
            self._hub.viewers -= 1
        return response

    async def _follow(
        self, request: web.Request, response: web.StreamResponse, asked: Asked | None
    ) -> None:
        number, pinged = -1, time.monotonic()
        await response.write(b"retry: %d\n\n" % RETRY_MS)
        while True:
            await self._hub.newer_than(number)
            if not self._entrance.still_holds(request):
                break
            if asked is None:
                frame: Frame | PageFrame = self._hub.latest(self._scope(request))
            else:
                frame = self._frame(request, asked)
            data = frame.event
            if time.monotonic() - pinged > PING_S:
                data, pinged = b": ping\n\n" + data, time.monotonic()
            async with asyncio.timeout(
                SLOW_S
            ):  # without a task of its own: there are thousands of walls
                await response.write(data)
            number = frame.number
            is_personal = asked is not None and PAGES[asked.page].is_personal
            await asyncio.sleep(PERSONAL_EVERY_S if is_personal else len(data) / READ_PER_S)

    def _scope(self, request: web.Request) -> Scope:
        return self._scope_of(principal_of(request))


def _address(path: str, request: web.Request) -> str:
    """Where a form of the page leads back to."""
    kept = [(key, each) for key, each in request.query.items() if key != "page" and each]
    return f"{path}?{urlencode(kept)}" if kept else path


def _asked(request: web.Request, path: str) -> Asked | None:
    accepted = request.headers.get("Accept-Language", "")
    return asked_by(path, chosen(request.query.get("lang", ""), accepted), request.query)
