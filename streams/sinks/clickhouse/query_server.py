"""The embedded archive answers questions: one SELECT a POST, on the loopback address only.

Rule 1: who asks shows the token of DATA/archive.token (mode 600), and names this address as Host, so
that a web page in somebody's browser cannot ask under a name of its own.
Rule 2: only one SELECT or WITH; the connection behind it is read-only in any case.
"""

import hmac
import os
import re
import secrets
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Protocol

from streams.sinks.clickhouse.database import RefusedError, UnavailableError

HOST = "127.0.0.1"
TOKEN_FILE = "archive.token"  # noqa: S105 - a file name
LONGEST_QUERY = 4 * 1024 * 1024
_STRINGS_AND_COMMENTS = re.compile(
    r"'(?:[^'\\]|\\.|'')*'|`(?:[^`\\]|\\.)*`|\"(?:[^\"\\]|\\.)*\"|--[^\n]*|/\*.*?\*/", re.DOTALL
)


class PortTakenError(Exception):
    """One line that names the option."""


class JsonReader(Protocol):
    def execute_json(self, sql: str) -> bytes: ...


def objection(sql: str) -> str | None:
    """Why this text is not one reading statement; None when it is. Strings and comments may say anything."""
    bare = _STRINGS_AND_COMMENTS.sub(" ", sql).strip().removesuffix(";")
    words = re.findall(r"\w+", bare.upper())
    if not words or words[0] not in {"SELECT", "WITH"}:
        return "only SELECT or WITH"
    if ";" in bare:
        return "only one statement"
    # INTO OUTFILE writes a file even on a read-only connection; a FORMAT would not be JSON.
    for word in ("OUTFILE", "FORMAT", "SETTINGS"):
        if word in words:
            return f"{word} is not allowed"
    return None


def new_token(data: Path) -> str:
    """A new secret in DATA/archive.token, readable by its owner alone, there whole or not at all."""
    token = secrets.token_urlsafe(32)
    handle, draft = tempfile.mkstemp(dir=data, prefix=".archive-")  # made with mode 600
    with os.fdopen(handle, "w") as file:
        file.write(token)
    Path(draft).replace(data / TOKEN_FILE)
    return token


class QueryServer:
    """Serves in a thread of its own from construction until `close`."""

    def __init__(self, port: int, token: str, reader: JsonReader) -> None:
        handler = _handler(token, reader)
        try:
            self._server = ThreadingHTTPServer((HOST, port), handler)
        except OSError as error:
            raise PortTakenError(
                f"port {port} on {HOST}: {(error.strerror or str(error)).lower()}:"
                " choose another with --query-port"
            ) from None
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, name="query", daemon=True
        )
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(token: str, reader: JsonReader) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 120

        def do_POST(self) -> None:
            status, body = self._judged()
            kind = "application/json" if status == 200 else "text/plain; charset=utf-8"  # noqa: PLR2004
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            if status != 200:  # noqa: PLR2004 - what follows on this connection may be the unread body
                self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(body)

        def _judged(self) -> tuple[int, bytes]:
            port = self.server.server_address[1]  # type: ignore[index]
            if self.headers.get("Host") not in {f"{HOST}:{port}", f"localhost:{port}"}:
                return 421, b"this address answers only under its own name"
            given = self.headers.get("Authorization", "")
            if not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
                return 401, b"the token of archive.token is needed"
            length = self.headers.get("Content-Length", "")
            if not length.isdigit() or int(length) > LONGEST_QUERY:
                return 413, b"too long, or of no length"
            return _answered(self.rfile.read(int(length)), reader)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name there
            """Questions may name callers' tokens: not logged."""

    return Handler


def _answered(body: bytes, reader: JsonReader) -> tuple[int, bytes]:
    try:
        sql = body.decode()
    except UnicodeDecodeError:
        return 400, b"not UTF-8"
    refusal = objection(sql)
    if refusal is not None:
        return 403, refusal.encode()
    try:
        return 200, reader.execute_json(sql)
    except RefusedError as error:
        return 400, str(error).encode()
    except UnavailableError as error:
        return 503, str(error).encode()
