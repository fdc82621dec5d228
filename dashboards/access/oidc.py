"""Log-in by OpenID Connect: authorization code with PKCE (RFC 7636), state and nonce, for any provider.

The signature of the ID token is checked with the provider's published keys, which are fetched anew when a
token names one that is not known: providers change their keys.
"""

import base64
import hashlib
import secrets
import ssl
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus, urlencode, urlsplit

import aiohttp
import msgspec
from msgspec import Struct

from dashboards.access.config import Oidc
from dashboards.access.sessions import LoginUnderway
from schemas.millis import HOUR, MINUTE, SECOND
from schemas.printable import printable
from streams.plumbing.ports import is_loopback

if TYPE_CHECKING:  # imported where it is used: 12 MB, of which a board without log-in needs nothing
    import jwt

TO_PROVIDER, FROM_PROVIDER = "/access/oidc", "/access/oidc/back"
UNDERWAY_MS = 10 * MINUTE
# Never a symmetric one: the client's secret would be a key to forge tokens with. Never `none`.
ALGORITHMS = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
)
LEEWAY_MS = MINUTE  # clocks of two machines
_METADATA_MS = HOUR
_KEYS_AGAIN_MS = 10 * SECOND  # a flood of forged tokens must not become a flood at the provider
_WITHIN = aiohttp.ClientTimeout(total=10)
_LARGEST_ANSWER = 1024 * 1024


class OidcError(Exception):
    """One line: at which step, what is wrong. It holds no token and no secret."""


class Person(Struct, frozen=True):
    who: str
    groups: tuple[str, ...]


