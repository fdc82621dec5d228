"""POST /api/orders: acknowledge, give back, note, mute, unmute, the lines of boards and notes beside figures, by role.

As JSON with the header `X-CSRF-Token` (unless a token is sent instead of a cookie), or as a form of our own pages with
its field `csrf`: then the answer leads back to the path in its field `then`, so that it works without JavaScript.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec
from aiohttp import web
from msgspec import Struct

from dashboards.access import pages
from dashboards.access.asking import local_path
from dashboards.access.entrance import ASKED, Entrance, principal_of
from dashboards.access.posted import posted_form
from dashboards.access.rights import Principal
from dashboards.access.words import language_of
from dashboards.wallboard import headers
from dashboards.wallboard.ack_route import AckRoute, Said, Write
from dashboards.wallboard.latest import Latest
from dashboards.wallboard.orders import (
    Acknowledge,
    AnyOrder,
    Decided,
    OrderRefused,
    decided,
    refused_for,
)
from dashboards.wallboard.problem import problem
from schemas.codec import encode
from schemas.notes import Note as WrittenNote
from schemas.notes import note_key

PATH = "/api/orders"
MARK_HEADER = "X-CSRF-Token"
_MAY_NOT = (
    "your role may not acknowledge this alert: it takes supervisor, on-call or administrator"
    " of a department whose queues it is about"
)
_OF_FORM = frozenset({pages.MARK_FIELD, "then"})


class Done(Struct, frozen=True, omit_defaults=True):
    """What was written: the word of the audit, by whom, when (ms), and what it was done to."""

    done: str
    who: str
    at: int
    object: str


class OrderRoute:
    """`clock` returns ms since 1970 UTC; `new_id` names a mute or a line; `until_shown` waits for a board that has it.
    `write_note` puts a record with that key into topic `notes`; "" when it is there, else one line.
    """

    def __init__(
        self,
        ack: AckRoute,
        entrance: Entrance,
        latest: Latest,
        clock: Callable[[], int],
        new_id: Callable[[], str],
        until_shown: Callable[[], Awaitable[None]],
        write_note: Write,
    ) -> None:
        self._ack = ack
        self._entrance = entrance
        self._latest = latest
        self._clock = clock
        self._new_id = new_id
        self._until_shown = until_shown
        self._write_note = write_note

    async def post(self, request: web.Request) -> web.StreamResponse:
        is_form = request.content_type in {
            "application/x-www-form-urlencoded", "multipart/form-data",
        }  # fmt: skip
        form = await posted_form(request) if is_form else {}
        said = await self._said(request, form if is_form else None)
        if not is_form:
            return _as_json(said)
        then = local_path(str(form.get("then", "/")))
        if isinstance(said, OrderRefused):
            language = language_of(request)
            typed = str(form.get("text") or form.get("note") or "")
            text = pages.refused(pages.foreign(said.problem, language), typed, then, language)
            return web.Response(
                status=said.status, text=text, content_type="text/html", headers=headers.WITH_FORM
            )
        await self._until_shown()  # else the page that follows shows what was before
        return web.Response(status=303, headers={"Location": then})

    async def _said(
        self, request: web.Request, form: Mapping[str, Any] | None
    ) -> Done | OrderRefused:
        asked, who = request[ASKED], principal_of(request)
        given = (
            request.headers.get(MARK_HEADER, "")
            if form is None
            else str(form.get(pages.MARK_FIELD, ""))
        )
        if no_mark := self._unmarked(request, given):
            return no_mark
        try:
            if form is None:
                order: AnyOrder = msgspec.json.decode(await request.read(), type=AnyOrder)
            else:
                typed = {name: each for name, each in form.items() if name not in _OF_FORM}
                order = msgspec.convert(typed, AnyOrder, strict=False)
        except msgspec.MsgspecError as error:
            return OrderRefused(400, "bad_request", str(error))
        said = await self._done(order, who)
        if isinstance(said, OrderRefused):
            if said.is_trespass:
                self._entrance.refused(asked, "a role that may not")
            return said
        self._entrance.note(asked, who.who, who.roles, said.action, said.object)
        return Done(said.action, said.command.who, said.command.at, said.object)

    async def _done(self, order: AnyOrder, who: Principal) -> Decided | OrderRefused:
        if why := self._ack.problem():  # what is known may be over
            return OrderRefused(503, "not_now", why)
        if isinstance(order, Acknowledge):
            said = await self._acknowledge(who, order.alert_id, order.note)
            if isinstance(said, OrderRefused):
                return said
            if said.had is None:
                return OrderRefused(503, "not_now", said.problem)
            if not said.is_new:
                return OrderRefused(409, "taken", f"{said.had.who} has this alert already")
            return Decided(said.had, "alert_ack", order.alert_id)
        decision = decided(order, who, self._latest, self._clock(), self._new_id())
        if isinstance(decision, Decided) and (why := await self._put(decision)):
            return OrderRefused(503, "not_now", why)
        return decision

    async def _acknowledge(self, who: Principal, alert_id: str, note: str) -> Said | OrderRefused:
        """An alert that fires, if the role may; of several departments one of them is enough."""
        alert = self._ack.firing(alert_id)
        departments = self._ack.departments(alert) if alert else frozenset()
        if refused := refused_for(who, "acknowledge", departments, _MAY_NOT):
            return refused
        try:
            return await self._ack.say(alert_id, who.who, note.strip())
        except ValueError as error:
            return OrderRefused(400, "bad_text", str(error))

    def _unmarked(self, request: web.Request, given: str) -> OrderRefused | None:
        """The refusal of what comes from no page of ours: a browser sends a cookie by itself, and never a token."""
        asked = request[ASKED]
        if principal_of(request).way == "token" or self._entrance.gate.is_mark(asked, given):
            return None
        self._entrance.refused(asked, "a form without its mark")
        return OrderRefused(403, "no_mark", f"send {MARK_HEADER} with the csrf of /api/me")

    async def _put(self, decision: Decided) -> str:
        if isinstance(decision.command, WrittenNote):
            return await self._write_note(note_key(decision.command), encode(decision.command))
        return await self._ack.put(decision.command)


def _as_json(said: Done | OrderRefused) -> web.Response:
    if isinstance(said, OrderRefused):
        return problem(said.status, said.problem, said.code)
    return web.Response(body=msgspec.json.encode(said), content_type="application/json")
