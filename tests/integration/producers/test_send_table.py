"""Asterisk's table, read from real servers: every type of time, one line an error, each call counted once."""

import io
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC
from pathlib import Path

import pytest

from producers.asterisk.database_address import address_of
from producers.asterisk.database_table import RowsWanted, copied_table
from producers.asterisk.table_copy import found_copy
from producers.asterisk.table_lines import table_lines
from schemas.millis import from_iso
from streams.local.kafka import LocalKafka
from tests.support.line import Line
from tests.support.names import unique
from tests.support.sql_servers import PASSWORD, SqlServer, mariadb, postgresql

DAY = ("--from", "2025-03-11T00:00:00Z", "--to", "2025-03-12T00:00:00Z")
QUEUES = """\
[defaults]
time_zone = "UTC"
answer_within = "20s"
goal = 0.8
[queues.postgresql]
[queues.mysql]
"""
COLUMNS = """id INTEGER PRIMARY KEY, time {time}, callid VARCHAR(80), queuename VARCHAR(80), agent VARCHAR(80),
 event VARCHAR(40), data1 VARCHAR(100), data2 VARCHAR(100), data3 VARCHAR(100)"""
TIMES = [
    ("postgresql", "TIMESTAMP"),
    ("postgresql", "TIMESTAMPTZ"),
    ("postgresql", "VARCHAR(40)"),
    ("postgresql", "BIGINT"),
    ("postgresql", "DOUBLE PRECISION"),
    ("mysql", "DATETIME(6)"),
    ("mysql", "TIMESTAMP(6) NULL"),
    ("mysql", "VARCHAR(40)"),
    ("mysql", "INTEGER"),
    ("mysql", "DECIMAL(20,6)"),
]
UTC_SESSION = {"postgresql": "SET TIME ZONE 'UTC'", "mysql": "SET time_zone = '+00:00'"}
NUMBERS = ("BIGINT", "DOUBLE PRECISION", "INTEGER", "DECIMAL(20,6)")
NOON = 1741694400  # 2025-03-11T12:00:00Z
Row = tuple[int, str, *tuple[str | None, ...]]  # id, time of the day, the rest
by_server = pytest.mark.parametrize("kind", ["postgresql", "mysql"])


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[str, SqlServer]]:
    with ExitStack() as stack:
        started = [stack.enter_context(make()) for make in (postgresql, mariadb)]
        yield {each.kind: each for each in started}


