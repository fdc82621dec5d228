"""Decides who a request is of, and begins and ends sessions. It reads a clock and the register; HTTP is elsewhere.

Without an access.toml everybody is an administrator: the command line lets that listen on this machine only,
unless somebody asks for more by name.
"""

import secrets
from collections.abc import Callable
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from dashboards.access import register as registers
from dashboards.access.asking import Asking, Proxied, bearer, is_plain_and_far, proxied
from dashboards.access.attempts import Attempts
from dashboards.access.config import Access
from dashboards.access.register import Opening, Register, Token
from dashboards.access.register_file import RegisterFile
from dashboards.access.rights import Grant, Principal, merged
from dashboards.access.sessions import Session, csrf_of, is_csrf, sealed, unsealed_session
from schemas.millis import MINUTE

SESSION, WALL, LOGIN = "queuewatch", "queuewatch-wall", "queuewatch-login"
_HOST_ONLY = "__Host-"
# A proxy tells nobody that a person's session with it is over: so it has to decide again so often.
PROXY_DECIDES_AGAIN_MS = 5 * MINUTE
_LARGEST_COOKIE = 3_800  # with its name and attributes below 4,096
EVERYBODY_HERE = (Grant("administrator"),)

Why = Literal[
    "a header of a proxy from an address that is none",
    "a forged cookie",
    "an expired session",
    "an ended session",
    "a revoked token",
    "a wrong token",
    "an expired token",
    "too many wrong tries",
    "a role that may not",
    "a post from another site",
    "a form without its mark",
    "a link of a wall that was used",
    "an unknown link of a wall",
    "an expired link of a wall",
    "a log-in without TLS",
    "a log-in that the provider refused",
    "no role for these groups",
    "more departments than a cookie holds",
]
# Whose repetition locks an address out: each may be a try to guess.
# Not a forged cookie: after a change of keys each browser that was logged in brings one.
GUESSES = frozenset({"a wrong token", "an unknown link of a wall"})


class Refusal(Struct, frozen=True):
    """Nobody is let in by this, whatever else the request carries."""

    why: Why
    status: int = 401


class Asked(Struct, frozen=True):
    """Who asks, from where. `who` None: nobody in particular; a Refusal: somebody who is not who he says.

    `token` and `wall`: the id in the register by which that is known, "" if it is not. `until`: how long what a
    proxy said may be taken for true, in ms since 1970. `stale` are the cookies that let nobody in any more; `lapsed`: why
    the session of somebody on a wall's screen is one of them, which is the wall alone since then.
    """

    seen: Proxied
    who: Principal | Refusal | None
    session: Session | None = None
    token: str = ""
    wall: str = ""
    until: int | None = None
    lapsed: Refusal | None = None
    stale: tuple[str, ...] = ()


