import http.client
import stat
from pathlib import Path

import pytest

from streams.sinks.clickhouse.database import Answer, RefusedError, UnavailableError
from streams.sinks.clickhouse.query_client import QueryClient
from streams.sinks.clickhouse.query_server import TOKEN_FILE, new_token, objection, serve_queries


class Reader:
    def execute_json(self, sql: str) -> bytes:
        if "broken" in sql:
            raise RefusedError("no column broken")
        if "busy" in sql:
            raise UnavailableError("busy")
        return b'{"meta":[{"name":"n","type":"UInt8"}],"data":[[1]]}'


@pytest.mark.parametrize(
    "sql",
    ["SELECT 1", " select 1; ", "WITH 1 AS x SELECT x", "SELECT ';', 'INTO OUTFILE' -- SETTINGS",
     "SELECT 'it''s; \\' FORMAT' /* ; FORMAT */", "SELECT `format` FROM t", "(SELECT 1)"],
)  # fmt: skip
def test_one_reading_statement_is_let_through(sql: str) -> None:
    assert objection(sql) is None


@pytest.mark.parametrize(
    "sql",
    ["", "DROP TABLE legs", "INSERT INTO legs SELECT 1", "SELECT 1; DROP TABLE legs",
     "SELECT 1 INTO OUTFILE '/tmp/x'", "SELECT 1 FORMAT CSV", "SELECT 1 SETTINGS readonly = 0",
     "/* SELECT */ DROP TABLE legs", "SELECT 1 /* */ INTO/**/OUTFILE '/tmp/x'", "SET readonly = 0"],
)  # fmt: skip
def test_everything_else_is_not(sql: str) -> None:
    assert objection(sql) is not None


def test_asks_and_is_answered(tmp_path: Path) -> None:
    server = serve_queries(0, new_token(tmp_path), Reader())
    client = QueryClient(tmp_path, server.port)
    try:
        assert client.execute("SELECT 1 AS n") == Answer(["n"], [(1,)])
        with pytest.raises(RefusedError, match="no column broken"):
            client.execute("SELECT broken")
        with pytest.raises(UnavailableError, match="busy"):
            client.execute("SELECT busy")
        with pytest.raises(RefusedError, match="only SELECT"):
            client.execute("DROP TABLE legs")
    finally:
        server.close()
    with pytest.raises(UnavailableError, match="queuewatch archive"):
        client.execute("SELECT 1")


def test_the_token_is_for_its_owner_alone(tmp_path: Path) -> None:
    first = new_token(tmp_path)
    assert stat.S_IMODE((tmp_path / TOKEN_FILE).stat().st_mode) == 0o600
    server = serve_queries(0, first, Reader())
    try:
        assert (tmp_path / TOKEN_FILE).read_text() == first
        new_token(tmp_path)  # of another archive
        with pytest.raises(UnavailableError, match="another --data"):
            QueryClient(tmp_path, server.port).execute("SELECT 1")
    finally:
        server.close()
    with pytest.raises(UnavailableError):  # no token at all: no archive ever ran there
        QueryClient(tmp_path / "elsewhere", server.port).execute("SELECT 1")


@pytest.mark.parametrize(
    ("host", "authorization", "status"),
    [
        ("evil.example", "right", 421),
        ("127.0.0.1", "right", 421),
        (None, "wrong", 401),
        (None, "right", 200),
    ],
)
def test_a_web_page_under_another_name_learns_nothing(
    tmp_path: Path, host: str | None, authorization: str, status: int
) -> None:
    token = new_token(tmp_path)
    server = serve_queries(0, token, Reader())
    try:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
        headers = {"Authorization": f"Bearer {token if authorization == 'right' else 'x'}"}
        if host is not None:
            headers["Host"] = host
        connection.request("POST", "/", b"SELECT 1", headers)
        assert connection.getresponse().status == status
        connection.close()
    finally:
        server.close()
