"""A wrong access.toml is one line that says where."""

from pathlib import Path

import pytest

from dashboards.access.config import AccessError, read_access
from dashboards.access.rights import Grant
from schemas.millis import HOUR
from tests.support.people import BOARD, GROUPS, PROXY, access_file
from tests.support.sources import ROOT

OIDC = '\n[oidc]\nissuer = "https://id.example.org/town"\nclient_id = "queuewatch"\n'


def test_the_smallest_file_is_tokens_alone(tmp_path: Path) -> None:
    access = read_access(access_file(tmp_path))
    assert (access.proxy, access.oidc, access.groups) == (None, None, ())
    assert (access.lasts_ms, access.register) == (12 * HOUR, tmp_path / "register.json")


def test_a_whole_file(tmp_path: Path) -> None:
    access = read_access(access_file(tmp_path, BOARD + PROXY + OIDC + GROUPS))
    assert access.oidc is not None
    assert access.oidc.issuer == "https://id.example.org/town"
    assert access.grants_of(["it", "water-desk", "other"]) == (
        Grant("viewer", frozenset({"water"})),
        Grant("administrator"),
    )
    assert access.grants_of(["water-Desk"]) == ()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x = 1", "access.toml: x: unknown table (board, sessions, proxy, oidc, groups)"),
        ("[board", "access.toml: not TOML"),
        ("", "the table [board] is missing"),
        (BOARD.replace("https://wall.example.org", "wall"), 'board.address: expected https://HOST, got "wall"'),
        (BOARD.replace("https://wall.example.org", "https://h:x"), "board.address: expected https://HOST"),
        (BOARD + "lasts = 1", "sessions.lasts: unknown key"),
        (BOARD + 'last = "99d"', "sessions.last: at most 31 days"),
        (BOARD.replace('["session.key"]', "[]"), "sessions.key_files: name at least one file"),
        (BOARD.replace("session.key", "no.key"), "sessions.key_files number 1: cannot read"),
        (BOARD + "[proxy]", "proxy: name its addresses, a secret_file, or both"),
        (BOARD + '[proxy]\naddresses = ["10.0.0.0/99"]' + GROUPS, "proxy.addresses number 1:"),
        (BOARD + PROXY, "groups: without any [[groups]] nobody would have a role"),
        (BOARD + OIDC, "groups: without any [[groups]]"),
        (BOARD + OIDC.replace("https", "http") + GROUPS, "oidc.issuer: log-ins would go in clear"),
        (BOARD + OIDC + 'ca_file = "none.pem"' + GROUPS, "oidc.ca_file: there is no file"),
        (BOARD + OIDC + 'client_secret_file = "none"' + GROUPS, "oidc.client_secret_file: cannot read"),
        (BOARD + GROUPS.replace('"viewer"', '"boss"'), "groups number 2.role: unknown value"),
        (BOARD + GROUPS.replace('["water"]', "[]"), "groups number 1.departments: name a department"),
        (BOARD + "[groups]\nx = 1", "groups: expected tables such as [[groups]]"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line_with_its_place(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(AccessError) as caught:
        read_access(access_file(tmp_path, text))
    assert says in str(caught.value)
    assert str(caught.value).startswith(str(tmp_path / "access.toml"))
    assert "\n" not in str(caught.value)


def test_no_secret_is_ever_shown(tmp_path: Path) -> None:
    file = access_file(tmp_path, BOARD)
    (tmp_path / "session.key").write_text("too short")
    with pytest.raises(AccessError, match="at least 16 bytes") as caught:
        read_access(file)
    assert "too short" not in str(caught.value).replace("at least", "")


@pytest.mark.parametrize("content", [None, b"\xff"])
def test_a_file_that_cannot_be_read(tmp_path: Path, content: bytes | None) -> None:
    file = access_file(tmp_path)
    if content is None:
        file.unlink()
    else:
        file.write_bytes(content)
    with pytest.raises(AccessError, match="--access"):
        read_access(file)


def test_the_example_of_the_documents_is_valid(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "operator.md").read_text()
    section = text[text.index("## Who may see the board") :]
    example = section[section.index("```toml\n") + 8 :].partition("```")[0]
    access = read_access(access_file(tmp_path, example))
    assert access.proxy is not None
    assert access.oidc is not None
    assert len(access.groups) == 2
