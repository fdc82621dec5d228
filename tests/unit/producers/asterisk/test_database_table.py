"""By SQLite; tests/integration/producers/test_send_table.py has servers."""

import io
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from producers.asterisk.database_address import address_of
from producers.asterisk.database_table import RowsWanted, copied_table
from producers.asterisk.queue_log import QUEUE_LOG
from producers.contract import DetailedLeg, Refused
from producers.input_file import InputFileError
from producers.progress import silent
from schemas.calls import Queued
from schemas.millis import from_iso
from schemas.privacy import key_from_secret
from streams.local.kafka_place import HOST

KEY = key_from_secret(b"a secret of the tests")
NOW = 1_800_000_000_000
COLUMNS = "id INTEGER, time TEXT, callid TEXT, queuename TEXT, agent TEXT, event TEXT, data1 TEXT, data2 TEXT, data3 TEXT"
ROWS: list[tuple[Any, ...]] = [
    (4, "2025-03-11 11:41:14", "7.1", "sales", "SIP/1", "COMPLETECALLER", "14", "60", "1"),
    (1, "2025-03-11 11:40:00.5", "7.1", "sales", None, "ENTERQUEUE", "", "5550160", "1"),
    (3, "2025-03-11 11:40:14", "7.1", "sales", "SIP/1", "CONNECT", "14", None, "13"),
    (2, "2025-03-11 11:40:14", "7.1", "sales", "SIP/2", "RINGNOANSWER", "9000", None, None),
    (5, "2025-03-11 11:45:00", "7.2", "sales", None, "SURVEY", "5550161", None, None),
    (6, "2025-03-11 11:46:00", "7.3", "sales", None, "ENTERQUEUE", "", "5550162", "1"),
]


def _database(folder: Path, rows: Iterable[tuple[Any, ...]] = ROWS, columns: str = COLUMNS) -> str:
    path = folder / "asterisk.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"CREATE TABLE IF NOT EXISTS queue_log ({columns})")
        for row in rows:
            places = ",".join("?" for _ in row)
            connection.execute(f"INSERT INTO queue_log VALUES ({places})", row)
        connection.commit()
    return f"sqlite:///{path}"


def _copied(url: str, folder: Path, wanted: RowsWanted | None = None) -> Path:
    (folder / "copy").mkdir(exist_ok=True)
    return copied_table(
        address_of(url), wanted or RowsWanted("queue_log", UTC), folder / "copy", io.StringIO()
    )


def _items(path: Path) -> list[Any]:
    """What the file gives; a leg as (the whole, its events …)."""
    items = QUEUE_LOG.open(path, "pbx", KEY, {}).read(NOW, silent())
    return [(it.whole, *it.events) if isinstance(it, DetailedLeg) else it for it in items]


def _told(url: str, folder: Path) -> list[Any]:
    return _items(_copied(url, folder))


def _problem(url: str, folder: Path, table: str = "queue_log") -> str:
    with pytest.raises(InputFileError) as caught:
        _copied(url, folder, RowsWanted(table, UTC))
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_the_table_and_its_export_give_the_same_events_with_the_same_ids(tmp_path: Path) -> None:
    (export := tmp_path / "export.csv").write_text(
        "id,time,callid,queuename,agent,event,data1,data2,data3\n"
        + "".join(
            ",".join("" if cell is None else str(cell) for cell in row) + "\n" for row in ROWS
        )
    )
    by_database, by_file = _told(_database(tmp_path), tmp_path), _items(export)
    same = [item for item in by_file if not isinstance(item, Refused)]
    assert [item for item in by_database if not isinstance(item, Refused)] == same
    assert len(same) == 4  # a leg, a caller who waits, two states of an agent
    (refused,) = [item for item in by_database if isinstance(item, Refused)]
    assert "SURVEY" in refused.detail


def test_the_place_of_a_refusal_is_the_table_and_the_row(tmp_path: Path) -> None:
    path = _copied(_database(tmp_path), tmp_path)
    file = QUEUE_LOG.open(path, "pbx", KEY, {})
    (refused,) = [item for item in file.read(NOW, silent()) if isinstance(item, Refused)]
    assert (file.file.name, refused.position) == ("queue_log", 5)


@pytest.mark.parametrize(
    ("kind", "first", "last"),
    [
        ("TEXT", "2025-03-11 11:40:00", "2025-03-11 11:40:33"),
        ("DATETIME", "2025-03-11T11:40:00", "2025-03-11T11:40:33"),
        ("TEXT", "1741693200", "1741693233"),
        ("INTEGER", 1741693200, 1741693233),
        ("REAL", 1741693200.0, 1741693233.0),
    ],
)
def test_times_may_be_texts_and_numbers(
    tmp_path: Path, kind: str, first: object, last: object
) -> None:
    columns = f"TIME {kind}, CallId TEXT, QueueName TEXT, Agent TEXT, Event TEXT, Data1 TEXT, DATA2 TEXT, data3 TEXT"
    rows = [
        (first, "7.1", "sales", "NONE", "ENTERQUEUE", "", "5550160", "1"),
        (last, "7.1", "sales", "NONE", "ABANDON", "1", "1", "33"),
    ]
    ((whole, *_),) = _told(_database(tmp_path, rows, columns), tmp_path)
    assert (whole.arrived_at, whole.left_at) == (1_741_693_200_000, 1_741_693_233_000)
    assert whole.outcome == "abandoned"


