"""A mail to a real SMTP server on loopback, and each way in which one does not take it, in a line without a secret."""

import re
import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

import pytest
from msgspec.structs import replace

from schemas.owners import MailTable
from streams.local.kafka_place import HOST
from streams.scheduled.smtp import Answer, send
from tests.support.kafka_nodes import Certificates
from tests.support.smtp import Mailbox

PASSWORD = "correct horse"


def message() -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "queues@example.org", "ada@example.org", "October"
    made.set_content(".a line that begins with a dot\n")
    return made


def server(port: int, *, tls: bool = False) -> MailTable:
    return MailTable(server=f"127.0.0.1:{port}", sender="queues@example.org", tls=tls)


@contextmanager
def answering(**answers: str) -> Iterator[int]:
    """A server that answers these verbs so, and all else with 250; the port."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 tests\r\n")
            for line in iter(self.rfile.readline, b""):
                verb = line[:4].decode().strip().lower()
                told = answers.get(verb, "354 go on" if verb == "data" else "250 ok")
                self.wfile.write(f"{told}\r\n".encode())
                if verb == "data" and told.startswith("354"):
                    while self.rfile.readline() != b".\r\n":
                        pass
                    self.wfile.write(f"{answers.get('mail_text', '250 kept')}\r\n".encode())
                if verb == "quit":
                    return

    listening = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    listening.daemon_threads = True
    thread = threading.Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    try:
        yield int(listening.server_address[1])
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join()


def test_it_arrives_whole() -> None:
    with Mailbox() as box:
        assert send(server(box.port), message()) == Answer()
        ((subject, text),) = box.texts()
        assert (subject, text.splitlines()) == ("October", [".a line that begins with a dot"])


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"rcpt": "550 no such user"}, "the server answers 550 no such user"),
        ({"mail": "451 later\x1b[31m"}, "the server answers 451 later\\x1b[31m"),
        (
            {"rcpt": "550 5.1.1 <Ada@example.org>: unknown"},
            "the server answers 550 5.1.1 <a…@example.org>: unknown",
        ),
        ({"mail_text": "552 too large"}, "the server answers 552 too large"),
        ({"ehlo": "500 no", "helo": "500 no"}, "the server answers 500 no"),
    ],
)
def test_a_refusal_is_said_as_the_server_said_it(answers: dict[str, str], said: str) -> None:
    with answering(**answers) as port:
        assert send(server(port), message()) == Answer(said)


def test_what_was_taken_stays_taken_though_the_farewell_goes_wrong() -> None:
    with answering(quit="500 what") as port:
        assert send(server(port), message()) == Answer()


def test_a_server_that_breaks_off_after_the_mail_may_have_taken_it() -> None:
    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 tests\r\n")
            for line in iter(self.rfile.readline, b""):
                if line == b".\r\n":
                    return
                if re.match(rb"(EHLO|MAIL|RCPT) ", line, re.IGNORECASE):
                    self.wfile.write(b"250 ok\r\n")
                if line.lower() == b"data\r\n":
                    self.wfile.write(b"354 go on\r\n")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as listening:
        thread = threading.Thread(target=listening.serve_forever, daemon=True)
        thread.start()
        told = send(server(int(listening.server_address[1])), message())
        listening.shutdown()
        thread.join()
    assert told.maybe_taken
    assert "unexpectedly closed" in told.why


def test_a_server_that_is_away_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
    told = send(server(port), message())
    assert told.why.startswith(f"127.0.0.1:{port} does not take it: ")
    assert not told.maybe_taken


def test_without_encryption_nothing_is_said_where_it_is_demanded() -> None:
    with Mailbox() as box:
        assert (
            "does not offer what is asked of it" in send(server(box.port, tls=True), message()).why
        )
        assert box.mails == []


def test_a_login_that_is_refused_tells_no_password(tmp_path: Path) -> None:
    (tmp_path / "password").write_text(f"{PASSWORD}\n")
    with answering(ehlo="250-tests\r\n250 AUTH PLAIN", auth="535 wrong") as port:
        told = replace(server(port), user="queues", password_file=str(tmp_path / "password"))
        assert send(told, message()).why == f"127.0.0.1:{port} refuses the login of queues"
        gone = replace(told, password_file=str(tmp_path / "none"))
        assert (
            send(gone, message()).why
            == f"{tmp_path}/none cannot be read: No such file or directory"
        )


@contextmanager
def encrypted(certificates: Certificates) -> Iterator[tuple[int, list[bytes]]]:
    """A server that offers STARTTLS; its port, and what it was sent after the handshake."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificates.of("mail"))
    heard: list[bytes] = []

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.sendall(b"220 tests\r\n")
            connection, lines, is_encrypted = self.request, self.request.makefile("rb"), False
            while line := lines.readline():
                if is_encrypted:
                    heard.append(line)
                if line.upper().startswith(b"EHLO"):
                    connection.sendall(b"250-tests\r\n250 STARTTLS\r\n")
                elif line.upper() == b"STARTTLS\r\n":
                    connection.sendall(b"220 go on\r\n")
                    connection = context.wrap_socket(connection, server_side=True)
                    lines, is_encrypted = connection.makefile("rb"), True
                elif line.lower() == b"data\r\n":
                    connection.sendall(b"354 go on\r\n")
                    heard.extend(iter(lines.readline, b".\r\n"))
                    connection.sendall(b"250 kept\r\n")
                else:
                    connection.sendall(b"250 ok\r\n")

    class Listening(socketserver.ThreadingTCPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """A client that does not trust us breaks off."""

    with Listening((HOST, 0), Handler) as listening:
        thread = threading.Thread(target=listening.serve_forever, daemon=True)
        thread.start()
        yield int(listening.server_address[1]), heard
        listening.shutdown()
        thread.join()


def test_it_is_encrypted_where_the_machine_trusts_the_server_and_not_sent_where_it_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, others = Certificates.made(tmp_path / "ours"), Certificates.made(tmp_path / "others")
    with encrypted(ours) as (port, heard):
        monkeypatch.setenv("SSL_CERT_FILE", str(others.ca))
        refused = send(server(port, tls=True), message())
        assert "CERTIFICATE_VERIFY_FAILED" in refused.why
        assert not refused.maybe_taken
        assert heard == []
        monkeypatch.setenv("SSL_CERT_FILE", str(ours.ca))
        assert send(server(port, tls=True), message()) == Answer()
        assert b"Subject: October\r\n" in heard


def test_no_letter_of_a_password_is_said_that_cannot_be_sent(tmp_path: Path) -> None:
    file = tmp_path / "password"
    for secret in ("pässword".encode(), "pässword".encode("latin-1")):
        file.write_bytes(secret)
        with answering(ehlo="250-tests\r\n250 AUTH PLAIN LOGIN") as port:
            told = send(replace(server(port), user="queues", password_file=str(file)), message())
        assert told == Answer(f"127.0.0.1:{port}: user, password and addresses must be plain ASCII")