@pytest.fixture(scope="module")
def line(kafka: LocalKafka, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    with Line(kafka.place.bootstrap, tmp_path_factory.mktemp("table"), QUEUES) as started:
        yield started


def _insert(table: str, row_id: int, time: str, *texts: str | None) -> str:
    cells = ", ".join("NULL" if text is None else f"'{text}'" for text in texts)
    return f"INSERT INTO {table} VALUES ({row_id}, {time}, {cells})"


@pytest.mark.parametrize(("kind", "time"), TIMES)
def test_a_time_is_the_same_in_every_type_and_so_is_a_range(
    servers: dict[str, SqlServer], tmp_path: Path, kind: str, time: str
) -> None:
    server, table = servers[kind], unique("log").replace("-", "_").replace(".", "_")

    def written(second: int) -> str:
        text = f"2025-03-11 12:{second // 60:02}:{second % 60:02}"
        return str(NOON + second) if time in NUMBERS else f"'{text}'"

    rest = ("7.1", "sales", None, "ENTERQUEUE", "", "5550160", "1")
    server.execute(
        f"CREATE TABLE {table} ({COLUMNS.format(time=time)})",
        UTC_SESSION[kind],
        *(_insert(table, 100 - n, written(60 * n), *rest) for n in range(5)),
        _insert(table, 1, written(60), *rest),
    )
    wanted = RowsWanted(
        table, UTC, from_iso("2025-03-11T12:01:00Z"), from_iso("2025-03-11T12:04:00Z")
    )
    address = address_of(server.typed())
    copy = copied_table(address, wanted, tmp_path, io.StringIO())
    numbered = list(enumerate(copy.read_text().splitlines(), 1))
    form = found_copy(numbered)
    assert form is not None
    told = [line.text.split("|")[0] for line in table_lines(form, UTC, lambda: numbered)]
    assert [round(float(each)) - NOON for each in told] == [60, 60, 120, 180]
    assert [row.cells[0] for row in form.rows(numbered) if row.cells] == ["1", "99", "98", "97"]


@by_server
def test_a_wrong_address_is_one_line_without_the_password(
    servers: dict[str, SqlServer], line: Line, kind: str
) -> None:
    server = servers[kind]
    server.execute("CREATE TABLE cdr (id INTEGER)")
    for url, table, words in (
        (server.typed(password="wr0ng"), "queue_log", ("cannot connect", "user", "check host")),
        (server.typed(database="none"), "queue_log", ("cannot connect", "none", "check host")),
        (server.typed(), "queuelog", ("no table queuelog: --table names another", "cdr")),
        (server.typed(), "cdr", ("is not Asterisk's: it needs time, callid", "it has: id")),
    ):
        said = line.fails("send", "queue-log", "--database", url, "--table", table)
        (problem,) = [each for each in said.splitlines() if each.startswith(f"queuewatch: {kind}")]
        assert problem.startswith(f"queuewatch: {server.shown.rpartition('/')[0]}/")
        assert [word for word in words if word not in problem] == []
        assert "wr0ng" not in said
        assert PASSWORD not in said


@by_server
def test_a_table_is_counted_once_sent_twice_while_it_grows_and_as_a_file(
    servers: dict[str, SqlServer], line: Line, tmp_path: Path, kind: str
) -> None:
    server, table = servers[kind], f"log_of_{kind}"
    rows: list[Row] = [
        (1, "11:40:00", "1.1", kind, None, "ENTERQUEUE", "", "5550160", "1"),
        (2, "11:40:14", "1.1", kind, "PJSIP/7", "CONNECT", "14", "1.2", "13"),
        (3, "11:41:14", "1.1", kind, "PJSIP/7", "COMPLETECALLER", "14", "60", "1"),
        (4, "11:42:00", "1.3", kind, None, "SURVEY", "A NAME", None, None),
        (5, "11:45:00", "1.4", kind, None, "ENTERQUEUE", "", "5550161", "1"),
    ]
    later: list[Row] = [
        (6, "11:45:33", "1.4", kind, None, "ABANDON", "1", "1", "33"),
        (7, "11:50:00", "1.5", kind, None, "ENTERQUEUE", "", "5550162", "1"),
        (8, "11:50:09", "1.5", kind, None, "ABANDON", "1", "1", "9"),
    ]

    def insert(new: list[Row]) -> None:
        server.execute(
            UTC_SESSION[kind],
            *(_insert(table, n, f"'2025-03-11 {time}'", *rest) for n, time, *rest in new),
        )

    def sent(*options: str) -> str:
        said = line.run("send", "queue-log", *options, "--source", kind, "--accept")
        line.drain()
        return said

    by_database = ("--database", server.typed(), "--table", table)
    server.execute(f"CREATE TABLE {table} ({COLUMNS.format(time='TIMESTAMP NULL')})")
    insert(rows)
    first = sent(*by_database)
    assert "2 legs sent, 1 of them still open at its end, 2 new, 0 known already" in first
    assert "1 line in quarantine (first: line 4: a verb that we do not know: SURVEY" in first
    assert "2 legs sent, 1 of them still open at its end, 0 new, 2 known" in sent(*by_database)
    insert(later)
    assert "3 legs sent, 1 new, 1 known already, 1 completed" in sent(*by_database)
    (export := tmp_path / "queue_log.csv").write_text(
        "id,time,callid,queuename,agent,event,data1,data2,data3\n"
        + "".join(
            ",".join((str(n), f"2025-03-11 {time}", *(text or "" for text in rest))) + "\n"
            for n, time, *rest in [*rows, *later]
        )
    )
    assert "3 legs sent, 0 new, 3 known already" in sent(str(export))
    (row,) = [each for each in line.history("summary", *DAY) if each["queue"] == kind]
    assert (row["offered"], row["answered"], row["abandoned"]) == ("3", "1", "2")
    assert f"{table}:4 " in line.run("quarantine", "list", "--each")
