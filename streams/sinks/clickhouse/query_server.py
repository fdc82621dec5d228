"""The query endpoint of the embedded archive: one SELECT per POST, on the loopback address only.

Rule 1: a client sends the token of DATA/archive.token (mode 600), and this address as its Host header.
Without the check of Host, a web page in a browser could send queries under a domain of its own.
Rule 2: only one SELECT or WITH is accepted; the connection behind it is read-only anyway.
"""

import hmac
import os
import re
import secrets
import tempfile
from collections.abc import Callable, Iterable
from http import HTTPStatus
from pathlib import Path
from typing import Any, Protocol

from streams.plumbing.http_thread import Environ, HttpThread, WsgiApp, respond
from streams.sinks.clickhouse.database import RefusedError, UnavailableError

HOST = "127.0.0.1"
TOKEN_FILE = "archive.token"  # noqa: S105  a file name
LONGEST_QUERY = 4 * 1024 * 1024
_STRINGS_AND_COMMENTS = re.compile(
    r"'(?:[^'\\]|\\.|'')*'|`(?:[^`\\]|\\.)*`|\"(?:[^\"\\]|\\.)*\"|--[^\n]*|/\*.*?\*/", re.DOTALL
)


class JsonReader(Protocol):
    def execute_json(self, sql: str) -> bytes: ...


def objection(sql: str) -> str | None:
    """Why `sql` is not one reading statement, or None; strings and comments in it may contain anything."""
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
    """Write a new secret to DATA/archive.token, readable by its owner only; the file is never half-written."""
    token = secrets.token_urlsafe(32)
    handle, draft = tempfile.mkstemp(dir=data, prefix=".archive-")  # made with mode 600
    with os.fdopen(handle, "w") as file:
        file.write(token)
    Path(draft).replace(data / TOKEN_FILE)
    return token


def serve_queries(port: int, token: str, reader: JsonReader) -> HttpThread:
    """Serve queries until the returned server is closed; PortTakenError when it cannot listen there."""
    return HttpThread(_app(token, reader), HOST, port, "--query-port")


def _app(token: str, reader: JsonReader) -> WsgiApp:
    def app(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        status, body = _judged(environ, token, reader)
        good = status == HTTPStatus.OK
        kind = "application/json" if good else "text/plain; charset=utf-8"
        return respond(start_response, f"{status.value} {status.phrase}", kind, body)

    return app


def _judged(environ: Environ, token: str, reader: JsonReader) -> tuple[HTTPStatus, bytes]:
    if environ["REQUEST_METHOD"] != "POST":
        return HTTPStatus.NOT_IMPLEMENTED, b"only POST"
    port = environ["SERVER_PORT"]
    if environ.get("HTTP_HOST") not in {f"{HOST}:{port}", f"localhost:{port}"}:
        return HTTPStatus.MISDIRECTED_REQUEST, b"this address answers only under its own name"
    given = environ.get("HTTP_AUTHORIZATION", "")
    if not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
        return HTTPStatus.UNAUTHORIZED, b"the token of archive.token is needed"
    length = environ.get("CONTENT_LENGTH") or ""
    if not length.isdigit() or int(length) > LONGEST_QUERY:
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, b"too long, or of no length"
    return _answered(environ["wsgi.input"].read(int(length)), reader)


def _answered(body: bytes, reader: JsonReader) -> tuple[HTTPStatus, bytes]:
    try:
        sql = body.decode()
    except UnicodeDecodeError:
        return HTTPStatus.BAD_REQUEST, b"not UTF-8"
    refusal = objection(sql)
    if refusal is not None:
        return HTTPStatus.FORBIDDEN, refusal.encode()
    try:
        return HTTPStatus.OK, reader.execute_json(sql)
    except RefusedError as error:
        return HTTPStatus.BAD_REQUEST, str(error).encode()
    except UnavailableError as error:
        return HTTPStatus.SERVICE_UNAVAILABLE, str(error).encode()
