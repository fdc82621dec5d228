"""ClickHouse inside this process (chDB). Only the archive opens the files under DATA/archive.

Writing and reading each use a connection of their own, so that a long report does not delay an insert.
The reading connection is `readonly` and cannot be made writable: it cannot write, and cannot read files
or network addresses.
"""

import fcntl
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO

import msgspec

from schemas.tables import DATABASE
from streams.plumbing.not_loaded import without
from streams.sinks.clickhouse.database import (
    Answer,
    Columns,
    RefusedError,
    Row,
    UnavailableError,
)
from streams.sinks.clickhouse.rows import check_columns

READ_SETTINGS = {
    "output_format_json_quote_64bit_integers": 0,
    "output_format_json_quote_denormals": 0,
    "max_execution_time": 60,
    "max_memory_usage": 4_000_000_000,
    "readonly": 1,  # must be the last: after it no setting can be changed
}
KEEPER_SETTINGS = {
    "output_format_json_quote_64bit_integers": 0,
    "max_partitions_per_insert_block": 0,
    "max_threads": 1,
    "max_memory_usage": 2_000_000_000,
}
_CONFIG = Path(__file__).with_suffix(".xml")
_encode = msgspec.json.Encoder(enc_hook=str).encode


# The allocator keeps what merges, inserts and reports gave back, up to 60 MB at once, until something is asked of it.
_FREED_EVERY_S = 10.0


class FilesTakenError(Exception):
    """The files cannot be opened, or another process has them open; the message is one line."""


class EmbeddedDatabase:
    """The files of one directory, held by a lock until `close`."""

    def __init__(self, directory: Path) -> None:
        self._lock = _locked(directory)
        try:
            self._writing = _open(str(directory / "clickhouse"))
        except FilesTakenError:
            self._lock.close()
            raise
        self._writing.query(f"CREATE DATABASE IF NOT EXISTS {DATABASE}")
        self._writing.query(f"USE {DATABASE}")
        # A back-fill of years touches more months than the default allows in one insert.
        self._writing.query("SET max_partitions_per_insert_block = 0")
        self.reading = EmbeddedReader(str(directory / "clickhouse"))
        self._directory = directory
        self._freed_at_s = time.monotonic()

    def keeper(self) -> "EmbeddedKeeper":
        """Another connection that writes, for work beside inserts; closed by whoever asked for it, before this one."""
        return EmbeddedKeeper(str(self._directory / "clickhouse"))

    def execute(self, sql: str) -> Answer:
        return _answer(_run(self._writing, sql, "JSONCompact"))

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        _insert(self._writing, table, columns, [list(zip(*rows, strict=True))])
        self._free()

    def insert_columns(self, table: str, columns: Sequence[str], chunks: Sequence[Columns]) -> None:
        for chunk in chunks:
            check_columns(table, chunk)
        _insert(self._writing, table, columns, chunks)
        self._free()

    def _free(self) -> None:
        """Give memory that nobody uses back to the machine; some milliseconds."""
        if (now_s := time.monotonic()) - self._freed_at_s >= _FREED_EVERY_S:
            self._freed_at_s = now_s
            _run(self._writing, "SYSTEM JEMALLOC PURGE", "CSV")

    def close(self) -> None:
        self.reading.close()
        self._writing.close()
        self._lock.close()


class EmbeddedKeeper:
    """A connection for work that nobody waits for: one thread of the machine, and bounded memory."""

    def __init__(self, path: str) -> None:
        self._session = _open(path)
        self._session.query(f"USE {DATABASE}")
        for name, value in KEEPER_SETTINGS.items():
            self._session.query(f"SET {name} = {value}")

    def execute(self, sql: str) -> Answer:
        return _answer(_run(self._session, sql, "JSONCompact"))

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        _insert(self._session, table, columns, [list(zip(*rows, strict=True))])

    def close(self) -> None:
        self._session.close()


class EmbeddedReader:
    """A read-only connection; several threads may use it, one at a time."""

    def __init__(self, path: str) -> None:
        self._session = _open(path)
        self._turn = threading.Lock()
        self._session.query(f"USE {DATABASE}")
        for name, value in READ_SETTINGS.items():
            self._session.query(f"SET {name} = {value}")

    def execute(self, sql: str) -> Answer:
        return _answer(self.execute_json(sql))

    def execute_json(self, sql: str) -> bytes:
        """The answer as ClickHouse's JSONCompact: `meta` and `data`."""
        with self._turn:
            return _run(self._session, sql, "JSONCompact")

    def close(self) -> None:
        with self._turn:
            self._session.close()


def _open(path: str) -> Any:
    # Loaded here: it is half a GB on the disk and much of the memory, of no use beside a server. The image has none.
    try:
        # For answers in its format, and with it numpy: 44 MB, and nobody here asks for one.
        with without("pyarrow"):
            from chdb import session
    except ImportError:
        raise FilesTakenError(
            "this installation has no embedded ClickHouse (chdb): name a server with --clickhouse"
        ) from None
    opened: Any = session.Session  # chDB annotates only some of its functions
    return opened(f"{path}?config-file={_CONFIG}")


def _locked(directory: Path) -> TextIO:
    try:
        directory.mkdir(parents=True, exist_ok=True)
        lock = (directory / "lock").open("a")
    except OSError as error:
        raise FilesTakenError(f"{directory}: {error.strerror}; choose another --data") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise FilesTakenError(
            f"{directory} is open in another process: is an archive running on the same --data?"
        ) from None
    return lock


def _insert(connection: Any, table: str, columns: Sequence[str], chunks: Sequence[Columns]) -> None:
    names = ", ".join(f"`{name}`" for name in columns)
    # JSON on one line: whatever the strings contain, the data ends where the statement ends.
    by_column = zip(*chunks, strict=True)
    data = b",".join(
        b"[%b]" % b",".join(_encode(part)[1:-1] for part in parts) for parts in by_column
    )
    _run(
        connection,
        f"INSERT INTO {table} ({names}) FORMAT JSONCompactColumns [{data.decode()}]",
        "CSV",
    )


def _run(connection: Any, sql: str, output: str) -> bytes:
    try:
        result: Any = connection.query(sql, output)
    except RuntimeError as error:
        raise _meaning(str(error)) from None
    data: bytes = result.bytes()
    return data


def _meaning(words: str) -> Exception:
    """The error for a message of chDB: lack of disk or memory may pass, all others will not."""
    line = words.strip().partition("\n")[0]
    for code in ("241.", "243.", "252.", "74.", "75.", "76."):  # memory, space, parts, files
        if line.startswith(f"Code: {code}"):
            return UnavailableError(line)
    return RefusedError(line)


def _answer(data: bytes) -> Answer:
    if not data:
        return Answer([], [])
    decoded = msgspec.json.decode(data)
    return Answer(
        [column["name"] for column in decoded["meta"]], [tuple(row) for row in decoded["data"]]
    )
