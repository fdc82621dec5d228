"""A ClickHouse server, by its native protocol; works with 18.16 (Debian's) to 26.x."""

import logging
import ssl
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from clickhouse_driver import Client, errors
from clickhouse_driver.columns.exceptions import ColumnException
from msgspec import Struct

from streams.sinks.clickhouse.database import Answer, RefusedError, Row, UnavailableError

NATIVE_PORT, TLS_PORT = 9000, 9440
_SCHEMES = {"clickhouse": False, "clickhouses": True}  # whether with TLS, as the library names them
# Error codes of the server. Wrong data: the same rows would fail for ever.
_WRONG_DATA = frozenset({6, 25, 26, 27, 33, 38, 41, 53, 69, 70, 72, 117, 131, 190, 321, 349, 436})
_NO_TABLES = frozenset({60, 81})  # an operator may create them, so the request may succeed later
_WRONG_STATEMENT = frozenset({16, 36, 42, 43, 44, 46, 47, 62, 179, 215})
# Errors that the client raises when it packs a value of a wrong type or size, before it sends.
_UNPACKABLE = (TypeError, ValueError, AttributeError, OverflowError, struct.error)


class ServerAddress(Struct, frozen=True):
    """`ca`: the file of whom to trust with TLS; "" means the authorities of the system."""

    host: str
    port: int
    user: str
    password: str
    database: str
    tls: bool = False
    ca: str = ""

    def __repr__(self) -> str:  # a logged address must not contain the password
        return f"clickhouse{'s' if self.tls else ''}://{self.user}@{self.host}:{self.port}/{self.database}"


def server_address(url: str) -> ServerAddress:
    """`clickhouse://user:password@host:9000/database`; ValueError says what is wrong.

    With TLS `clickhouses://user:password@host:9440/database?ca_certs=/etc/ca.pem`.
    """
    parts = urlsplit(url)
    tls = _SCHEMES.get(parts.scheme)
    given = parse_qs(parts.query, keep_blank_values=True)
    database = parts.path.strip("/")
    if tls is None or not parts.hostname or not database.isidentifier():
        raise ValueError(
            'expected "clickhouse://user@host:9000/database", or clickhouses:// with TLS'
        )
    if set(given) - ({"ca_certs"} if tls else set()):
        raise ValueError('after "?" only ca_certs=FILE may stand, and only with clickhouses://')
    ca = given.get("ca_certs", [""])[-1]
    if ca and not Path(ca).is_file():
        raise ValueError(f"ca_certs: there is no file {ca}")
    return ServerAddress(
        parts.hostname,
        parts.port or (TLS_PORT if tls else NATIVE_PORT),
        unquote(parts.username or "default"),
        unquote(parts.password or ""),
        database,
        tls,
        ca,
    )


class ServerDatabase:
    """One connection, made anew after every error of the network; use it from one thread only."""

    def __init__(self, address: ServerAddress, *, send_receive_timeout_s: int = 60) -> None:
        self._address = address
        self._timeout_s = send_receive_timeout_s
        # The library logs a server that does not answer with a stack; we log one line of our own.
        logging.getLogger("clickhouse_driver").setLevel(logging.CRITICAL)
        self._client = self._connection(address.database)

    def execute(self, sql: str) -> Answer:
        rows, columns = self._guarded(lambda: self._client.execute(sql, with_column_types=True))
        return Answer([name for name, _ in columns], rows)

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        names = ", ".join(f"`{name}`" for name in columns)
        by_column = list(zip(*rows, strict=True))
        self._guarded(
            lambda: self._client.execute(
                f"INSERT INTO {table} ({names}) VALUES", by_column, columnar=True
            )
        )

    def create_database(self) -> None:
        """Create the database of the address if it does not exist."""
        client = self._connection("default")
        try:
            self._guarded(
                lambda: client.execute(f"CREATE DATABASE IF NOT EXISTS {self._address.database}")
            )
        finally:
            client.disconnect()

    def close(self) -> None:
        self._client.disconnect()

    def _connection(self, database: str) -> Client:
        address = self._address
        return Client(
            address.host,
            address.port,
            database,
            address.user,
            address.password,
            client_name="queuewatch",
            connect_timeout=5,
            send_receive_timeout=self._timeout_s,
            sync_request_timeout=5,
            secure=address.tls,
            # Without a file the library would trust a list of its own, not that of the system.
            ca_certs=address.ca or ssl.get_default_verify_paths().cafile,
        )

    def _guarded(self, work: Any) -> Any:
        try:
            return work()
        except errors.ServerException as error:
            words = _first_line(error.message)
            if error.code in _WRONG_DATA or error.code in _WRONG_STATEMENT:
                raise RefusedError(words) from None
            hint = ": run `queuewatch tables migrate`" if error.code in _NO_TABLES else ""
            raise UnavailableError(f"{self._address!r} says: {words}{hint}") from None
        except (errors.TypeMismatchError, ColumnException, *_UNPACKABLE) as error:
            self._client.disconnect()  # a part of the block may have been sent already
            raise RefusedError(_first_line(str(error))) from None
        except (errors.Error, OSError, EOFError) as error:
            self._client.disconnect()
            words = _first_line(str(error))
            raise UnavailableError(f"{self._address!r} does not answer: {words}") from None


def _first_line(text: str) -> str:
    """The server's message without its stack."""
    return (
        text.partition("Stack trace")[0]
        .strip()
        .partition("\n")[0]
        .removesuffix(", e.what()")
        .rstrip(".")
    )