def test_one_column_of_data_and_other_columns(tmp_path: Path) -> None:
    columns = (
        "serverid TEXT, time_id INTEGER, call_id TEXT, queue TEXT, agent TEXT, verb TEXT, data TEXT"
    )
    rows = [
        ("a", 1741693200, "7.1", "sales", "NONE", "ENTERQUEUE", "|5550160|1"),
        ("a", 1741693233, "7.1", "sales", "NONE", "ABANDON", "1|1|33"),
    ]
    ((whole, *_),) = _told(_database(tmp_path, rows, columns), tmp_path)
    assert (whole.outcome, whole.wait_ms) == ("abandoned", 33_000)


def test_rows_of_one_time_are_in_order_of_their_ids_else_as_they_were_written(
    tmp_path: Path,
) -> None:
    def lines(columns: str, rows: list[tuple[Any, ...]]) -> list[str]:
        (tmp_path / "asterisk.db").unlink(missing_ok=True)
        copy = _copied(_database(tmp_path, rows, columns), tmp_path)
        return [line for line in copy.read_text().splitlines() if "7." in line]

    newest_first = lines(COLUMNS, ROWS)
    assert [line[1:4] for line in newest_first] == [f'"{number}"' for number in range(1, 7)]
    without = lines(COLUMNS.removeprefix("id INTEGER, "), [row[1:] for row in ROWS])
    assert [line.split('"')[1] for line in without] == [row[1] for row in ROWS]


def test_a_range_is_kept_to_the_millisecond_in_the_zone_of_the_table(tmp_path: Path) -> None:
    berlin = ZoneInfo("Europe/Berlin")  # an hour ahead
    wanted = RowsWanted(
        "queue_log",
        berlin,
        since=from_iso("2025-03-11T10:40:00.500Z"),
        until=from_iso("2025-03-11T10:45:00Z"),
    )
    rows = [*ROWS, (7, "not a time", "7.4", "sales", None, "ENTERQUEUE", "", "", "")]
    copy = _copied(_database(tmp_path, rows), tmp_path, wanted)
    cells = [line.split('"') for line in copy.read_text().splitlines()[1:]]
    # what cannot be read is refused later, not left out here
    assert [row[1] for row in cells] == ["1", "2", "3", "4", "7"]


def test_a_growing_table_gives_the_same_ids_and_ends_what_was_open(tmp_path: Path) -> None:
    first = _told(_database(tmp_path), tmp_path)
    ended = (7, "2025-03-11 11:46:30", "7.3", "sales", None, "ABANDON", "1", "1", "30")
    second = _told(_database(tmp_path, [ended]), tmp_path)
    assert first[:-1] == second[: len(first) - 1]
    (waiting, *_), (abandoned, *_) = first[-1], second[-1]
    assert isinstance(waiting, Queued)
    assert (abandoned.leg_id, abandoned.outcome) == (waiting.leg_id, "abandoned")


def test_progress_is_there_before_the_first_row(tmp_path: Path) -> None:
    (tmp_path / "copy").mkdir()
    told = io.StringIO()
    address = address_of(_database(tmp_path))
    with pytest.raises(InputFileError):
        copied_table(address, RowsWanted("none", UTC), tmp_path / "copy", told)
    assert told.getvalue() == f"reading table none of {address.shown}\n"


def test_a_table_that_is_not_there_is_one_line_with_those_that_are(tmp_path: Path) -> None:
    url = _database(tmp_path)
    with closing(sqlite3.connect(tmp_path / "asterisk.db")) as connection:
        connection.execute("CREATE TABLE cdr (id INTEGER)")
    assert _problem(url, tmp_path, "queuelog") == (
        f"{url}: no table queuelog: --table names another, or SCHEMA.TABLE; there are: queue_log, cdr"
    )
    assert _problem(url, tmp_path, "cdr") == (
        f"{url}: table cdr is not Asterisk's: it needs time, callid, queuename, agent, event and"
        " data1 … or data; it has: id"
    )


def test_a_database_that_cannot_be_used_is_one_line(tmp_path: Path) -> None:
    missing = f"sqlite:///{tmp_path / 'none.db'}"
    assert _problem(missing, tmp_path) == f"{missing}: no such file (sqlite:////PATH from the root)"
    assert not (tmp_path / "none.db").exists()
    (tmp_path / "text.db").write_text("no database " * 100)
    assert _problem(f"sqlite:///{tmp_path / 'text.db'}", tmp_path).endswith(
        "table queue_log cannot be read: file is not a database; nothing was sent"
    )
    assert _problem("mysql+mysqldb://pbx/asterisk", tmp_path) == (
        "mysql+mysqldb://pbx/asterisk: the driver of this database is not installed (MySQLdb): install"
        " it beside queuewatch, or write postgresql:// or mysql://, whose drivers are"
    )
    assert _problem("foo://pbx/asterisk", tmp_path).endswith(
        "no such kind of database is known: write postgresql://, mysql:// or sqlite:///"
    )


@pytest.mark.parametrize("kind", ["postgresql", "mysql"])
def test_a_server_that_is_not_there_is_one_line_without_the_password(
    tmp_path: Path, kind: str
) -> None:
    problem = _problem(f"{kind}://ann:s3cret@{HOST}:1/asterisk", tmp_path)
    assert problem.startswith(f"{kind}://ann@{HOST}:1/asterisk: cannot connect: ")
    assert "onnection refused" in problem
    assert problem.endswith("; check host, port, user, password and database")
    assert "s3cret" not in problem