class Provider:
    """`board` is the board's address, to which the provider sends people back; times in ms."""

    def __init__(self, oidc: Oidc, board: str) -> None:
        self._oidc = oidc
        self._back = f"{board}{FROM_PROVIDER}"
        self._metadata: Mapping[str, Any] = {}
        self._metadata_at = 0
        self._keys: dict[str, jwt.PyJWK] = {}
        self._keys_at = 0

    async def begin(self, then: str, now: int) -> tuple[str, LoginUnderway]:
        """Where to send the browser, and what it has to keep meanwhile."""
        metadata = await self._discovered(now)
        underway = LoginUnderway(
            state=secrets.token_urlsafe(24),
            nonce=secrets.token_urlsafe(24),
            verifier=secrets.token_urlsafe(48),
            then=then,
            expires_at=now + UNDERWAY_MS,
        )
        query = urlencode(
            {
                "response_type": "code",
                "client_id": self._oidc.client_id,
                "redirect_uri": self._back,
                "scope": " ".join(self._oidc.scopes),
                "state": underway.state,
                "nonce": underway.nonce,
                "code_challenge": _challenge(underway.verifier),
                "code_challenge_method": "S256",
            }
        )
        endpoint = self._endpoint(metadata, "authorization_endpoint")
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{query}", underway

    async def check(self, now: int) -> None:
        """Ask for all that a log-in needs of the provider before it knows who; OidcError."""
        metadata = await self._discovered(now)
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            self._endpoint(metadata, name)
        await self._fetch_keys(now)
        if not self._keys:
            raise OidcError("keys: the provider has none to sign with")

    async def finish(self, query: Mapping[str, str], underway: LoginUnderway, now: int) -> Person:
        """Who came back. OidcError for whatever is not as it must be."""
        if not secrets.compare_digest(
            query.get("state", "").encode("utf-8", "replace"), underway.state.encode()
        ):
            raise OidcError("the answer belongs to another log-in (state)")
        if "error" in query:
            raise OidcError(f"the provider says: {printable(query['error'])[:100]}")
        if query.get("iss", self._oidc.issuer) != self._oidc.issuer:
            raise OidcError("the answer is of another provider (iss)")
        answer = await self._exchanged(query.get("code", ""), underway.verifier, now)
        claims = await self._checked(_text(answer, "id_token", "token"), underway.nonce, now)
        if _claim(claims, self._oidc.groups_claim) is None:
            claims = {**await self._user_info(answer, claims, now), **claims}
        return self._person(claims)

    async def _discovered(self, now: int) -> Mapping[str, Any]:
        if self._metadata and now - self._metadata_at < _METADATA_MS:
            return self._metadata
        issuer = self._oidc.issuer
        url = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
        found = await self._asked("discovery", "GET", url)
        if found.get("issuer") != issuer:
            raise OidcError(
                f"discovery: the provider calls itself {found.get('issuer')!r}, not {issuer!r}"
            )
        self._metadata, self._metadata_at = found, now
        return found

    async def _exchanged(self, code: str, verifier: str, now: int) -> Mapping[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._back,
            "client_id": self._oidc.client_id,
            "code_verifier": verifier,
        }
        headers = {}
        if self._oidc.client_secret:  # RFC 6749, 2.3.1: each part is encoded as in a form
            parts = (quote_plus(self._oidc.client_id), quote_plus(self._oidc.client_secret))
            basic = base64.b64encode(":".join(parts).encode()).decode()
            headers["Authorization"] = f"Basic {basic}"
        url = self._endpoint(await self._discovered(now), "token_endpoint")
        return await self._asked("token", "POST", url, data=form, headers=headers)

    async def _checked(self, token: str, nonce: str, now: int) -> Mapping[str, Any]:
        """The claims of an ID token (OpenID Connect Core 1.0, 3.1.3.7)."""
        import jwt

        try:
            header = jwt.get_unverified_header(token)
            key = await self._key(str(header.get("kid", "")), now)
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=ALGORITHMS,
                audience=self._oidc.client_id,
                issuer=self._oidc.issuer,
                options={
                    "require": ["exp", "iat", "iss", "aud", "sub"],
                    "verify_exp": False,  # by the time that is passed in, below
                    "verify_iat": False,
                    "verify_nbf": False,
                },
            )
        except jwt.PyJWTError as error:
            raise OidcError(f"the ID token is refused: {error}") from None
        for name, is_right in (
            ("exp", now < _ms(claims["exp"]) + LEEWAY_MS),
            ("iat", _ms(claims["iat"]) < now + LEEWAY_MS),
            ("nbf", _ms(claims.get("nbf", 0)) < now + LEEWAY_MS),
            ("azp", claims.get("azp", self._oidc.client_id) == self._oidc.client_id),
            (
                "nonce",
                secrets.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()),
            ),
        ):
            if not is_right:
                raise OidcError(f"the ID token is refused: {name}")
        return claims

    async def _key(self, kid: str, now: int) -> "jwt.PyJWK":
        if kid not in self._keys and now - self._keys_at >= _KEYS_AGAIN_MS:
            self._keys_at = now
            await self._fetch_keys(now)
        if kid not in self._keys:
            raise OidcError("the ID token is refused: it is signed with an unknown key")
        return self._keys[kid]

    async def _fetch_keys(self, now: int) -> None:
        import jwt

        url = self._endpoint(await self._discovered(now), "jwks_uri")
        found = await self._asked("keys", "GET", url)
        try:
            keys = jwt.PyJWKSet.from_dict(dict(found)).keys
        except jwt.PyJWTError as error:
            raise OidcError(f"keys: {error}") from None
        self._keys = {key.key_id or "": key for key in keys if key.public_key_use in {None, "sig"}}

    async def _user_info(
        self, answer: Mapping[str, Any], claims: Mapping[str, Any], now: int
    ) -> Mapping[str, Any]:
        """Some providers tell groups only here."""
        metadata = await self._discovered(now)
        if "userinfo_endpoint" not in metadata or not isinstance(answer.get("access_token"), str):
            return {}
        found = await self._asked(
            "userinfo",
            "GET",
            self._endpoint(metadata, "userinfo_endpoint"),
            headers={"Authorization": f"Bearer {answer['access_token']}"},
        )
        if found.get("sub") != claims["sub"]:
            raise OidcError("userinfo: it is of somebody else (sub)")
        return found

    def _endpoint(self, metadata: Mapping[str, Any], name: str) -> str:
        """An address of the provider. Codes, tokens and keys never go in clear over a network, whatever it says."""
        url = _text(metadata, name, "discovery")
        try:
            given, issuer = urlsplit(url), urlsplit(self._oidc.issuer)
            host = given.hostname or ""
        except ValueError:
            raise OidcError(f"discovery: {name} is no address") from None
        # An issuer over http is one of a trial, which access.toml asked for (plain_http).
        of_trial = issuer.scheme == "http" and host == issuer.hostname
        is_open = given.scheme == "http" and (of_trial or is_loopback(host))
        if not host or not (given.scheme == "https" or is_open):
            raise OidcError(f"discovery: {name} is no https:// address: {printable(url)[:100]}")
        return url

    def _person(self, claims: Mapping[str, Any]) -> Person:
        name = _claim(claims, self._oidc.name_claim)
        groups = _claim(claims, self._oidc.groups_claim)
        if isinstance(groups, str):
            groups = [groups]
        if not isinstance(groups, list):
            groups = []
        who = name if isinstance(name, str) and name.strip() else str(claims["sub"])
        return Person(
            printable(who.strip()), tuple(each for each in groups if isinstance(each, str))
        )

    async def _asked(self, step: str, method: str, url: str, **more: Any) -> Mapping[str, Any]:
        """The JSON object that the provider answers."""
        tls = ssl.create_default_context(cafile=self._oidc.ca) if self._oidc.ca else True
        try:
            async with (
                aiohttp.ClientSession(timeout=_WITHIN) as session,
                session.request(method, url, ssl=tls, allow_redirects=False, **more) as answer,
            ):
                body, status = b"", answer.status
                async for chunk in answer.content.iter_chunked(64 * 1024):
                    body += chunk
                    if len(body) > _LARGEST_ANSWER:
                        raise OidcError(f"{step}: the provider's answer is too large")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise OidcError(
                f"{step}: no answer from the provider ({type(error).__name__})"
            ) from None
        try:
            found = msgspec.json.decode(body)
        except msgspec.DecodeError:
            found = None
        if status != 200 or not isinstance(found, dict):  # noqa: PLR2004 - OK
            said = found.get("error", "") if isinstance(found, dict) else ""
            raise OidcError(
                f"{step}: the provider answers {status} {printable(str(said))[:100]}".strip()
            )
        return found


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _claim(claims: Mapping[str, Any], name: str) -> Any:
    """By its name; else by its path, such as `realm_access.roles`. None if there is none."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found


def _text(found: Mapping[str, Any], name: str, step: str) -> str:
    value = found.get(name)
    if not isinstance(value, str) or not value:
        raise OidcError(f"{step}: the provider tells no {name}")
    return value


def _ms(seconds: Any) -> int:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise OidcError("the ID token is refused: a time that is no number")
    return int(seconds * SECOND)
