"""Sessions as signed cookies: who, which roles, until when. Pure: keys and time are passed in.

A cookie is a JSON Web Token (HMAC-SHA-256) of our own. The first key signs, all of them are accepted: so a
new key takes over without a log-out, and the old one is taken away after the longest session.
"""

import hashlib
import hmac
from collections.abc import Sequence
from typing import Any, Literal

import msgspec
from msgspec import Struct

from dashboards.access.rights import Grant
from schemas.millis import SECOND

_ALGORITHM = "HS256"
# Of each kind of cookie another one: a cookie of one kind is never taken for the other.
Purpose = Literal["queuewatch-session", "queuewatch-login"]

BadCookie = Literal["forged", "expired"]


class Session(Struct, frozen=True, kw_only=True):
    """`began_at` and `expires_at` in ms; `token`: the token that it began with, with which it ends."""

    id: str
    who: str
    grants: tuple[Grant, ...]
    began_at: int
    expires_at: int
    token: str = ""


class LoginUnderway(Struct, frozen=True, kw_only=True):
    """What a browser keeps while its person is at the provider's: without it nobody comes back."""

    state: str
    nonce: str
    verifier: str
    then: str
    expires_at: int


def key_id(key: bytes) -> str:
    """Names a key without telling of it."""
    return hashlib.sha256(b"queuewatch key id" + key).hexdigest()[:12]


def sealed(kept: Session | LoginUnderway, keys: Sequence[bytes]) -> str:
    """The value of the cookie."""
    import jwt  # here: 12 MB, of which a board without log-in needs nothing

    claims = {
        "aud": _purpose(type(kept)),
        "exp": kept.expires_at // SECOND,
        "kept": msgspec.to_builtins(kept),
    }
    return jwt.encode(claims, _derived(keys[0]), _ALGORITHM, {"kid": key_id(keys[0])})


def unsealed_session(cookie: str, keys: Sequence[bytes], now: int) -> Session | BadCookie:
    return _unsealed(cookie, keys, now, Session)  # type: ignore[no-any-return]


def unsealed_login(cookie: str, keys: Sequence[bytes], now: int) -> LoginUnderway | BadCookie:
    return _unsealed(cookie, keys, now, LoginUnderway)  # type: ignore[no-any-return]


def csrf_of(keys: Sequence[bytes], session: str) -> str:
    """What a form of this session must carry: a foreign page can send the cookie along, but cannot read this."""
    return hmac.digest(_derived(keys[0]), b"csrf " + session.encode(), "sha256").hex()


def is_csrf(given: str, keys: Sequence[bytes], session: str) -> bool:
    """Also of a page that was drawn before the key changed."""
    told = given.encode("utf-8", "replace")
    return any(hmac.compare_digest(told, csrf_of([key], session).encode()) for key in keys)


def _unsealed(cookie: str, keys: Sequence[bytes], now: int, kind: type[Any]) -> Any:
    import jwt

    try:
        kid = jwt.get_unverified_header(cookie).get("kid")
        key = next(key for key in keys if key_id(key) == kid)
        claims = jwt.decode(
            cookie,
            _derived(key),
            algorithms=[_ALGORITHM],  # never the one that the cookie names
            audience=_purpose(kind),
            options={"verify_exp": False, "require": ["aud", "exp"]},  # by our clock, below
        )
        kept = msgspec.convert(claims["kept"], kind)
    except (jwt.PyJWTError, StopIteration, KeyError, UnicodeError, msgspec.ValidationError):
        return "forged"
    return kept if now < kept.expires_at else "expired"


def _purpose(kind: type[Any]) -> Purpose:
    return "queuewatch-session" if kind is Session else "queuewatch-login"


def _derived(key: bytes) -> bytes:
    """A file may hold a short key, or one that signs other things, too."""
    return hmac.digest(key, b"queuewatch sessions", "sha256")
