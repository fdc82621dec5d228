"""What is in the register is let in; what was ended stays ended."""

import pytest
from msgspec.structs import replace

from dashboards.access.register import (
    EVERYBODY,
    LONGEST_SESSION_MS,
    Register,
    Token,
    Wall,
    digest,
    is_ended,
    opened,
    token_of,
    wall_of,
    with_all_ended,
    with_ended,
    without,
)
from dashboards.access.rights import Grant

NOW = 1_000_000
GRANTS = (Grant("viewer"),)
TOKEN = Token(who="Ann", grants=GRANTS, digest=digest("secret"), made_at=0, expires_at=NOW + 5)
WALL = Wall(
    who="hall", grants=GRANTS, made_at=0, link_digest=digest("link"), link_expires_at=NOW + 5
)
FULL = Register(tokens={"t1": TOKEN}, walls={"w1": WALL})


def test_a_token_is_known_by_its_hash_until_it_expires() -> None:
    assert token_of(FULL, "secret", NOW) == ("t1", TOKEN)
    assert token_of(FULL, "Secret", NOW) is None
    assert token_of(FULL, TOKEN.digest, NOW) is None  # whoever reads the file has no token
    assert token_of(FULL, "secret", NOW + 5) == "expired"


def test_a_link_makes_one_screen_a_wall_and_no_other() -> None:
    how, after, _ = opened(FULL, "link", "", "fresh", NOW)
    assert how == "opened"
    assert wall_of(after, "fresh") == ("w1", after.walls["w1"])
    assert opened(after, "link", "", "other", NOW)[0] == "used"
    assert opened(after, "link", "other", "other", NOW)[0] == "used"
    assert opened(after, "link", "fresh", "other", NOW + 10)[0] == "again"  # its start page
    assert wall_of(after, "other") is None
    assert wall_of(FULL, "") is None


def test_a_link_ends() -> None:
    assert opened(FULL, "link", "", "fresh", NOW + 5)[0] == "expired"
    assert opened(FULL, "other", "", "fresh", NOW)[0] == "unknown"


def test_revoked_is_gone() -> None:
    after = opened(FULL, "link", "", "fresh", NOW)[1]
    assert wall_of(without(after, "w1"), "fresh") is None
    assert token_of(without(FULL, "t1"), "secret", NOW) is None
    with pytest.raises(KeyError):
        without(FULL, "t2")


def test_a_session_that_was_ended_stays_ended_until_its_cookie_would_have() -> None:
    after = with_ended(Register(), "s1", NOW + 100, NOW)
    assert is_ended(after, "s1", "Ann", NOW)
    assert not is_ended(after, "s2", "Ann", NOW)
    assert with_ended(after, "s2", NOW + 300, NOW + 200).ended == {"s2": NOW + 300}


def test_all_sessions_of_one_or_of_everybody() -> None:
    ann = with_all_ended(Register(), "Ann", NOW)
    assert is_ended(ann, "s", "Ann", NOW)
    assert not is_ended(ann, "s", "Ann", NOW + 1)
    assert not is_ended(ann, "s", "Bo", NOW)
    assert is_ended(with_all_ended(ann, EVERYBODY, NOW), "s", "Bo", NOW)
    much_later = NOW + LONGEST_SESSION_MS + 1
    assert with_all_ended(ann, "Bo", much_later).ended_before == {"Bo": much_later}


def test_nothing_else_changes() -> None:
    assert replace(with_ended(FULL, "s", NOW + 1, NOW), ended={}) == FULL
