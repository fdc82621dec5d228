"""An SMTP server on loopback that remembers what it was sent; no encryption, no login."""

import email
import email.policy
import socketserver
import threading
from contextlib import suppress
from email.message import EmailMessage
from types import TracebackType
from typing import Any, Self, cast


class Mailbox:
    """`mails` in order of arrival, `port` of the server. While `answers` is cleared, mails arrive and are not answered."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.answers = threading.Event()
        self.answers.set()
        mails, answers = self.mails, self.answers

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                self._say("220 mailbox of the tests")
                for line in iter(self.rfile.readline, b""):
                    verb = line[:4].upper().strip()
                    if verb == b"DATA":
                        self._say("354 go on")
                        mails.append(self._mail())
                        answers.wait()
                        with suppress(OSError):  # who asked may be gone
                            self._say("250 kept")
                    elif verb == b"QUIT":
                        self._say("221 bye")
                        return
                    else:
                        self._say("250 ok")

            def _mail(self) -> EmailMessage:
                lines: list[bytes] = []
                while (line := self.rfile.readline()) != b".\r\n":
                    lines.append(line.removeprefix(b"."))
                parsed: Any = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
                return cast(EmailMessage, parsed)

            def _say(self, text: str) -> None:
                self.wfile.write(f"{text}\r\n".encode())

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def texts(self) -> list[tuple[str, str]]:
        """Subject and text of each mail."""
        found = []
        for mail in list(self.mails):
            body = mail.get_body(("plain", "html"))
            found.append((str(mail["subject"]), body.get_content() if body else ""))
        return found

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.answers.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
