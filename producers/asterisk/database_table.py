"""Reads Asterisk's table `queue_log` from a database into a copy on disk, from which it is sent like a file.

Rule 1: one SELECT, streamed by a server-side cursor: neither the server's answer nor a growing table is held
in memory, and all rows are of one moment. A copy, because a file is read more than once before it is sent, and
because a cursor that waits for Kafka is cut off by MariaDB after a minute.
Rule 2: the database puts rows in order of time and id. Without a column of ids it does not sort: of rows of one
time it would give any order, while the table itself mostly has that in which they were written.
Rule 3: `since` and `until` are decided here, by the same reading of times as everywhere. The database only
leaves out what lies more than a day outside, so that a year need not be carried for a day.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta, tzinfo
from pathlib import Path
from typing import Any, TextIO

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchTableError, SQLAlchemyError

from producers.asterisk.database_address import DatabaseAddress
from producers.asterisk.table_copy import cell_text, header_line, row_line
from producers.asterisk.table_forms import Columns, found_columns
from producers.asterisk.table_lines import epoch_of
from producers.input_file import InputFileError
from producers.progress import Progress
from schemas.millis import DAY, SECOND, to_datetime

_ROWS_AT_ONCE = 1_000
_CONNECT_WITHIN_S = 10
_MOST_NAMES = 12  # in a message
_TIMED = frozenset({"psycopg", "pymysql"})  # drivers that know `connect_timeout`


class RowsWanted(Struct, frozen=True):
    """Of `table` (or `schema.table`) the rows from `since` on and before `until`, in ms; None: all.

    `zone`: of times that have no offset.
    """

    table: str
    zone: tzinfo
    since: int | None = None
    until: int | None = None

    @property
    def is_range(self) -> bool:
        return self.since is not None or self.until is not None

    def has(self, time: str) -> bool:
        """Whether the time of a row lies in the range; one that cannot be read does: it is refused later."""
        try:
            at = round(float(epoch_of(time.strip(), self.zone)) * SECOND)
        except (ValueError, OverflowError):
            return True
        return (self.since is None or at >= self.since) and (self.until is None or at < self.until)


class _Table(Struct, frozen=True):
    """`names` are the columns that are read; `columns` their places; `types` as the database declares them."""

    clause: sa.TableClause
    names: list[str]
    columns: Columns
    types: dict[str, Any]

    @property
    def time(self) -> str:
        return self.names[self.columns.time]


def copied_table(
    address: DatabaseAddress, wanted: RowsWanted, folder: Path, stream: TextIO
) -> Path:
    """The copy, a file under `folder` with the name of the table; InputFileError if it cannot be made."""
    stream.write(f"reading table {wanted.table} of {address.shown}\n")
    stream.flush()
    path = folder / wanted.table.replace("/", "_")
    with _connected(address) as connection:
        try:
            _copy(connection, address, wanted, path, stream)
        except (SQLAlchemyError, UnicodeError) as error:
            raise InputFileError(
                f"{address.shown}: table {wanted.table} cannot be read: {_words(address, error)};"
                " nothing was sent"
            ) from None
    return path


@contextmanager
def _connected(address: DatabaseAddress) -> Iterator[sa.Connection]:
    if address.url.get_backend_name() == "sqlite":
        _check_file(address)
    try:
        known = address.url.get_driver_name() in _TIMED
        within = (
            {"connect_timeout": _CONNECT_WITHIN_S}
            if known and "connect_timeout" not in address.url.query
            else {}
        )
        engine = sa.create_engine(
            address.url, poolclass=sa.NullPool, hide_parameters=True, connect_args=within
        )
        connection = engine.connect()
    except ImportError as error:
        raise InputFileError(
            f"{address.shown}: the driver of this database is not installed ({error.name}): install it"
            " beside queuewatch, or write postgresql:// or mysql://, whose drivers are"
        ) from None
    except ArgumentError:
        raise InputFileError(
            f"{address.shown}: no such kind of database is known: write postgresql://, mysql://"
            " or sqlite:///"
        ) from None
    except (SQLAlchemyError, TypeError, UnicodeError) as error:  # TypeError: an option after `?`
        raise InputFileError(
            f"{address.shown}: cannot connect: {_words(address, error)}; check host, port, user,"
            " password and database"
        ) from None
    with connection:
        yield connection


def _check_file(address: DatabaseAddress) -> None:
    """SQLite would make a database where there is none."""
    file = address.url.database or ""
    if not file.startswith("file:") and not Path(file).is_file():
        raise InputFileError(f"{address.shown}: no such file (sqlite:////PATH from the root)")


def _copy(
    connection: sa.Connection,
    address: DatabaseAddress,
    wanted: RowsWanted,
    path: Path,
    stream: TextIO,
) -> None:
    dialect = connection.dialect.name
    is_mysql = dialect in ("mysql", "mariadb")
    if is_mysql:  # else a TIMESTAMP comes in the zone of the server, which nobody tells us
        connection.execute(sa.text("SET time_zone = '+00:00'"))
    table = _found(connection, address, wanted)
    is_utc = is_mysql and isinstance(table.types[table.time], sa.TIMESTAMP)
    place = table.columns.time
    chosen = sa.select(*(sa.column(name) for name in table.names)).select_from(table.clause)
    total = sa.select(sa.func.count()).select_from(table.clause)
    if wanted.is_range and dialect != "sqlite":  # whose columns hold values of any kind
        near = _near(table, wanted)
        chosen, total = chosen.where(near), total.where(near)
    if table.columns.row_id is not None:
        chosen = chosen.order_by(
            sa.column(table.time), sa.column(table.names[table.columns.row_id])
        )
    progress = Progress("reading", connection.execute(total).scalar_one(), "rows", stream)
    try:
        with path.open("wb") as file:
            file.write(header_line(wanted.table, table.names))
            rows = connection.execution_options(yield_per=_ROWS_AT_ONCE).execute(chosen)
            for number, row in enumerate(rows, 1):
                cells = [cell_text(value) for value in row]
                cells[place] = cell_text(row[place], is_utc=is_utc)
                if not wanted.is_range or wanted.has(cells[place]):
                    file.write(row_line(cells))
                if number % _ROWS_AT_ONCE == 0:
                    progress.move_to(number)
    finally:
        progress.close()


def _found(connection: sa.Connection, address: DatabaseAddress, wanted: RowsWanted) -> _Table:
    """InputFileError if there is no such table, or if it is not Asterisk's."""
    schema, _, name = wanted.table.rpartition(".")
    inspector = sa.inspect(connection)
    try:
        types = {
            column["name"]: column["type"] for column in inspector.get_columns(name, schema or None)
        }
    except NoSuchTableError:
        others = inspector.get_table_names(schema or None)
        raise InputFileError(
            f"{address.shown}: no table {wanted.table}: --table names another, or SCHEMA.TABLE;"
            f" there are: {_listed(sorted(others, key=lambda other: ('queue' not in other.casefold(), other)))}"
        ) from None
    columns = found_columns(list(types))
    if columns is None:
        raise InputFileError(
            f"{address.shown}: table {wanted.table} is not Asterisk's: it needs time, callid, queuename,"
            f" agent, event and data1 … or data; it has: {_listed(list(types))}"
        )
    names = [name for place, name in enumerate(types) if place in _read(columns)]
    read = found_columns(names)
    assert read is not None  # noqa: S101 - the same names as above
    return _Table(sa.table(name, schema=schema or None), names, read, types)


