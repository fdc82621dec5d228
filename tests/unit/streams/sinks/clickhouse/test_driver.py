"""A server that is away: one line of ours, and none of the driver's own with its stack."""

import logging
import re
import socket
import ssl
import threading
from contextlib import suppress
from pathlib import Path

import pytest
import trustme

from streams.sinks.clickhouse.database import UnavailableError
from streams.sinks.clickhouse.driver import ServerDatabase, server_address


def test_a_server_that_is_away_is_one_line_and_no_log(caplog: pytest.LogCaptureFixture) -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]  # nobody listens there once it is closed
    database = ServerDatabase(server_address(f"clickhouse://somebody:secret@127.0.0.1:{port}/day"))
    with caplog.at_level(logging.DEBUG), pytest.raises(UnavailableError) as found:
        database.execute("SELECT 1")
    assert "secret" not in str(found.value)
    assert "\n" not in str(found.value)
    assert [record for record in caplog.records if record.name.startswith("clickhouse")] == []


def test_an_address_with_tls_names_whom_to_trust(tmp_path: Path) -> None:
    ca = tmp_path / "ca.pem"
    ca.touch()
    address = server_address(f"clickhouses://anna:pw@db/queuewatch?ca_certs={ca}")
    assert (address.port, address.tls, address.ca) == (9440, True, str(ca))
    assert repr(address) == "clickhouses://anna@db:9440/queuewatch"
    assert not server_address("clickhouse://db/queuewatch").tls


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("clickhouses://db/queuewatch?ca_certs=/no/such", "there is no file /no/such"),
        ("clickhouses://db/queuewatch?verify=false", "only ca_certs=FILE"),
        ("clickhouse://db/queuewatch?ca_certs=/etc/hostname", "only with clickhouses://"),
        ("https://db/queuewatch", 'expected "clickhouse://user@host:9000/database"'),
    ],
)
def test_a_wrong_address_says_what_is_wrong(url: str, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        server_address(url)


class _Door:
    """TLS in front of a server that speaks none, as a proxy has it; says what it was told before it hung up."""

    def __init__(self, folder: Path) -> None:
        authority = trustme.CA()
        self.ca = folder / "ca.pem"
        authority.cert_pem.write_to_path(str(self.ca))
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1").configure_cert(self._context)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.heard = b""
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        with (
            suppress(OSError),
            self._socket.accept()[0] as raw,
            self._context.wrap_socket(raw, server_side=True) as secured,
        ):
            self.heard = secured.recv(100)

    def close(self) -> None:
        self._thread.join()
        self._socket.close()


@pytest.mark.parametrize("is_trusted", [True, False])
def test_it_speaks_tls_to_those_it_trusts_and_to_nobody_else(
    tmp_path: Path, is_trusted: bool
) -> None:
    door = _Door(tmp_path)
    ca = f"?ca_certs={door.ca}" if is_trusted else ""
    url = f"clickhouses://anna:secret@127.0.0.1:{door.port}/queuewatch{ca}"
    with pytest.raises(UnavailableError) as found:
        ServerDatabase(server_address(url)).execute("SELECT 1")
    door.close()
    # The greeting of the native protocol names the user.
    assert (b"anna" in door.heard) == is_trusted
    assert "secret" not in str(found.value)
