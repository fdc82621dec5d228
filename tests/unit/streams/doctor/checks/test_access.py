"""What doctor finds wrong with the log-in to the board."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.doctor.checks.access import CHECK
from streams.doctor.finding import Finding
from streams.doctor.system import System
from tests.support.oidc_provider import OidcProvider
from tests.support.people import BOARD, GROUPS, PROXY, access_file

OIDC = """
[oidc]
issuer = "{issuer}"
client_id = "queuewatch"
client_secret_file = "client.secret"
plain_http = true
"""
SECRETS = ("session.key", "proxy.secret", "client.secret")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = access_file(tmp_path, BOARD + PROXY + GROUPS)
    (tmp_path / "register.json").write_text('{"format": 1}')
    for name in SECRETS:
        (tmp_path / name).chmod(0o600)
    return made


def found(file: Path) -> list[Finding]:
    system = System(access_file=file)
    return list(CHECK.judge(system, CHECK.ask(system)))


def levels(file: Path) -> list[str]:
    return [each.level for each in found(file)]


def test_without_a_file_nothing_is_asked() -> None:
    assert "no --access" in CHECK.unasked(System())


def test_all_is_well(file: Path) -> None:
    (line,) = found(file)
    assert line.level == "ok"
    assert line.text == f"{file} is valid: people come by 0 tokens and 0 walls, by a proxy"


def test_a_mistake_in_the_file(file: Path) -> None:
    file.write_text("[board]\n")
    (line,) = found(file)
    assert (line.level, str(file) in line.text) == ("fail", True)
    (line,) = found(file.with_name("none.toml"))
    assert "cannot read" in line.text


@pytest.mark.parametrize("name", ["session.key", "proxy.secret"])
def test_a_secret_that_others_read(file: Path, name: str) -> None:
    secret = file.with_name(name)
    secret.chmod(0o640)  # a group may
    assert levels(file) == ["ok"]
    secret.chmod(0o644)
    assert found(file)[0].remedy.startswith(f"chmod o-rwx {secret}")
    assert levels(file) == ["fail", "ok"]


@pytest.mark.parametrize("name", ["access.toml", "register.json"])
def test_what_others_may_change(file: Path, name: str) -> None:
    file.with_name(name).chmod(0o666)
    assert levels(file) == ["fail", "ok"]


def test_a_register_that_is_none_or_broken(file: Path) -> None:
    register = file.with_name("register.json")
    register.write_text("{")
    assert "is no register" in found(file)[0].text
    register.unlink()
    assert levels(file) == ["warn", "ok"]


@pytest.fixture
def issuer() -> Iterator[str]:
    """Of a provider in a loop of its own, for the check runs in a thread."""
    loop, ready = asyncio.new_event_loop(), threading.Event()
    provider = OidcProvider(0)
    stop = asyncio.Event()

    async def serve() -> None:
        async with provider:
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    assert ready.wait(30)
    yield provider.issuer
    loop.call_soon_threadsafe(stop.set)
    thread.join()
    loop.close()


def test_the_provider_is_asked(file: Path, issuer: str) -> None:
    file.write_text(BOARD + OIDC.format(issuer=issuer) + GROUPS)
    (line,) = found(file)
    assert f"by OpenID Connect ({issuer})" in line.text
    file.write_text(BOARD + OIDC.format(issuer="http://127.0.0.1:1") + GROUPS)
    lost, _ = found(file)
    assert (lost.level, "nobody can log in at http://127.0.0.1:1: discovery" in lost.text) == (
        "fail", True,
    )  # fmt: skip
