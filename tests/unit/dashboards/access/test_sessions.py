"""Cookies: nobody makes one without the key, and none outlives its end."""

import base64
import json

import jwt
import pytest

from dashboards.access.rights import Grant
from dashboards.access.sessions import (
    LoginUnderway,
    Session,
    csrf_of,
    is_csrf,
    sealed,
    unsealed_login,
    unsealed_session,
)

NOW = 1_795_000_000_000
OLD, NEW = b"an old key of sessions, of 32 bytes", b"a new key of sessions, of 32 bytes!"
SESSION = Session(
    id="s1",
    who="Ann",
    grants=(Grant("supervisor", frozenset({"water"})),),
    began_at=NOW,
    expires_at=NOW + 1_000,
)


def test_a_session_comes_back_as_it_was() -> None:
    assert unsealed_session(sealed(SESSION, [OLD]), [OLD], NOW) == SESSION


def test_it_ends_by_itself() -> None:
    assert unsealed_session(sealed(SESSION, [OLD]), [OLD], NOW + 1_000) == "expired"


def test_a_new_key_takes_over_and_the_old_one_still_counts_until_it_is_taken_away() -> None:
    cookie = sealed(SESSION, [OLD])
    assert unsealed_session(cookie, [NEW, OLD], NOW) == SESSION
    assert unsealed_session(cookie, [NEW], NOW) == "forged"
    assert unsealed_session(sealed(SESSION, [NEW, OLD]), [NEW], NOW) == SESSION


def test_the_key_of_the_cookie_is_not_that_of_the_file() -> None:
    kid = jwt.get_unverified_header(sealed(SESSION, [OLD]))["kid"]
    forged = jwt.encode(
        {"aud": "queuewatch-session", "exp": NOW, "kept": {}}, OLD, "HS256", {"kid": kid}
    )
    assert unsealed_session(forged, [OLD], NOW) == "forged"


@pytest.mark.parametrize("place", range(3))
def test_a_changed_part_is_a_forgery(place: int) -> None:
    parts = sealed(SESSION, [OLD]).split(".")
    flipped = "A" if parts[place][5] != "A" else "B"
    parts[place] = parts[place][:5] + flipped + parts[place][6:]
    assert unsealed_session(".".join(parts), [OLD], NOW) == "forged"


def test_no_algorithm_but_ours() -> None:
    head, body, _ = sealed(SESSION, [OLD]).split(".")
    claims = json.loads(base64.urlsafe_b64decode(head + "=="))
    none = base64.urlsafe_b64encode(json.dumps({**claims, "alg": "none"}).encode()).rstrip(b"=")
    assert unsealed_session(f"{none.decode()}.{body}.", [OLD], NOW) == "forged"
    for rubbish in ("", "a", "a.b.c", "\x00", "é" * 500, ".." * 1_000):
        assert unsealed_session(rubbish, [OLD], NOW) == "forged"


def test_one_kind_of_cookie_is_not_taken_for_the_other() -> None:
    underway = LoginUnderway(state="s", nonce="n", verifier="v", then="/", expires_at=NOW + 1_000)
    assert unsealed_login(sealed(underway, [OLD]), [OLD], NOW) == underway
    assert unsealed_session(sealed(underway, [OLD]), [OLD], NOW) == "forged"
    assert unsealed_login(sealed(SESSION, [OLD]), [OLD], NOW) == "forged"


def test_the_mark_of_forms_is_of_one_session() -> None:
    mark = csrf_of([OLD], "s1")
    assert is_csrf(mark, [NEW, OLD], "s1")
    assert not is_csrf(mark, [OLD], "s2")
    assert not is_csrf(mark, [NEW], "s1")
    assert not is_csrf("", [OLD], "s1")
    assert not is_csrf("é", [OLD], "s1")
