"""Sends queries to the embedded archive, through its query endpoint."""

import http.client
from pathlib import Path

import msgspec

from streams.sinks.clickhouse.database import Answer, RefusedError, UnavailableError
from streams.sinks.clickhouse.query_server import HOST, TOKEN_FILE

_WITHIN_S = 120.0


class _Column(msgspec.Struct):
    name: str


class _Result(msgspec.Struct):
    meta: list[_Column]
    data: list[list[object]]


_decode = msgspec.json.Decoder(_Result).decode


class QueryClient:
    """A reader of the archive that runs on `data`; UnavailableError if none runs."""

    def __init__(self, data: Path, port: int, *, within_s: float = _WITHIN_S) -> None:
        self._within_s = within_s
        self._place = f"{HOST}:{port}"
        self._port = port
        self._token_file = data / TOKEN_FILE

    def execute(self, sql: str) -> Answer:
        status, body = self._ask(sql)
        words = body.decode(errors="replace")
        if status == http.HTTPStatus.OK:
            result = _decode(body)
            return Answer(
                [column.name for column in result.meta], [tuple(row) for row in result.data]
            )
        if status in {http.HTTPStatus.UNAUTHORIZED, http.HTTPStatus.MISDIRECTED_REQUEST}:
            raise UnavailableError(
                f"the archive at {self._place} belongs to another --data than {self._token_file.parent}"
            )
        if status == http.HTTPStatus.SERVICE_UNAVAILABLE:
            raise UnavailableError(words)
        raise RefusedError(words)

    def close(self) -> None:
        pass

    def _ask(self, sql: str) -> tuple[int, bytes]:
        try:
            token = self._token_file.read_text(encoding="ascii").strip()
            connection = http.client.HTTPConnection(HOST, self._port, timeout=self._within_s)
            try:
                headers = {"Authorization": f"Bearer {token}"}
                connection.request("POST", "/", sql.encode(), headers)
                answer = connection.getresponse()
                return answer.status, answer.read()
            finally:
                connection.close()
        except (OSError, http.client.HTTPException):
            raise UnavailableError(
                f"no archive answers at {self._place}: start `queuewatch up` or `queuewatch archive`"
                f" on --data {self._token_file.parent}, or name a server with --clickhouse"
            ) from None
