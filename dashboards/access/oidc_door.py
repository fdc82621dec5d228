"""The way of a browser to the provider of OpenID Connect and back."""

from aiohttp import web

from dashboards.access.asking import local_path
from dashboards.access.config import Access
from dashboards.access.entrance import ASKED, PLAIN, WRONG, Entrance, asking_of
from dashboards.access.gate import LOGIN, Asked, Refusal, cookie_of
from dashboards.access.oidc import FROM_PROVIDER, TO_PROVIDER, OidcError, Person, Provider
from dashboards.access.sessions import LoginUnderway, sealed, unsealed_login

_NO_ROLE = "{who}: none of your groups has a role here. Ask the people who run the system."


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
            self._entrance.refused(asked, "a log-in without TLS")
            return self._entrance.log_in_again(PLAIN, then, 403)
        try:
            url, underway = await self._provider.begin(then, self._entrance.gate.clock())
        except OidcError as error:
            return self._entrance.log_in_again(f"The log-in does not work now: {error}.", then, 503)
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
            return self._entrance.log_in_again(
                "The log-in took too long, or began elsewhere: try again.", "/", 400
            )
        try:
            person = await self._provider.finish(
                request.query, underway, self._entrance.gate.clock()
            )
        except OidcError as error:
            self._entrance.refused(asked, "a log-in that the provider refused")
            answer = self._entrance.log_in_again(f"Not logged in: {error}.", underway.then, 403)
        else:
            answer = self._begun(asked, person, underway.then)
        self._entrance.forget(answer, asked, LOGIN)  # its state and nonce are good for one answer
        return answer

    def _begun(self, asked: Asked, person: Person, then: str) -> web.Response:
        grants = self._access.grants_of(list(person.groups))
        if not grants:
            self._entrance.refused(asked, "no role for these groups")
            return self._entrance.log_in_again(_NO_ROLE.format(who=person.who), "/", 403)
        begun = self._entrance.gate.begin(person.who, grants)
        if isinstance(begun, Refusal):
            self._entrance.refused(asked, begun.why)
            return self._entrance.log_in_again(WRONG[begun.why], "/", begun.status)
        return self._entrance.let_in(asked, *begun, then, "by OpenID Connect")
