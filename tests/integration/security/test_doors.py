"""Every way into a Kafka, and every way not to come in: one line at once, that names the option."""

import base64
import json
import os
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.integration.security.conftest import Secured
from tests.support import forked
from tests.support.names import unique
from tests.support.secured import PASSWORDS

QUEUEWATCH = str(Path(sys.executable).with_name("queuewatch"))
USER = "queuewatch-operator"


class Door:
    """Runs a command at one door with a file of settings."""

    def __init__(self, secured: Secured, folder: Path) -> None:
        self.secured = secured
        self._file = folder / "kafka.properties"
        self.ca = f"ssl.ca.location={secured.certificates.ca}\n"
        self.namespace = unique("door") + "."

    def password(self, mechanism: str = "SCRAM-SHA-512", word: str = PASSWORDS[USER]) -> str:
        return (
            f"security.protocol=SASL_SSL\n{self.ca}sasl.mechanism={mechanism}\n"
            f"sasl.username={USER}\nsasl.password={word}\n"
        )

    def says(self, address: str, text: str) -> str:
        """What `topics check` says on standard error; there are no topics, so it must fail."""
        self._file.write_text(text)
        place = ["--kafka", address, "--kafka-config", str(self._file)]
        words = ["topics", "check", *place, "--namespace", self.namespace]
        done = forked.run(words, os.environ, 120)
        assert (done.returncode, "Traceback" in done.stderr) == (1, False), done.stderr
        assert PASSWORDS[USER] not in done.stderr
        return done.stderr

    def lets_in(self, address: str, text: str) -> None:
        assert f"topic {self.namespace}calls is missing" in self.says(address, text)

    def refuses(self, address: str, text: str) -> str:
        said = self.says(address, text)
        assert said.count("\n") == 1, said
        return said.partition(" refuses: ")[2].strip()


@pytest.fixture
def door(secured: Secured, tmp_path: Path) -> Door:
    return Door(secured, tmp_path)


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"])
def test_a_password_lets_in(door: Door, mechanism: str) -> None:
    door.lets_in(door.secured.nodes.sasl, door.password(mechanism))


def test_a_certificate_lets_in(door: Door) -> None:
    certificate, key = door.secured.certificates.of("queuewatch-operator")
    text = f"security.protocol=SSL\n{door.ca}ssl.certificate.location={certificate}\n"
    door.lets_in(door.secured.nodes.tls, text + f"ssl.key.location={key}\n")


def test_a_token_lets_in(door: Door, endpoint: str) -> None:
    door.lets_in(door.secured.nodes.sasl, token(door, endpoint, "right"))


def test_a_token_that_is_not_given_names_its_endpoint(door: Door, endpoint: str) -> None:
    said = door.refuses(door.secured.nodes.sasl, token(door, endpoint, "wrong"))
    assert said.startswith(f"sasl.oauthbearer.token.endpoint.url: {endpoint} answers 401")


def test_a_wrong_password_names_user_and_password(door: Door) -> None:
    said = door.refuses(door.secured.nodes.sasl, door.password(word="wrong"))
    assert said.startswith("sasl.username or sasl.password: ")


def test_a_certificate_that_is_not_trusted_names_the_authority(door: Door) -> None:
    text = door.password().replace(door.ca, "")
    said = door.refuses(door.secured.nodes.sasl, text)
    assert said.startswith("ssl.ca.location: its certificate is not trusted: ")


def test_a_certificate_of_another_host_is_said_to_be_that(door: Door) -> None:
    # Loopback by another spelling: the certificate names 127.0.0.1 and localhost only.
    elsewhere = door.secured.nodes.sasl.replace("127.0.0.1", "127.1")
    said = door.refuses(elsewhere, door.password())
    assert said.startswith("its certificate is of another name than 127.1: ")


def test_tls_at_an_open_door_and_the_other_way_round_name_the_protocol(door: Door) -> None:
    said = door.refuses(door.secured.nodes.internal, door.password())
    assert said == "security.protocol: it speaks no TLS on this port, SASL_SSL expects it"
    said = door.refuses(door.secured.nodes.sasl, "security.protocol=PLAINTEXT\n")
    assert said.startswith("security.protocol: it speaks TLS on this port, PLAINTEXT does not")


def test_a_missing_certificate_names_its_option(door: Door) -> None:
    said = door.refuses(door.secured.nodes.tls, f"security.protocol=SSL\n{door.ca}")
    assert said.endswith("it may want a certificate, ssl.certificate.location")


def token(door: Door, endpoint: str, secret: str) -> str:
    return (
        f"security.protocol=SASL_SSL\n{door.ca}sasl.mechanism=OAUTHBEARER\n"
        f"sasl.oauthbearer.token.endpoint.url={endpoint}\n"
        f"sasl.oauthbearer.client.id=wall\nsasl.oauthbearer.client.secret={secret}\n"
    )


def _unsigned(subject: str) -> str:
    """A token of the form that the broker of the tests accepts (RFC 7515, `alg` none)."""
    parts = ({"alg": "none"}, {"sub": subject, "iat": 1, "exp": 4_000_000_000})
    coded = [
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts
    ]
    return ".".join((*coded, ""))


@pytest.fixture
def endpoint() -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            is_right = "client_secret=right" in body
            self.send_response(200 if is_right else 401)
            self.end_headers()
            answer = {"access_token": _unsigned(USER), "expires_in": 300} if is_right else {}
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/token"
    server.shutdown()
    server.server_close()
    thread.join()
