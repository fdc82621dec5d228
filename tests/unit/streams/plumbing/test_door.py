"""A server of ours with TLS and credentials: who is let in, and what is said of a file that is wrong."""

import asyncio
import http.client
import shutil
import socket
import ssl
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from streams.plumbing.config_file import ConfigError, Secret
from streams.plumbing.door import Door, door
from streams.plumbing.http_config import HttpConfig, Login
from streams.plumbing.http_place import HttpPlace
from streams.plumbing.http_thread import Environ, HttpThread, respond
from streams.plumbing.tls_config import TlsFiles
from tests.support.kafka_nodes import Certificates

HOST = "127.0.0.1"
TIMEOUT = aiohttp.ClientTimeout(total=30)
RIGHT = Login(username="prometheus", secret=Secret("open-sesame"))


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    return Certificates.made(tmp_path / "authority")


@pytest.fixture
def own(tmp_path: Path, certificates: Certificates) -> tuple[Path, Path]:
    """The files of the server, which the tests may replace."""
    return _issue(tmp_path, certificates, "first")


def _issue(folder: Path, certificates: Certificates, name: str) -> tuple[Path, Path]:
    certificate, key = certificates.of(name)
    return (
        Path(shutil.copy(certificate, folder / "own.pem")),
        Path(shutil.copy(key, folder / "own.key")),
    )


@pytest.fixture
def server(tmp_path: Path, own: tuple[Path, Path]) -> Iterator[HttpThread]:
    file = tmp_path / "credentials"
    file.write_text("basic.username=prometheus\nbasic.password=open-sesame\n")
    running = HttpThread(_app, HOST, 0, "--metrics-port", door(*own, file))
    yield running
    running.close()


