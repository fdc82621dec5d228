"""The gate over HTTP: who may go on to a page, and the pages of logging in and out."""

import asyncio
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
from dashboards.access.requests import asking_of, is_read_by_a_person, route_of
from dashboards.access.rights import RIGHTS, Principal, may_everywhere, reach
from dashboards.access.sessions import Session
from dashboards.access.words import language_of, words_of
from schemas.audit import Action
from schemas.millis import DAY, SECOND

ASKED = web.RequestKey("asked", Asked)
LOG_IN, WALL_LINK = "/access/log-in", "/access/wall/{link}"
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
                language = language_of(request)
                if is_read_by_a_person(request):
                    title, why = words_of(language).nobody_now, pages.foreign(str(error), language)
                    return self._page(pages.said(title, why, language, way_in=False), _UNAVAILABLE)
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
                return self._no(request, asked.who.why)
        if asked.lapsed is not None:
            self.refused(asked, asked.lapsed.why, request.path)
            answer = await self._let_on(request, handler, asking, asked)
            if not answer.prepared:
                for kind in asked.stale:
                    self.forget(answer, asked, kind)
            return answer
        return await self._let_on(request, handler, asking, asked)

    async def _let_on(
        self, request: web.Request, handler: Handler, asking: Asking, asked: Asked
    ) -> web.StreamResponse:
        if request.method == "POST" and (why := self._foreign(request, asking, asked)):
            self.refused(asked, why, request.path)
            return self._no(request, why)
        is_rated = request.method == "POST" or request.path.startswith("/access/")
        if is_rated and self._rate.is_over(asked.seen.address, self.gate.clock()):
            text = "Too many requests from your address: wait a minute.\n"
            return web.Response(status=_TOO_MANY, text=text)
        if route_of(request) in self._public | self._signed:
            return await handler(request)
        if not isinstance(asked.who, Principal):
            return self._ask_to_log_in(request, asked)
        return await handler(request)

    def _foreign(self, request: web.Request, asking: Asking, asked: Asked) -> Why | None:
        """Why a POST is not one of our pages'. That of a signed link is known by its signature."""
        if route_of(request) in self._signed:
            return "a post from another site" if is_cross_site(asking, self._address) else None
        if isinstance(asked.who, Principal) and asked.who.way == "token":
            return None  # no browser sends a token by itself
        return None if is_same_origin(asking, self._address) else "a post from another site"

    def _ask_to_log_in(self, request: web.Request, asked: Asked) -> web.Response:
        status = asked.who.status if isinstance(asked.who, Refusal) else 401
        if route_of(request) in self._pages and request.method == "GET":
            then = quote(request.path_qs, safe="")
            return web.Response(status=_SEE_OTHER, headers={"Location": f"{LOG_IN}?then={then}"})
        answer = web.Response(
            status=status, text="Log in first: /access/log-in, or send a token.\n"
        )
        answer.headers["WWW-Authenticate"] = 'Bearer realm="queuewatch"'
        return answer

    def _no(self, request: web.Request, why: Why) -> web.Response:
        if is_read_by_a_person(request):
            words, language = words_of(language_of(request)), language_of(request)
            text = pages.said(words.refused, words.why[why], language, way_in=False)
            return self._page(text, _FORBIDDEN)
        return web.Response(status=_FORBIDDEN, text=f"Refused: {why}.\n")

    async def _form(self, request: web.Request) -> Mapping[str, Any] | None:
        """The fields of a form; None if it lacks the mark of the page that it should come from."""
        form = await posted_form(request)
        if self.gate.is_mark(request[ASKED], str(form.get(pages.MARK_FIELD, ""))):
            return form
        self.refused(request[ASKED], "a form without its mark")
        return None

    async def _me(self, request: web.Request) -> web.StreamResponse:
        asked = request[ASKED]
        who = principal_of(request)
        reached = reach(who.grants, "see")
        departments = None if reached is None else tuple(sorted(reached))
        text = pages.me(
            who,
            departments=departments,
            ends_here=asked.session is not None,
            language=language_of(request),
        )
        return self._page(text)

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
            problem = words_of(language_of(request)).why[asked.who.why]
        then = local_path(request.query.get("then", "/"))
        answer = self.log_in_again(request, problem, then, 200)
        if isinstance(asked.who, Refusal):
            for kind in asked.stale:
                self.forget(answer, asked, kind)
        return answer

    def log_in_again(
        self, request: web.Request, problem: str, then: str, status: int
    ) -> web.Response:
        access, language = self.gate.access, language_of(request)
        form = pages.LogIn(
            problem=problem,
            then=then,
            button=access.oidc.button if access and access.oidc else None,
            is_asked=request.query.get("lang", "") == language,
        )
        return self._page(pages.log_in(form, language), status)

    def not_let_in(
        self, request: web.Request, why: Why, then: str, status: int = _FORBIDDEN
    ) -> web.Response:
        """Keep the refusal, and show the form again with what a person is told of it."""
        self.refused(request[ASKED], why)
        return self.log_in_again(request, words_of(language_of(request)).why[why], then, status)

    async def _log_in(self, request: web.Request) -> web.StreamResponse:
        asked = request[ASKED]
        form = await posted_form(request)
        then = local_path(str(form.get("then", "/")))
        if self.gate.is_too_plain(asked.seen):
            return self.not_let_in(request, "a log-in without TLS", then)
        begun = self.gate.begin_by_token(str(form.get("token", "")).strip(), asked.seen.address)
        if isinstance(begun, Refusal):
            return self.not_let_in(request, begun.why, then, begun.status)
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
            return self._no(request, "a form without its mark")
        who = principal_of(request)
        if asked.session is None:
            return web.Response(status=409, text="There is no session to end here.\n")
        if everywhere:
            await asyncio.to_thread(self.gate.end_all, who.who)
        await asyncio.to_thread(self.gate.end, asked.session)
        action: Action = "log_out_everywhere" if everywhere else "log_out"
        self.note(asked, who.who, who.roles, action)
        language = language_of(request)
        words = words_of(language)
        text = words.shows_nothing
        if wall := self.gate.wall_on(asking_of(request), asked.seen):
            text = words.left_on_wall.format(wall=pages.foreign(wall, language))
        answer = self._page(pages.said(words.logged_out, text, language))
        self.forget(answer, asked, SESSION)
        return answer

    async def _end_all(self, request: web.Request) -> web.StreamResponse:
        asked = request[ASKED]
        if await self._form(request) is None:
            return self._no(request, "a form without its mark")
        who = principal_of(request)
        if not may_everywhere(who.grants, "administer"):
            self.refused(asked, "a role that may not")
            return self._no(request, "a role that may not")
        await asyncio.to_thread(self.gate.end_all, EVERYBODY)
        self.note(asked, who.who, who.roles, "log_out_everywhere", "everybody")
        language = language_of(request)
        words = words_of(language)
        return self._page(pages.said(words.all_ended, words.all_ended_then, language))

    async def _wall(self, request: web.Request) -> web.StreamResponse:
        asked = request[ASKED]
        if self.gate.locked_for_ms(asked.seen.address):
            return self._no_wall(request, "too many wrong tries", _TOO_MANY)
        if self.gate.is_too_plain(asked.seen):
            self.refused(asked, "a log-in without TLS")
            return self._no_wall(request, "a log-in without TLS", _FORBIDDEN)
        held = cookie_of(asking_of(request), WALL, asked.seen)
        link = request.match_info["link"]
        how, fresh, who = await asyncio.to_thread(self.gate.open_wall, link, held)
        if how in {"opened", "again"}:
            if how == "opened":
                self.note(asked, who, "viewer", "wall_enrol")
            answer = web.Response(status=_SEE_OTHER, headers={"Location": "/"})
            self.set(answer, asked, WALL, fresh if how == "opened" else held, _WALL_MS)
            return answer
        whys: dict[str, Why] = {
            "used": "a link of a wall that was used",
            "expired": "an expired link of a wall",
            "unknown": "an unknown link of a wall",
        }
        self.refused(asked, whys[how])
        return self._no_wall(request, whys[how], _FORBIDDEN)

    def _no_wall(self, request: web.Request, why: Why, status: int) -> web.Response:
        language = language_of(request)
        words = words_of(language)
        return self._page(pages.said(words.no_wall, words.why[why], language, way_in=False), status)

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

    def forget(self, answer: web.StreamResponse, asked: Asked, kind: str) -> None:
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


def principal_of(request: web.Request) -> Principal:
    """Who was let in; of a route that is not public there is always somebody."""
    who = request[ASKED].who
    if not isinstance(who, Principal):
        raise web.HTTPUnauthorized(text="Log in first.\n")
    return who
