"""The register: tokens and walls by their hashes, and which sessions were ended. Pure; register_file.py keeps it.

Rule 1: it holds no secret. A token is 256 random bits, so its SHA-256 tells nothing and needs no salt.
Rule 2: what is not in it is not let in: a line taken out is a token or a wall revoked.
Rule 3: it does not grow with use: an ended session is forgotten once its cookie would have ended by itself.
"""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from dashboards.access.rights import Grant
from schemas.millis import DAY

FORMAT = 1
LONGEST_SESSION_MS = 31 * DAY  # access.toml takes no longer one
EVERYBODY = "\n"  # in `ended_before`; no person is called so


class Token(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Of one person or one program. `expires_at` in ms."""

    who: str
    grants: tuple[Grant, ...]
    digest: str
    made_at: int
    expires_at: int


class Wall(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One screen. Its link holds until it was opened or `link_expires_at`; then `digest` is of its cookie."""

    who: str
    grants: tuple[Grant, ...]
    made_at: int
    link_digest: str
    link_expires_at: int
    digest: str = ""
    opened_at: int | None = None


class Register(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """By id: tokens, walls; `ended`: sessions (id: when its cookie ends); `ended_before`: by who, in ms."""

    format: int = FORMAT
    tokens: dict[str, Token] = {}
    walls: dict[str, Wall] = {}
    ended: dict[str, int] = {}
    ended_before: dict[str, int] = {}


Opening = Literal["opened", "again", "used", "expired", "unknown"]


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def token_of(
    register: Register, secret: str, now: int
) -> tuple[str, Token] | Literal["expired"] | None:
    """The id and the token that `secret` is; None if it is none of ours."""
    given, found = digest(secret), None
    for id_, token in register.tokens.items():  # all of them: how long it takes tells nothing
        if hmac.compare_digest(token.digest, given):
            found = (id_, token)
    if found and now >= found[1].expires_at:
        return "expired"
    return found


def wall_of(register: Register, secret: str) -> tuple[str, Wall] | None:
    """The id and the wall whose screen has this secret."""
    given = digest(secret)
    walls = register.walls.items()
    return next((e for e in walls if e[1].digest and hmac.compare_digest(e[1].digest, given)), None)


def opened(
    register: Register, link: str, held: str, fresh: str, now: int
) -> tuple[Opening, Register, Wall | None]:
    """Open a wall's link: the first time its screen gets the secret `fresh`, and the link is used.

    `held` is the secret that this browser has already ("" if none): a screen whose start page is the link
    opens it at each start.
    """
    given = digest(link)
    for id_, wall in register.walls.items():
        if not hmac.compare_digest(wall.link_digest, given):
            continue
        if wall.digest:
            is_same = bool(held) and hmac.compare_digest(wall.digest, digest(held))
            return ("again" if is_same else "used"), register, wall
        if now >= wall.link_expires_at:
            return "expired", register, wall
        mine = replace(wall, digest=digest(fresh), opened_at=now)
        return "opened", replace(register, walls={**register.walls, id_: mine}), mine
    return "unknown", register, None


def without(register: Register, id_: str) -> Register:
    """Without that token or wall; KeyError if there is neither."""
    if id_ not in register.tokens and id_ not in register.walls:
        raise KeyError(id_)
    return replace(
        register,
        tokens={key: each for key, each in register.tokens.items() if key != id_},
        walls={key: each for key, each in register.walls.items() if key != id_},
    )


def with_ended(register: Register, session: str, expires_at: int, now: int) -> Register:
    kept = {key: until for key, until in register.ended.items() if until > now}
    return replace(register, ended={**kept, session: expires_at})


def with_all_ended(register: Register, who: str, now: int) -> Register:
    """No session of `who` (EVERYBODY: of anybody) that began up to `now` holds any more."""
    # Not by how long sessions last now: one of a time when they lasted longer would live again.
    kept = {key: at for key, at in register.ended_before.items() if at > now - LONGEST_SESSION_MS}
    return replace(register, ended_before={**kept, who: now})


def is_ended(register: Register, session: str, who: str, began_at: int) -> bool:
    before: Mapping[str, int] = register.ended_before
    newest = max(before.get(who, -1), before.get(EVERYBODY, -1))
    return session in register.ended or began_at <= newest
