"""POST /api/acknowledge: "I have it" by somebody whose role may, for alerts of his departments; of several, one of them.

Body: `{"alert_id": "…", "note": "…"}` as JSON; header `X-CSRF-Token` with the `csrf` of /api/me, unless a token
is sent instead of a cookie. 200 with who has it since when; 409 if somebody else has it already.
"""

from typing import Annotated

import msgspec
from aiohttp import web
from msgspec import Meta, Struct

from dashboards.access.entrance import ASKED, Entrance, principal_of
from dashboards.access.rights import Principal
from dashboards.wallboard.ack_route import AckRoute, Said
from dashboards.wallboard.orders import OrderRefused, refused_for
from dashboards.wallboard.problem import problem
from schemas.commands import LONGEST_NOTE

PATH = "/api/acknowledge"
MARK_HEADER = "X-CSRF-Token"
_MAY_NOT = (
    "your role may not acknowledge this alert: it takes supervisor, on-call or administrator"
    " of a department whose queues it is about"
)


class Wanted(Struct, forbid_unknown_fields=True):
    """Which alert somebody has, with a note of his own if he likes."""

    alert_id: Annotated[str, Meta(min_length=1, max_length=500)]
    note: Annotated[str, Meta(max_length=LONGEST_NOTE)] = ""


class Has(Struct, frozen=True):
    """Who has the alert, since when (ms)."""

    who: str
    since: int


def unmarked(entrance: Entrance, request: web.Request, given: str) -> OrderRefused | None:
    """The refusal of what comes from no page of ours: a browser sends a cookie by itself, and never a token."""
    asked = request[ASKED]
    if principal_of(request).way == "token" or entrance.gate.is_mark(asked, given):
        return None
    entrance.refused(asked, "a form without its mark")
    return OrderRefused(403, "no_mark", f"send {MARK_HEADER} with the csrf of /api/me")


class AckByRole:
    def __init__(self, ack: AckRoute, entrance: Entrance) -> None:
        self._ack = ack
        self._entrance = entrance

    async def post(self, request: web.Request) -> web.StreamResponse:
        asked = request[ASKED]
        who = principal_of(request)
        if no_mark := unmarked(self._entrance, request, request.headers.get(MARK_HEADER, "")):
            return problem(no_mark.status, no_mark.problem, no_mark.code)
        try:
            wanted = msgspec.json.decode(await request.read(), type=Wanted)
        except msgspec.MsgspecError as error:
            return problem(400, str(error))
        said = await acknowledge(self._ack, who, wanted.alert_id, wanted.note)
        if isinstance(said, OrderRefused):
            if said.is_trespass:
                self._entrance.refused(asked, "a role that may not")
            return problem(said.status, said.problem, said.code)
        if said.had is None:
            return problem(503, said.problem)
        if said.is_new:
            self._entrance.note(asked, who.who, who.roles, "alert_ack", wanted.alert_id)
        has = msgspec.json.encode(Has(said.had.who, said.had.at))
        return web.Response(
            status=200 if said.is_new else 409, body=has, content_type="application/json"
        )


async def acknowledge(
    ack: AckRoute, who: Principal, alert_id: str, note: str
) -> Said | OrderRefused:
    """Acknowledge an alert that fires, if the role may."""
    if why := ack.problem():
        return OrderRefused(503, "not_now", why)
    alert = ack.firing(alert_id)
    departments = ack.departments(alert) if alert else frozenset()
    if refused := refused_for(who, "acknowledge", departments, _MAY_NOT):
        return refused
    try:
        return await ack.say(alert_id, who.who, note.strip())
    except ValueError as error:
        return OrderRefused(400, "bad_text", str(error))
