"""A ClickHouse server, by its native protocol, with TLS or without; works with 18.16 (Debian's) to 26.x."""

import logging
import os
import struct
from collections.abc import Sequence
from typing import Any

# Else importing it makes a table of all dates from 1900 till 2299: 21 MB. With a word that is no range, a date is made when it is met.
os.environ.setdefault("CLICKHOUSE_DRIVER_LASY_DATE_LUT", "when-met")  # as the library spells it

from clickhouse_driver import errors
from clickhouse_driver.columns.exceptions import ColumnException

from streams.plumbing.tls_config import TlsFiles
from streams.plumbing.tls_refusals import Said, why_not
from streams.sinks.clickhouse.address import CONFIG, OPEN, PASSWORD, SECURE, ServerAddress
from streams.sinks.clickhouse.database import (
    Answer,
    Columns,
    NotLetInError,
    RefusedError,
    Row,
    UnavailableError,
)
from streams.sinks.clickhouse.native_block import ColumnClient

# Error codes of the server. Wrong data: the same rows would fail for ever.
_WRONG_DATA = frozenset({6, 25, 26, 27, 33, 38, 41, 53, 69, 70, 72, 117, 131, 190, 321, 349, 436})
_NO_TABLES = frozenset({60, 81})  # an operator may create them, so the request may succeed later
# Unknown user, wrong password, password required; since 21.x one code for all three.
_NOT_LET_IN = frozenset({192, 193, 194, 516})
_WRONG_STATEMENT = frozenset({16, 36, 42, 43, 44, 46, 47, 62, 179, 215})
_SAID = Said(option="--clickhouse", secure=SECURE, open=OPEN)
# Errors that the client raises when it packs a value of a wrong type or size, before it sends.
_UNPACKABLE = (TypeError, ValueError, AttributeError, OverflowError, struct.error)


class ServerDatabase:
    """One connection, made anew after every error of the network; use it from one thread at a time."""

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
        self.insert_columns(table, columns, [list(zip(*rows, strict=True))] if rows else [])

    def insert_columns(self, table: str, columns: Sequence[str], chunks: Sequence[Columns]) -> None:
        names = ", ".join(f"`{name}`" for name in columns)
        self._guarded(lambda: self._client.execute(f"INSERT INTO {table} ({names}) VALUES", chunks))

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

    def _connection(self, database: str) -> ColumnClient:
        address = self._address
        return ColumnClient(
            address.host,
            address.port,
            database,
            address.user,
            address.password,
            client_name="queuewatch",
            connect_timeout=5,
            send_receive_timeout=self._timeout_s,
            sync_request_timeout=5,
            **_tls_arguments(address.tls),
        )

    def _guarded(self, work: Any) -> Any:
        try:
            return work()
        except errors.ServerException as error:
            words = _first_line(error.message)
            if error.code in _NOT_LET_IN:
                raise NotLetInError(
                    f"{self._address!r} refuses: {PASSWORD} ({CONFIG}) or the user: {words}"
                ) from None
            if error.code in _WRONG_DATA or error.code in _WRONG_STATEMENT:
                raise RefusedError(words) from None
            hint = ": run `queuewatch tables migrate`" if error.code in _NO_TABLES else ""
            raise UnavailableError(f"{self._address!r} says: {words}{hint}") from None
        except (errors.TypeMismatchError, ColumnException, *_UNPACKABLE) as error:
            self._client.disconnect()  # a part of the block may have been sent already
            raise RefusedError(_first_line(str(error))) from None
        except (errors.Error, OSError, EOFError) as error:
            self._client.disconnect()
            address = self._address
            if why := why_not(address.host, address.port, address.tls, _SAID):
                raise NotLetInError(f"{address!r} refuses: {why}") from None
            words = _first_line(str(error))
            raise UnavailableError(f"{address!r} does not answer: {words}") from None


def _tls_arguments(files: TlsFiles | None) -> dict[str, Any]:
    """By the names of the library, which reads the files anew at each connection."""
    if files is None:
        return {}
    given = {"ca_certs": files.ca, "certfile": files.certificate, "keyfile": files.key}
    arguments: dict[str, Any] = {name: str(path) for name, path in given.items() if path}
    if files.certificate is not None:
        # Without a password OpenSSL would ask for one on the terminal, and wait.
        arguments["keypass"] = "" if files.key_password is None else files.key_password.text
    return arguments | {"secure": True, "check_hostname": files.checks_host_names}


def _first_line(text: str) -> str:
    """The server's message without its stack."""
    return (
        text.partition("Stack trace")[0]
        .strip()
        .partition("\n")[0]
        .removesuffix(", e.what()")
        .rstrip(".")
    )
