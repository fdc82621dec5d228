"""The way of a browser to the provider of OpenID Connect and back."""

from collections.abc import Callable

from aiohttp import web

from dashboards.access import pages
from dashboards.access.asking import local_path
from dashboards.access.config import Access
from dashboards.access.entrance import ASKED, Entrance
from dashboards.access.gate import LOGIN, Refusal, cookie_of
from dashboards.access.oidc import FROM_PROVIDER, TO_PROVIDER, OidcError, Person, Provider
from dashboards.access.requests import asking_of
from dashboards.access.sessions import LoginUnderway, sealed, unsealed_login
from dashboards.access.words import Words, language_of, words_of


class OidcDoor:
    """`access.oidc` is the provider; without one there are no routes to it."""

    def __init__(self, entrance: Entrance, access: Access, provider: Provider) -> None:
        self._entrance = entrance
        self._access = access
        self._provider = provider

    def add_to(self, app: web.Application) -> None:
        app.router.add_get(TO_PROVIDER, self._to_provider, allow_head=False)
        app.router.add_get(FROM_PROVIDER, self._from_provider, allow_head=False)

    async def _to_provider(self, request: web.Request) -> web.StreamResponse:
        asked, then = request[ASKED], local_path(request.query.get("then", "/"))
        if self._entrance.gate.is_too_plain(asked.seen):
            return self._entrance.not_let_in(request, "a log-in without TLS", then)
        try:
            url, underway = await self._provider.begin(then, self._entrance.gate.clock())
        except OidcError as error:
            problem = _said(request, lambda words: words.not_now, error)
            return self._entrance.log_in_again(request, problem, then, 503)
        answer = web.Response(status=303, headers={"Location": url})
        life = underway.expires_at - self._entrance.gate.clock()
        self._entrance.set(answer, asked, LOGIN, sealed(underway, self._entrance.gate.keys), life)
        return answer

    async def _from_provider(self, request: web.Request) -> web.StreamResponse:
        asked = request[ASKED]
        kept = cookie_of(asking_of(request), LOGIN, asked.seen)
        underway = unsealed_login(kept, self._entrance.gate.keys, self._entrance.gate.clock())
        if not isinstance(underway, LoginUnderway):
            self._entrance.refused(asked, "a log-in that the provider refused")
            problem = words_of(language_of(request)).took_too_long
            return self._entrance.log_in_again(request, problem, "/", 400)
        try:
            person = await self._provider.finish(
                request.query, underway, self._entrance.gate.clock()
            )
        except OidcError as error:
            self._entrance.refused(asked, "a log-in that the provider refused")
            problem = _said(request, lambda words: words.not_logged_in, error)
            answer = self._entrance.log_in_again(request, problem, underway.then, 403)
        else:
            answer = self._begun(request, person, underway.then)
        self._entrance.forget(answer, asked, LOGIN)  # its state and nonce are good for one answer
        return answer

    def _begun(self, request: web.Request, person: Person, then: str) -> web.Response:
        asked, grants = request[ASKED], self._access.grants_of(list(person.groups))
        if not grants:
            self._entrance.refused(asked, "no role for these groups")
            language = language_of(request)
            why = words_of(language).why["no role for these groups"]
            problem = f"{pages.foreign(person.who, language)}: {why}"
            return self._entrance.log_in_again(request, problem, "/", 403)
        begun = self._entrance.gate.begin(person.who, grants)
        if isinstance(begun, Refusal):
            return self._entrance.not_let_in(request, begun.why, "/", begun.status)
        return self._entrance.let_in(asked, *begun, then, "by OpenID Connect")


def _said(request: web.Request, template: Callable[[Words], str], error: OidcError) -> str:
    language = language_of(request)
    return template(words_of(language)).format(problem=pages.foreign(str(error), language))
