"""The gate over HTTP: who may go on to a page, and the pages of logging in and out."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from dashboards.access import pages
from dashboards.access.asking import (
    Asking,
    is_cross_site,
    is_same_origin,
    local_path,
)
from dashboards.access.attempts import Rate
from dashboards.access.gate import (
    SESSION,
    WALL,
    Asked,
    Gate,
    Refusal,
    Why,
    cookie_name,
    cookie_of,
)
from dashboards.access.journal import Journal, Keep
from dashboards.access.oidc import FROM_PROVIDER, TO_PROVIDER
from dashboards.access.posted import posted_form
from dashboards.access.refusals import UNKNOWN, Actor, Refused
from dashboards.access.register import EVERYBODY
from dashboards.access.register_file import RegisterError
from dashboards.access.rights import RIGHTS, Principal, may_everywhere, reach
from dashboards.access.sessions import Session
from schemas.audit import Action
from schemas.millis import DAY, SECOND

ASKED = web.RequestKey("asked", Asked)
LOG_IN, WALL_LINK = "/access/log-in", "/access/wall/{link}"
MARK = "csrf"
_WALL_MS = (
    400 * DAY
)  # browsers keep no cookie for longer; it is set anew at each opening of the link
_SEE_OTHER, _FORBIDDEN, _TOO_MANY, _UNAVAILABLE = 303, 403, 429, 503
_OWN = frozenset({LOG_IN, TO_PROVIDER, FROM_PROVIDER, WALL_LINK})  # of who is not let in yet


class Entrance:
    """`keep` keeps records of what people do: log-ins, log-outs, refusals, acknowledgements.

    `public` are the routes that tell nothing of anybody; `signed` those with a permission of their own in their
    address; `pages` those where a person is asked to log in instead of being refused. They are known by the route that
    answers, never by how a path is spelt.
    """

    def __init__(
        self,
        gate: Gate,
        keep: Keep,
        *,
        public: frozenset[str],
        signed: frozenset[str],
        headers: Mapping[str, str],
        pages: frozenset[str] = frozenset({"/"}),
    ) -> None:
        self.gate = gate
        self._journal = Journal(keep)
        self._public = public | _OWN
        self._signed = signed
        self._pages = pages | {"/access/me"}
        self._headers = headers
        access = gate.access
        self._address = access.address if access else ""
        self._rate = Rate()

    def add_to(self, app: web.Application) -> None:
        add = app.router
        add.add_get("/access/me", self._me)
        add.add_get("/api/me", self._me_as_json)
        if self.gate.access is None:
            return
        add.add_get(LOG_IN, self._log_in_page, allow_head=False)
        add.add_post(LOG_IN, self._log_in)
        add.add_post("/access/log-out", self._log_out)
        add.add_post("/access/log-out-everywhere", self._log_out_everywhere)
        add.add_post("/access/end-all-sessions", self._end_all)
        add.add_get(WALL_LINK, self._wall, allow_head=False)

    @property
    def middleware(self) -> Middleware:
        @web.middleware
        async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
            try:
                return await self._checked(request, handler)
            except RegisterError as error:
                return web.Response(status=_UNAVAILABLE, text=f"Nobody can log in now: {error}\n")

        return check

    def note(
        self,
        asked: Asked,
        who: str,
        roles: str,
        action: Action,
        object_: str = "",
        detail: str = "",
    ) -> None:
        """Keep what somebody did."""
        address = asked.seen.address
        self._journal.note(Actor(who, roles, address), action, self.gate.clock(), object_, detail)

    def refused(self, asked: Asked, why: Why, path: str = "") -> None:
        """Keep a refusal, or count it where there are many; and note it against its address."""
        address, who = asked.seen.address, asked.who
        self.gate.note_wrong(address, why)
        actor = Actor(UNKNOWN, "", address)
        if isinstance(who, Principal):
            actor = Actor(who.who, who.roles, address)
        self._journal.refused(Refused(actor, why, path), self.gate.clock())

    def flush(self) -> None:
        """Keep what was counted; to be called now and then."""
        self._journal.flush(self.gate.clock())

    def is_secure(self, request: web.Request) -> bool:
        asked = request.get(ASKED)
        return asked is not None and asked.seen.is_secure

    def still_holds(self, request: web.Request) -> bool:
        try:
            return self.gate.holds(request[ASKED])
        except RegisterError:
            return False

    async def _checked(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        asking = asking_of(request)
        asked = self.gate.asked(asking)
        request[ASKED] = asked
        if isinstance(asked.who, Refusal):
            self.refused(asked, asked.who.why, request.path)
            if asked.who.status == _FORBIDDEN:
                return self._no(asked.who.why)
        if request.method == "POST" and (why := self._foreign(request, asking, asked)):
            self.refused(asked, why, request.path)
            return self._no(why)
        is_rated = request.method == "POST" or request.path.startswith("/access/")
        if is_rated and self._rate.is_over(asked.seen.address, self.gate.clock()):
            text = "Too many requests from your address: wait a minute.\n"
            return web.Response(status=_TOO_MANY, text=text)
        if _route(request) in self._public | self._signed:
            return await handler(request)
        if not isinstance(asked.who, Principal):
            return self._ask_to_log_in(request, asked)
        return await handler(request)

    def _foreign(self, request: web.Request, asking: Asking, asked: Asked) -> Why | None:
        """Why a POST is not one of our pages'. That of a signed link is known by its signature."""
        if _route(request) in self._signed:
            return "a post from another site" if is_cross_site(asking, self._address) else None
        if isinstance(asked.who, Principal) and asked.who.way == "token":
            return None  # no browser sends a token by itself
        return None if is_same_origin(asking, self._address) else "a post from another site"

    def _ask_to_log_in(self, request: web.Request, asked: Asked) -> web.Response:
        status = asked.who.status if isinstance(asked.who, Refusal) else 401
        if _route(request) in self._pages and request.method == "GET":
            then = quote(request.path_qs, safe="")
            return web.Response(status=_SEE_OTHER, headers={"Location": f"{LOG_IN}?then={then}"})
        answer = web.Response(
            status=status, text="Log in first: /access/log-in, or send a token.\n"
        )
        answer.headers["WWW-Authenticate"] = 'Bearer realm="queuewatch"'
        return answer

    def _no(self, why: Why) -> web.Response:
        return web.Response(status=_FORBIDDEN, text=f"Refused: {why}.\n")

    async def _form(self, request: web.Request) -> Mapping[str, Any] | None:
        """The fields of a form; None if it lacks the mark of the page that it should come from."""
        form = await posted_form(request)
        if self.gate.is_mark(request[ASKED], str(form.get(MARK, ""))):
            return form
        self.refused(request[ASKED], "a form without its mark")
        return None

    async def _me(self, request: web.Request) -> web.StreamResponse:
        asked = request[ASKED]
        who = principal_of(request)
        departments = reach(who.grants, "see")
        sees = "all departments" if departments is None else ", ".join(sorted(departments))
        return self._page(pages.me(who, sees=sees, ends_here=asked.session is not None))

    async def _me_as_json(self, request: web.Request) -> web.StreamResponse:
        who = principal_of(request)
        held: dict[str, Any] = {}
        for right in RIGHTS:
            departments = reach(who.grants, right)
            if departments is None or departments:
                held[right] = "all" if departments is None else sorted(departments)
        told = {"who": who.who, "way": who.way, "may": held, "csrf": who.csrf}
        return web.json_response(told, headers={"Cache-Control": "no-store"})

    async def _log_in_page(self, request: web.Request) -> web.StreamResponse:
        asked = request[ASKED]
        if isinstance(asked.who, Principal) and asked.who.way in {"session", "proxy"}:
            return web.Response(status=_SEE_OTHER, headers={"Location": "/"})
        problem = ""
        if isinstance(asked.who, Refusal):
            problem = _ENDED.get(asked.who.why, "")
        answer = self.log_in_again(problem, local_path(request.query.get("then", "/")), 200)
        if isinstance(asked.who, Refusal):
            for kind in (SESSION, WALL):
                self.forget(answer, asked, kind)
        return answer

    def log_in_again(self, problem: str, then: str, status: int) -> web.Response:
        access = self.gate.access
        button = access.oidc.button if access and access.oidc else None
        text = pages.log_in(problem=problem, then=then, button=button, tokens=True)
        return self._page(text, status)

    async def _log_in(self, request: web.Request) -> web.StreamResponse:
        asked = request[ASKED]
        form = await posted_form(request)
        then = local_path(str(form.get("then", "/")))
        if self.gate.is_too_plain(asked.seen):
            self.refused(asked, "a log-in without TLS")
            return self.log_in_again(PLAIN, then, _FORBIDDEN)
        begun = self.gate.begin_by_token(str(form.get("token", "")).strip(), asked.seen.address)
        if isinstance(begun, Refusal):
            self.refused(asked, begun.why)
            return self.log_in_again(WRONG.get(begun.why, ""), then, begun.status)
        return self.let_in(asked, *begun, then, "by token")

    def let_in(
        self, asked: Asked, session: Session, cookie: str, then: str, how: str
    ) -> web.Response:
        roles = ", ".join(sorted({grant.role for grant in session.grants}))
        self.note(asked, session.who, roles, "log_in", detail=how)
        answer = web.Response(status=_SEE_OTHER, headers={"Location": then})
        self.set(answer, asked, SESSION, cookie, session.expires_at - session.began_at)
        return answer

    async def _log_out(self, request: web.Request) -> web.StreamResponse:
        return await self._leave(request, everywhere=False)

    async def _log_out_everywhere(self, request: web.Request) -> web.StreamResponse:
        return await self._leave(request, everywhere=True)

    async def _leave(self, request: web.Request, *, everywhere: bool) -> web.StreamResponse:
        asked = request[ASKED]
        if await self._form(request) is None:
            return self._no("a form without its mark")
        who = principal_of(request)
        if asked.session is None:
            return web.Response(status=409, text="There is no session to end here.\n")
        if everywhere:
            self.gate.end_all(who.who)
        self.gate.end(asked.session)
        action: Action = "log_out_everywhere" if everywhere else "log_out"
        self.note(asked, who.who, who.roles, action)
        answer = self._page(pages.said("Logged out", "This browser shows nothing any more."))
        self.forget(answer, asked, SESSION)
        return answer

    async def _end_all(self, request: web.Request) -> web.StreamResponse:
        asked = request[ASKED]
        if await self._form(request) is None:
            return self._no("a form without its mark")
        who = principal_of(request)
        if not may_everywhere(who.grants, "administer"):
            self.refused(asked, "a role that may not")
            return self._no("a role that may not")
        self.gate.end_all(EVERYBODY)
        self.note(asked, who.who, who.roles, "log_out_everywhere", "everybody")
        return self._page(pages.said("All sessions are ended", "Everybody has to log in again."))

    async def _wall(self, request: web.Request) -> web.StreamResponse:
        asked = request[ASKED]
        if self.gate.locked_for_ms(asked.seen.address):
            return web.Response(status=_TOO_MANY, text=f"{WRONG['too many wrong tries']}\n")
        if self.gate.is_too_plain(asked.seen):
            self.refused(asked, "a log-in without TLS")
            return self._page(pages.said("Not over plain HTTP", PLAIN, way_in=False), _FORBIDDEN)
        held = cookie_of(asking_of(request), WALL, asked.seen)
        how, fresh, who = self.gate.open_wall(request.match_info["link"], held)
        if how in {"opened", "again"}:
            if how == "opened":
                self.note(asked, who, "viewer", "device_enrol")
            answer = web.Response(status=_SEE_OTHER, headers={"Location": "/"})
            self.set(answer, asked, WALL, fresh if how == "opened" else held, _WALL_MS)
            return answer
        whys: dict[str, Why] = {
            "used": "a link of a wall that was used",
            "expired": "an expired link of a wall",
            "unknown": "an unknown link of a wall",
        }
        self.refused(asked, whys[how])
        text = f"This is {whys[how]}. Have a new one made: queuewatch access wall."
        return self._page(pages.said("No wall", text, way_in=False), _FORBIDDEN)

    def set(self, answer: web.Response, asked: Asked, kind: str, value: str, life_ms: int) -> None:
        secure = asked.seen.is_secure
        answer.set_cookie(
            cookie_name(kind, is_secure=secure),
            value,
            max_age=max(1, life_ms // SECOND),
            path="/",
            secure=secure,
            httponly=True,
            samesite="Lax",  # a link in a message opens the board for who is logged in
        )

    def forget(self, answer: web.Response, asked: Asked, kind: str) -> None:
        secure = asked.seen.is_secure
        answer.del_cookie(
            cookie_name(kind, is_secure=secure),
            path="/",
            secure=secure,
            httponly=True,
            samesite="Lax",
        )

    def _page(self, text: str, status: int = 200) -> web.Response:
        return web.Response(
            status=status, text=text, content_type="text/html", headers=self._headers
        )


PLAIN = (
    "Over plain HTTP anybody on the way could read it: open the board by https://."
    " (For a trial: plain_http = true in access.toml.)"
)
WRONG: Mapping[str, str] = {
    "a wrong token": "This token is not known, or it was revoked.",
    "an expired token": "This token has expired: ask for a new one.",
    "more departments than a cookie holds": (
        "Your groups name more departments than a browser keeps: have one made that is for all."
    ),
    "too many wrong tries": "Too many wrong tries from your address: wait a quarter of an hour.",
}
_ENDED: Mapping[str, str] = {
    "an expired session": "Your session has ended: log in again.",
    "an ended session": "Your session was ended: log in again.",
    "a forged cookie": "Your session is not valid here: log in again.",
    "a revoked token": "Your token, or that of this screen, was revoked.",
}


def principal_of(request: web.Request) -> Principal:
    """Who was let in; of a route that is not public there is always somebody."""
    who = request[ASKED].who
    if not isinstance(who, Principal):
        raise web.HTTPUnauthorized(text="Log in first.\n")
    return who


def _route(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource else ""


def asking_of(request: web.Request) -> Asking:
    headers: dict[str, list[str]] = {}
    for name, value in request.headers.items():
        headers.setdefault(name.lower(), []).append(value)
    peer = request.transport.get_extra_info("peername") if request.transport else None
    return Asking(
        peer=str(peer[0]) if isinstance(peer, tuple) else "",
        is_tls=request.secure,
        method=request.method,
        headers=headers,
        cookies=request.cookies,
    )
