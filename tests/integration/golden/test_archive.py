"""The archive of a former release is migrated, and says what it said then."""

import csv
import io
import os
import sys
import time
import urllib.parse
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest

from streams.admin.topics import create_topics
from streams.history.building import build_all
from streams.local.kafka import LocalKafka
from streams.sinks.clickhouse.driver import ServerDatabase
from streams.sinks.clickhouse.embedded import EmbeddedDatabase
from streams.sinks.clickhouse.migrate import migrate, problems
from tests.golden.record import RANGE, REPORTS
from tests.integration.archive.databases import yet_to_be_made
from tests.integration.archive.process import archive_process
from tests.integration.golden.restored import restore_tables
from tests.support import forked
from tests.support.golden import RELEASES, report_rows
from tests.support.names import unique
from tests.support.services import ClickHouse

QUEUEWATCH = str(Path(sys.executable).with_name("queuewatch"))


@pytest.mark.parametrize("release", RELEASES)
def test_on_a_server(release: str, clickhouse_server: ClickHouse) -> None:
    with yet_to_be_made(clickhouse_server, "golden") as address:
        with closing(ServerDatabase(address)) as database:
            database.create_database()
            where = urllib.parse.urlencode({"database": address.database})
            url = f"http://{clickhouse_server.host}:{clickhouse_server.http_port}/?{where}"
            restore_tables(lambda sql: _post(url, sql), release)
            migrate(database)
            assert problems(database) == []
            now = time.time_ns() // 1_000_000
            assert build_all(database, now, now) > 0  # its legs came without notes of their days
        _check_reports(
            release, "--clickhouse",
            f"clickhouse://default@{address.host}:{address.port}/{address.database}",
        )  # fmt: skip


@pytest.mark.parametrize("release", RELEASES)
def test_embedded(release: str, kafka: LocalKafka, tmp_path: Path) -> None:
    data, namespace = tmp_path / "data", unique("golden") + "."
    database = EmbeddedDatabase(data / "archive")
    try:
        restore_tables(database.execute, release)
        migrate(database)
        assert problems(database) == []
    finally:
        database.close()
    create_topics(kafka.place.bootstrap, namespace, time.time_ns() // 1_000_000, 1)
    archive = archive_process(tmp_path, kafka.place.bootstrap, namespace)
    with archive.server:
        _check_reports(release, "--data", str(data), "--query-port", str(archive.query_port))


def _check_reports(release: str, *place: str) -> None:
    """Every column that the release had, row by row; a later one may add columns."""
    for report, arguments in REPORTS.items():
        words = ["history", *arguments, *RANGE, "--format", "csv", *place]
        done = forked.run(words, os.environ, 120)
        assert done.returncode == 0, done.stderr
        former = report_rows(release, report)
        rows = list(csv.DictReader(io.StringIO(done.stdout, newline="")))
        assert len(rows) == len(former) > 0, report
        different = [
            (name, was[name], row.get(name))
            for was, row in zip(former, rows, strict=True)
            for name in was
            if was[name] != row.get(name)
        ]
        assert different == [], (report, different[:5])


def _post(url: str, sql: str) -> None:
    with urllib.request.urlopen(url, sql.encode(), timeout=60) as answer:
        answer.read()