def _app(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
    return respond(start_response, "200 OK", "text/plain", environ["PATH_INFO"].encode())


def place(server: HttpThread, ca: Path, login: Login | None = RIGHT) -> HttpPlace:
    files = TlsFiles(connection="notify", ca=ca)
    url = f"https://{HOST}:{server.port}"
    return HttpPlace("notify", url, HttpConfig(tls=files, login=login))


async def statuses(where: HttpPlace, *paths: str) -> list[int]:
    found = []
    async with where.session(TIMEOUT) as session:
        for path in paths:
            async with session.get(where.url + path) as answer:
                found.append(answer.status)
    return found


async def test_who_has_the_password_is_let_in_and_health_is_told_to_all(
    server: HttpThread, certificates: Certificates
) -> None:
    ca, paths = certificates.ca, ("/metrics", "/healthz", "/healthz/live", "/healthzzz")
    wrong = Login(username="prometheus", secret=Secret("wrong"))
    assert await statuses(place(server, ca), *paths) == [200, 200, 200, 200]
    assert await statuses(place(server, ca, wrong), *paths) == [401, 200, 200, 401]
    assert await statuses(place(server, ca, None), *paths) == [401, 200, 200, 401]


async def test_a_refusal_names_the_option(
    server: HttpThread, certificates: Certificates, tmp_path: Path
) -> None:
    def said(where: HttpPlace) -> str:
        return where.why_refused("/metrics")

    ca = certificates.ca
    other = Certificates.made(tmp_path / "other").ca
    wrong = Login(secret=Secret("wrong"))
    assert said(place(server, ca)) == ""
    assert said(place(server, ca, wrong)) == "bearer.token: it answers 401 (--notify-config)"
    assert said(place(server, ca, None)) == (
        "it answers 401: it wants basic.username or bearer.token (--notify-config)"
    )
    assert said(place(server, other)).startswith("ssl.ca.location: its certificate is not trusted")
    plain = HttpPlace("notify", f"http://{HOST}:{server.port}")
    assert said(plain) == "it speaks TLS on this port: write https://… (--notify)"
    named = HttpPlace(
        "notify", f"https://127.1:{server.port}", HttpConfig(tls=TlsFiles(connection="x", ca=ca))
    )
    assert said(named).startswith("its certificate is of another name than 127.1: ")
    # What the running process says of the same.
    async with place(server, other).session(TIMEOUT) as session:
        with pytest.raises(aiohttp.ClientError) as raised:
            await session.get(place(server, other).url)
    assert place(server, other).problem(raised.value).startswith("ssl.ca.location: ")


def test_tls_at_an_open_port_names_the_address(certificates: Certificates) -> None:
    server = HttpThread(_app, HOST, 0, "--metrics-port")
    said = place(server, certificates.ca).why_refused("/")
    server.close()
    assert said == "it speaks no TLS on this port: another port, or http://… (--notify)"
    assert (
        place(server, certificates.ca).why_refused("/") == ""
    )  # nothing listens: it is waited for


async def test_a_password_goes_to_no_other_place(certificates: Certificates) -> None:
    seen: list[str | None] = []

    def elsewhere(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        seen.append(environ.get("HTTP_AUTHORIZATION"))
        return respond(start_response, "200 OK", "text/plain", b"")

    other = HttpThread(elsewhere, HOST, 0, "--x")

    def sends_away(_: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response("302 Found", [("Location", f"http://{HOST}:{other.port}/")])
        return []

    first = HttpThread(sends_away, HOST, 0, "--x")
    where = HttpPlace("notify", f"http://{HOST}:{first.port}", HttpConfig(login=RIGHT))
    assert await statuses(where, "/") == [200]
    assert await asyncio.to_thread(where.why_refused, "/") == ""
    for each in (first, other):
        each.close()
    assert seen == [None, None]


def test_a_renewed_certificate_is_shown_at_the_next_connection_and_a_wrong_one_is_not(
    server: HttpThread, certificates: Certificates, tmp_path: Path
) -> None:
    def shown() -> bytes:
        context = ssl.create_default_context(cafile=str(certificates.ca))
        with (
            socket.create_connection((HOST, server.port), 10) as plain,
            context.wrap_socket(plain, server_hostname=HOST) as secured,
        ):
            return secured.getpeercert(binary_form=True) or b""

    first = shown()
    assert first == shown()
    certificate, key = certificates.of("second")
    shutil.copy(certificate, tmp_path / "own.pem")
    assert shown() == first  # its key has not come yet
    shutil.copy(key, tmp_path / "own.key")
    second = shown()
    assert second != first
    (tmp_path / "own.key").write_text("nothing")
    assert shown() == second


def test_who_only_listens_or_speaks_no_tls_delays_nobody_and_is_no_line_in_the_log(
    server: HttpThread, certificates: Certificates, capfd: pytest.CaptureFixture[str]
) -> None:
    context = ssl.create_default_context(cafile=str(certificates.ca))
    with socket.create_connection((HOST, server.port)):  # it says nothing
        with socket.create_connection((HOST, server.port)) as plain:
            plain.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
            while plain.recv(100):
                pass
        connection = http.client.HTTPSConnection(HOST, server.port, timeout=20, context=context)
        connection.request("GET", "/healthz")
        assert connection.getresponse().status == 200
        connection.close()
    assert capfd.readouterr().err == ""


def test_without_options_it_is_open() -> None:
    assert (door(None, None, None), Door().scheme) == (Door(), "http")


@pytest.mark.parametrize(
    ("made", "said"),
    [
        ("key alone", "--tls-key: is of no use without --tls-certificate"),
        ("no file", "--tls-certificate: cannot read .*none: No such file"),
        ("other key", "--tls-key: .*other.key is not the key of .*own.pem"),
        ("locked", "--tls-key: .* must hold .* the key must have no password"),
        ("nobody", "--credentials-file: .* names neither a basic.username nor a bearer.token"),
        ("unknown", r"credentials:1: basic.user: unknown name; is it basic.username\?"),
    ],
)
def test_a_file_that_is_not_what_it_must_be_is_named(
    certificates: Certificates, own: tuple[Path, Path], tmp_path: Path, made: str, said: str
) -> None:
    credentials = tmp_path / "credentials"
    credentials.write_text("basic.user=x\n" if made == "unknown" else "# nobody\n")
    certificate, key = own
    given: dict[str, tuple[Path | None, Path | None, Path | None]] = {
        "key alone": (None, key, None),
        "no file": (tmp_path / "none", None, None),
        "other key": (certificate, certificates.of("other")[1], None),
        "locked": (certificate, certificates.locked(key, "word"), None),
    }
    with pytest.raises(ConfigError, match=said):
        door(*given.get(made, (None, None, credentials)))