def _read(columns: Columns) -> set[int | None]:
    """The places of the columns that are read."""
    fields = (columns.time, columns.callid, columns.queue, columns.agent, columns.event)
    return {*fields, *columns.data, columns.joined_data, columns.row_id}


def _near(table: _Table, wanted: RowsWanted) -> sa.ColumnElement[bool]:
    """The rows that may lie in the range: a day more on both sides, for the zones of all times."""
    time: sa.ColumnElement[Any] = sa.column(table.time)
    first = None if wanted.since is None else wanted.since - DAY
    last = None if wanted.until is None else wanted.until + DAY
    kind = table.types[table.time]
    if isinstance(kind, sa.DateTime):
        moments = (
            None if at is None else to_datetime(at).replace(tzinfo=None) for at in (first, last)
        )
        return _between(time, *moments)
    seconds = [None if at is None else at // SECOND for at in (first, last)]
    if isinstance(kind, sa.Integer | sa.Numeric):
        return _between(time, *seconds)
    # Texts: dates alone compare alike in every collation; or seconds since 1970, written alike.
    days = (
        None if at is None else f"{to_datetime(at) + timedelta(days=more):%Y-%m-%d}"
        for at, more in ((first, 0), (last, 1))
    )
    epochs = (None if second is None else str(second) for second in seconds)
    return sa.or_(
        sa.and_(time.like("____-%"), _between(time, *days)),
        sa.and_(time.not_like("____-%"), _between(time, *epochs)),
    )


def _between(time: sa.ColumnElement[Any], first: Any, last: Any) -> sa.ColumnElement[bool]:
    bounds = [sa.true()]
    if first is not None:
        bounds.append(time >= first)
    if last is not None:
        bounds.append(time <= last)
    return sa.and_(*bounds)


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return ", ".join(names[:_MOST_NAMES]) + more if names else "none"


def _words(address: DatabaseAddress, error: Exception) -> str:
    """What a driver says of an error; MySQL's number is not shown."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    arguments = cause.args if cause is not None else ()
    numbered = len(arguments) > 1 and isinstance(arguments[0], int)
    return address.masked(str(arguments[1] if numbered else cause))