class Gate:
    """`clock` returns ms since 1970 UTC."""

    def __init__(self, access: Access | None, clock: Callable[[], int]) -> None:
        self.access = access
        self.clock = clock
        self._register = RegisterFile(access.register if access else None)
        self._lasts_ms = access.lasts_ms if access else 0
        self._keys = access.keys if access else (secrets.token_bytes(32),)
        self._attempts = Attempts()

    @property
    def keys(self) -> tuple[bytes, ...]:
        return self._keys

    def asked(self, asking: Asking) -> Asked:
        """RegisterError when the register cannot be read."""
        seen = proxied(asking, self.access.proxy if self.access else None)
        if seen is None:
            unseen = Proxied(by_proxy=False, address=asking.peer, is_secure=asking.is_tls)
            why: Why = "a header of a proxy from an address that is none"
            return Asked(unseen, Refusal(why, 403))
        if self.access is None:
            mark = csrf_of(self._keys, "open")
            return Asked(seen, Principal("everybody here", EVERYBODY_HERE, "open", mark))
        now = self.clock()
        if secret := bearer(asking):
            if self.is_too_plain(seen):
                return Asked(seen, Refusal("a log-in without TLS", 403))
            found = self._token(secret, seen.address, now)
            if isinstance(found, Refusal):
                return Asked(seen, found)
            id_, token = found
            return Asked(seen, Principal(token.who, token.grants, "token"), token=id_)
        if seen.user:
            grants = self.access.grants_of(list(seen.groups))
            mark = csrf_of(self._keys, f"proxy {seen.user}")
            who = Principal(seen.user, grants, "proxy", mark)
            let_in = who if grants else Refusal("no role for these groups", 403)
            return Asked(seen, let_in, until=now + PROXY_DECIDES_AGAIN_MS)
        session = self._of_session(asking, seen, now)
        if session is not None and isinstance(session.who, Principal):
            return session
        wall = self._of_wall(asking, seen)
        if session is None or wall is None:
            return session or wall or Asked(seen, None)
        # A session that has ended does not take the wall from its screen: that is let in by a cookie of its own.
        if isinstance(session.who, Refusal) and isinstance(wall.who, Principal):
            return replace(wall, lapsed=session.who, stale=session.stale)
        return replace(session, stale=session.stale + wall.stale)

    def holds(self, asked: Asked) -> bool:
        """Whether who was let in would be let in now: a page stays open for days."""
        if self.access is None:
            return True
        now, register = self.clock(), self._read()
        if asked.until is not None and now >= asked.until:
            return False
        if (session := asked.session) is not None and (
            now >= session.expires_at
            or registers.is_ended(register, session.id, session.who, session.began_at)
        ):
            return False
        if asked.token:
            token = register.tokens.get(asked.token)
            if token is None or now >= token.expires_at:
                return False
        return not asked.wall or asked.wall in register.walls

    def is_too_plain(self, seen: Proxied) -> bool:
        """Whether a secret must not come this way."""
        access = self.access
        return access is not None and not access.plain_http and is_plain_and_far(seen)

    def note_wrong(self, address: str, why: Why) -> None:
        """Note it against the address where it may have been a guess."""
        if why in GUESSES:
            self._attempts.wrong(address, self.clock())

    def locked_for_ms(self, address: str) -> int:
        return self._attempts.locked_for_ms(address, self.clock())

    def is_mark(self, asked: Asked, given: str) -> bool:
        """Whether a form carries the mark of the principal that its page was made for."""
        if asked.session is not None:
            return is_csrf(given, self._keys, asked.session.id)
        by_proxy = f"proxy {asked.seen.user}"
        return is_csrf(given, self._keys, by_proxy if asked.seen.user and self.access else "open")

    def begin_by_token(self, secret: str, address: str) -> tuple[Session, str] | Refusal:
        """The session and its cookie."""
        now = self.clock()
        found = self._token(secret, address, now)
        if isinstance(found, Refusal):
            return found
        id_, token = found
        self._attempts.right(address)
        return self.begin(token.who, token.grants, token_id=id_, at_most=token.expires_at)

    def begin(
        self, who: str, grants: tuple[Grant, ...], *, token_id: str = "", at_most: int | None = None
    ) -> tuple[Session, str] | Refusal:
        """The session and its cookie. Browsers drop a cookie that is too large without a word."""
        now = self.clock()
        until = now + self._lasts_ms
        session = Session(
            id=secrets.token_urlsafe(16),
            who=who,
            grants=merged(grants),
            began_at=now,
            expires_at=until if at_most is None else min(until, at_most),
            token=token_id,
        )
        cookie = sealed(session, self._keys)
        if len(cookie) > _LARGEST_COOKIE:
            return Refusal("more departments than a cookie holds", 403)
        return session, cookie

    def end(self, session: Session) -> None:
        now = self.clock()
        self._change(lambda r: registers.with_ended(r, session.id, session.expires_at, now))

    def end_all(self, who: str) -> None:
        """All sessions of `who`, on every device and board; registers.EVERYBODY: of everybody."""
        now = self.clock()
        self._change(lambda r: registers.with_all_ended(r, who, now))

    def open_wall(self, link: str, held: str) -> tuple[Opening, str, str]:
        """How it went, the new secret of the screen (if `opened`), and the wall's name."""
        fresh, now = secrets.token_urlsafe(32), self.clock()

        def decide(before: Register) -> tuple[tuple[Opening, str], Register]:
            how, after, wall = registers.opened(before, link, held, fresh, now)
            return (how, wall.who if wall else ""), after

        how, who = self._register.change(decide)
        return how, fresh, who

    def wall_on(self, asking: Asking, seen: Proxied) -> str:
        """The name of the wall that this screen is, whoever is logged in on it; "" if it is none."""
        wall = self._of_wall(asking, seen) if self.access else None
        return wall.who.who if wall and isinstance(wall.who, Principal) else ""

    def _of_wall(self, asking: Asking, seen: Proxied) -> Asked | None:
        """None without its cookie."""
        if not (secret := cookie_of(asking, WALL, seen)):
            return None
        on_wall = registers.wall_of(self._read(), secret)
        if on_wall is None:
            return Asked(seen, Refusal("a revoked token"), stale=(WALL,))
        id_, wall = on_wall
        return Asked(seen, Principal(wall.who, wall.grants, "wall"), wall=id_)

    def _of_session(self, asking: Asking, seen: Proxied, now: int) -> Asked | None:
        """None without its cookie."""
        if not (cookie := cookie_of(asking, SESSION, seen)):
            return None
        session = unsealed_session(cookie, self._keys, now)
        register = self._read()
        why: Why | None = None
        if session == "forged":
            why = "a forged cookie"
        elif not isinstance(session, Session):
            why = "an expired session"
        elif registers.is_ended(register, session.id, session.who, session.began_at):
            why = "an ended session"
        elif session.token and session.token not in register.tokens:
            why = "a revoked token"
        if why is not None or not isinstance(session, Session):
            return Asked(seen, Refusal(why or "a forged cookie"), stale=(SESSION,))
        grants = register.tokens[session.token].grants if session.token else session.grants
        who = Principal(session.who, grants, "session", csrf_of(self._keys, session.id))
        return Asked(seen, who, session, token=session.token)

    def _token(self, secret: str, address: str, now: int) -> tuple[str, Token] | Refusal:
        if self.locked_for_ms(address):
            return Refusal("too many wrong tries", 429)
        found = registers.token_of(self._read(), secret, now)
        if found is None:
            return Refusal("a wrong token")
        return Refusal("an expired token") if found == "expired" else found

    def _read(self) -> Register:
        return self._register.read()

    def _change(self, made: Callable[[Register], Register]) -> None:
        self._register.change(lambda before: (None, made(before)))


def cookie_name(kind: str, *, is_secure: bool) -> str:
    """Browsers take `__Host-` only with TLS, and then from this very host alone."""
    return f"{_HOST_ONLY}{kind}" if is_secure else kind


def cookie_of(asking: Asking, kind: str, seen: Proxied) -> str:
    return asking.cookies.get(cookie_name(kind, is_secure=seen.is_secure), "")
