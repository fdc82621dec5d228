"""`/api` over HTTP: the board, the desk and one queue as JSON, the orders of people, and what all of it means."""

import asyncio
import contextlib
from secrets import token_hex
from typing import Any, Protocol

import msgspec
from aiohttp import web

from dashboards.access.entrance import Entrance, principal_of
from dashboards.access.rights import Principal, Scope
from dashboards.callers.stays import Stays
from dashboards.wallboard import headers, order_route
from dashboards.wallboard.ack_route import AckRoute, Write
from dashboards.wallboard.api_page import page
from dashboards.wallboard.board_page import Asker, Unknown
from dashboards.wallboard.desk import Desk, desk
from dashboards.wallboard.desk_choice import unknown_sorts, wanted
from dashboards.wallboard.filters import KEYS, WORDS, Chosen, UnknownFilterError, chosen
from dashboards.wallboard.hub import Hub
from dashboards.wallboard.latest import Latest
from dashboards.wallboard.openapi import document
from dashboards.wallboard.order_route import OrderRoute
from dashboards.wallboard.problem import problem
from dashboards.wallboard.queue_detail import queue_detail
from dashboards.wallboard.view import narrowed

_SHOWN_WITHIN_S = 2.0
_NOT_KEPT = {"Cache-Control": "no-store"}


class Shown(Protocol):
    """What there is to show, and to whom (dashboards.wallboard.server)."""

    @property
    def latest(self) -> Latest: ...
    @property
    def stays(self) -> Stays: ...
    @property
    def hub(self) -> Hub: ...
    @property
    def build(self) -> str: ...
    @property
    def write_note(self) -> Write: ...
    def clock(self) -> int: ...
    def problem(self) -> str: ...
    def scope_of(self, who: Principal) -> Scope: ...


class Api:
    """The handlers of `/api`."""

    def __init__(self, wallboard: Shown, ack: AckRoute, entrance: Entrance) -> None:
        self._wallboard = wallboard
        self._orders = OrderRoute(
            ack,
            entrance,
            wallboard.latest,
            wallboard.clock,
            lambda: token_hex(3),
            self._until_shown,
            wallboard.write_note,
        )
        self._document = document(wallboard.build)

    def add_to(self, app: web.Application) -> None:
        add = app.router
        add.add_get("/api", self._page)
        add.add_get("/api/openapi.json", self._openapi)
        add.add_get("/api/board", self._board)
        add.add_get("/api/desk", self._desk)
        add.add_get("/api/queue/{queue}", self._queue)
        add.add_post(order_route.PATH, self._orders.post)

    async def _until_shown(self) -> None:
        hub = self._wallboard.hub
        number = hub.number
        hub.changed()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(hub.newer_than(number), _SHOWN_WITHIN_S)

    async def _page(self, _: web.Request) -> web.StreamResponse:
        text = page(self._document)
        return web.Response(text=text, content_type="text/html", headers=headers.EVERYWHERE)

    async def _openapi(self, _: web.Request) -> web.StreamResponse:
        return _json(self._document)

    async def _board(self, request: web.Request) -> web.StreamResponse:
        wallboard, scope = self._wallboard, self._wallboard.scope_of(principal_of(request))
        if not request.query:
            body = wallboard.hub.latest(scope).json
            return web.Response(body=body, content_type="application/json", headers=_NOT_KEPT)
        try:
            asked = self._chosen(request, scope)
        except UnknownFilterError as error:
            return _unknown(error)
        whole = wallboard.hub.board(scope)
        return _json(narrowed(whole, wallboard.latest, scope, asked, wallboard.problem()))

    async def _desk(self, request: web.Request) -> web.StreamResponse:
        scope = self._wallboard.scope_of(principal_of(request))
        try:
            return _json(self._desk_of(scope, self._chosen(request, scope)))
        except UnknownFilterError as error:
            return _unknown(error)

    async def _queue(self, request: web.Request) -> web.StreamResponse:
        wallboard, scope = self._wallboard, self._wallboard.scope_of(principal_of(request))
        queue = request.match_info["queue"]
        whole = wallboard.hub.board(scope)
        shown = queue_detail(whole, wallboard.latest, wallboard.stays, queue, scope)
        if shown is None:
            return problem(404, f'no queue "{queue}"', "no_such_queue")
        return _json(shown)

    def asker(self, request: web.Request, address: str) -> Asker:
        """Who asks for a page that is drawn for each viewer, and what is shown there."""
        who, query = principal_of(request), request.query
        scope = self._wallboard.scope_of(who)
        whole = self._wallboard.hub.board(scope)
        asked = [(key, each) for key, each in query.items() if key in KEYS and each]
        shown, unknown = None, [Unknown("sort", each) for each in unknown_sorts(query)]
        # An address that was kept may name a sign that there is no more: the queues are shown, and it is said.
        unknown += [
            Unknown("sign", each) for key, each in asked if key == "sign" and each not in WORDS
        ]
        asked = [(key, each) for key, each in asked if key != "sign" or each in WORDS]
        try:
            shown = self._desk_of(scope, chosen(asked, whole.rows))
        except UnknownFilterError as error:
            unknown.append(Unknown(error.kind, error.value))
        return Asker(
            who=who,
            address=address,
            desk=shown,
            wanted=wanted(query),
            sign=query.get("sign", ""),
            department=query.get("department", ""),
            departments=tuple((each.id, each.name) for each in whole.departments),
            unknown=tuple(unknown),
        )

    def _desk_of(self, scope: Scope, asked: Chosen) -> Desk:
        wallboard = self._wallboard
        whole = wallboard.hub.board(scope)
        return desk(
            whole, wallboard.latest, wallboard.stays, scope=scope, chosen=asked, problem=wallboard.problem(),
        )  # fmt: skip

    def _chosen(self, request: web.Request, scope: Scope) -> Chosen:
        """UnknownFilterError for a filter that is none, and for what is not seen."""
        return chosen(request.query.items(), self._wallboard.hub.board(scope).rows)


def _json(told: Any) -> web.Response:
    body = msgspec.json.encode(told)
    return web.Response(body=body, content_type="application/json", headers=_NOT_KEPT)


def _unknown(error: UnknownFilterError) -> web.Response:
    if error.is_missing:
        return problem(404, str(error))
    return problem(400, str(error), "unknown_filter")
