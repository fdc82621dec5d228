"""A certificate that is renewed while the process runs is shown at the next connection; a bad one is named."""

import contextlib
import shutil
import socket
import ssl
import threading
from pathlib import Path

import pytest
from cryptography import x509

from streams.plumbing.config_file import ConfigError, Secret
from streams.plumbing.renewed_tls import tls_context
from streams.plumbing.tls_config import TlsFiles
from tests.support.kafka_nodes import Certificates


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    return Certificates.made(tmp_path / "authority")


def shown(client: ssl.SSLContext, certificates: Certificates) -> str:
    """The common name of the certificate that the client shows to a server that asks for one."""
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(certificates.ca))
    server.load_cert_chain(*certificates.of("server"))
    server.verify_mode = ssl.CERT_REQUIRED
    ours, theirs = socket.socketpair()
    seen: list[str] = []

    def serve() -> None:
        with (
            theirs,
            contextlib.suppress(ssl.SSLError),
            server.wrap_socket(theirs, server_side=True) as connection,
        ):
            shown = connection.getpeercert(binary_form=True)
            assert shown is not None
            name = x509.load_der_x509_certificate(shown).subject
            seen.append(str(name.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value))
            connection.sendall(b"!")

    thread = threading.Thread(target=serve)
    thread.start()
    with client.wrap_socket(ours, server_hostname="localhost") as connection:
        connection.recv(1)
    thread.join()
    return seen[0]


def test_a_renewed_certificate_is_shown_at_the_next_connection(
    certificates: Certificates, tmp_path: Path
) -> None:
    place = TlsFiles(
        connection="kafka",
        ca=certificates.ca,
        certificate=tmp_path / "c.pem",
        key=tmp_path / "k.pem",
    )

    def issue(name: str) -> None:
        certificate, key = certificates.of(name)
        shutil.copy(key, tmp_path / "k.pem")
        shutil.copy(certificate, tmp_path / "c.pem")

    issue("first")
    client = tls_context(place)
    assert shown(client, certificates) == "first"
    issue("second")
    assert shown(client, certificates) == "second"


def test_an_authority_that_was_withdrawn_is_trusted_no_more(
    certificates: Certificates, tmp_path: Path
) -> None:
    other = Certificates.made(tmp_path / "another authority")
    trusted = tmp_path / "trusted.pem"
    trusted.write_bytes(certificates.ca.read_bytes() + other.ca.read_bytes())
    certificate, key = certificates.of("wall")
    client = tls_context(TlsFiles(connection="kafka", ca=trusted, certificate=certificate, key=key))
    assert shown(client, certificates) == "wall"
    shutil.copy(other.ca, trusted)
    with pytest.raises(ssl.SSLCertVerificationError):
        shown(client, certificates)


def test_a_half_written_renewal_leaves_the_former_certificate(
    certificates: Certificates, tmp_path: Path
) -> None:
    certificate, key = certificates.of("first")
    client = tls_context(
        TlsFiles(connection="kafka", ca=certificates.ca, certificate=certificate, key=key)
    )
    whole = key.read_bytes()
    key.write_bytes(whole[: len(whole) // 2])
    assert shown(client, certificates) == "first"
    key.write_bytes(whole)
    assert shown(client, certificates) == "first"


@pytest.mark.parametrize(
    ("made", "said"),
    [
        ("ca", "ssl.ca.location: .*ca.pem holds no certificate in PEM"),
        ("other key", "ssl.key.location: .*other.key is not the key of .*wall.pem"),
        ("password", "ssl.key.location: .*locked.key must hold .* ssl.key.password must be right"),
        (
            "no certificate",
            "ssl.key.location: .*empty.pem and .* must hold a certificate and its key",
        ),
    ],
)
def test_a_file_that_is_not_what_it_must_be_is_named(
    certificates: Certificates, tmp_path: Path, made: str, said: str
) -> None:
    certificate, key = certificates.of("wall")
    ca = certificates.ca
    if made == "ca":
        ca = tmp_path / "ca.pem"
        ca.write_text("nothing")
    elif made == "other key":
        key = certificates.of("other")[1]
    elif made == "password":
        key = certificates.locked(key, "right")
    else:
        certificate = tmp_path / "empty.pem"
        certificate.write_text("nothing")
    config = TlsFiles(
        connection="kafka", ca=ca, certificate=certificate, key=key, key_password=Secret("wrong")
    )
    with pytest.raises(ConfigError, match=said) as raised:
        tls_context(config)
    assert "wrong" not in str(raised.value)


def test_a_key_with_a_password_is_read(certificates: Certificates) -> None:
    certificate, key = certificates.of("wall")
    locked = certificates.locked(key, "right")
    config = TlsFiles(
        connection="kafka",
        ca=certificates.ca,
        certificate=certificate,
        key=locked,
        key_password=Secret("right"),
    )
    assert shown(tls_context(config), certificates) == "wall"
