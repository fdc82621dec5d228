"""When a certificate ends is what its file says now."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from streams.plumbing import certificates as module
from streams.plumbing.certificates import Certificates as InUse
from streams.plumbing.certificates import first_end_s
from streams.plumbing.tls_config import TlsFiles
from tests.support.kafka_nodes import Certificates
from tests.support.waiting import wait_until

SOON, LATER = datetime(2030, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    return Certificates.made(tmp_path / "authority")


def test_of_several_in_a_file_the_first_that_ends_counts(certificates: Certificates) -> None:
    soon, key = (path.read_bytes() for path in certificates.of("soon", not_after=SOON))
    later = certificates.of("later", not_after=LATER)[0].read_bytes()
    assert first_end_s(later + soon) == first_end_s(key + soon + later) == SOON.timestamp()
    assert first_end_s(later) == LATER.timestamp()
    assert first_end_s(key) is first_end_s(b"nothing") is first_end_s(b"") is None


def test_a_renewed_file_shows_at_the_next_scrape_and_a_half_written_one_does_not(
    certificates: Certificates, tmp_path: Path
) -> None:
    file = tmp_path / "own.pem"
    in_use = InUse()
    in_use.add(TlsFiles(connection="server", certificate=file))
    in_use.add(TlsFiles(connection="kafka"))
    assert in_use.ends_s() == {}  # it is not there yet
    file.write_bytes(certificates.of("own", not_after=SOON)[0].read_bytes())
    assert in_use.ends_s() == {("server", str(file)): SOON.timestamp()}
    renewed = certificates.of("own", not_after=LATER)[0].read_bytes()
    file.write_bytes(renewed[:200])
    assert in_use.ends_s() == {("server", str(file)): SOON.timestamp()}
    file.write_bytes(renewed)
    assert in_use.ends_s() == {("server", str(file)): LATER.timestamp()}
    file.unlink()
    assert in_use.ends_s() == {("server", str(file)): LATER.timestamp()}


@contextmanager
def serving(chain: tuple[Path, Path], ca: Path | None = None) -> Iterator[int]:
    """A server that shows this certificate, and wants one of `ca` if that is given; its port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*chain)
    if ca is not None:
        context.load_verify_locations(ca)
        context.verify_mode = ssl.CERT_REQUIRED
        context.maximum_version = ssl.TLSVersion.TLSv1_2  # where no handshake ends without ours
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    client, _ = listener.accept()
                    with suppress(OSError), context.wrap_socket(client, server_side=True) as each:
                        each.recv(1)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.mark.parametrize("wants_ours", [False, True])
def test_when_the_certificate_of_a_server_ends_is_asked_trusted_or_not(
    certificates: Certificates, tmp_path: Path, wants_ours: bool
) -> None:
    chain = Certificates.made(tmp_path / "stranger").of("kafka", not_after=SOON)
    own, key = certificates.of("stream")
    ours = TlsFiles(connection="kafka", ca=certificates.ca, certificate=own, key=key)
    in_use = InUse()
    assert in_use.servers_end_s() == {}
    with serving(chain, certificates.ca if wants_ours else None) as port:
        in_use.add_server("kafka", "127.0.0.1", port, ours)
        in_use.add_server("kafka", "127.0.0.1", 1, ours)  # nobody is there
        wait_until(in_use.servers_end_s, "the server was asked")
        assert in_use.servers_end_s() == {("kafka", f"127.0.0.1:{port}"): SOON.timestamp()}
    in_use.ask()
    assert in_use.servers_end_s() == {("kafka", f"127.0.0.1:{port}"): SOON.timestamp()}


def test_a_renewed_certificate_of_a_server_shows_when_it_is_asked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ends = [SOON, LATER]
    monkeypatch.setattr(module, "validity_shown", lambda *_: module.Validity(SOON, ends.pop(0)))
    in_use = InUse()
    in_use.add_server("kafka", "kafka-1", 9093)
    for end in (SOON, LATER):
        in_use.ask()
        assert list(in_use._shown.values()) == [end.timestamp()]
