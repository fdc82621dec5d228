"""What both databases must do alike: migrations, repeated inserts, refusals; and what only one does."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from schemas.codec import encode
from schemas.tables import TABLES
from streams.sinks.clickhouse.address import ServerAddress, server_address
from streams.sinks.clickhouse.batches import insert_all_but_poison
from streams.sinks.clickhouse.database import ColumnDatabase, RefusedError, UnavailableError
from streams.sinks.clickhouse.driver import ServerDatabase
from streams.sinks.clickhouse.embedded import EmbeddedDatabase, FilesTakenError
from streams.sinks.clickhouse.leg_columns import leg_columns
from streams.sinks.clickhouse.migrate import migrate, migrations, problems
from streams.sinks.clickhouse.query_client import QueryClient
from streams.sinks.clickhouse.query_server import new_token, serve_queries
from streams.sinks.clickhouse.rows import LEG_SELECTED, leg_of_row, leg_row
from tests.integration.archive.databases import KINDS, keep, keep_legs, opened
from tests.integration.archive.process import RUN
from tests.support.legs import leg_row_of, made_up_legs, of_every_kind
from tests.support.services import ClickHouse

AT = 1_790_000_000_000


@pytest.fixture(params=KINDS)
def archive(
    request: pytest.FixtureRequest, clickhouse_server: ClickHouse, tmp_path: Path
) -> Iterator[ColumnDatabase]:
    with opened(request.param, tmp_path, clickhouse_server) as database:
        yield database


def test_migrations_are_applied_once_and_make_every_column(archive: ColumnDatabase) -> None:
    assert migrate(archive) == []
    assert problems(archive) == []
    (numbers,) = zip(
        *archive.execute("SELECT number FROM migrations ORDER BY number").rows, strict=True
    )
    assert list(numbers) == [migration.number for migration in migrations()]


def test_what_is_missing_is_told(archive: ColumnDatabase) -> None:
    archive.execute("DROP TABLE spells")
    archive.execute("INSERT INTO migrations SELECT 9999, 'later', 'x', now()")
    assert problems(archive) == [
        "migration 9999 is of a newer queuewatch: update this one",
        "table spells is missing",
    ]


def test_a_leg_inserted_again_is_one_leg(archive: ColumnDatabase) -> None:
    legs = made_up_legs(3, AT, AT + 3_600_000, ["billing"], 50)
    for _ in range(3):
        keep_legs(archive, legs)
    assert archive.execute(
        "SELECT count(), (SELECT count() FROM leg_versions FINAL) FROM legs FINAL"
    ).rows == [(50, 50)]


def test_texts_arrive_as_they_were_sent(archive: ColumnDatabase) -> None:
    texts = ["'); DROP TABLE legs; --", 'line\nbreak\ttab \\ "quoted" `x`', "Ünï😀", "", "\x00nul"]
    keep(
        archive,
        "quarantine",
        [("f", n, 0, 0, "bad_row", text, text, "", "") for n, text in enumerate(texts)],
    )
    found = archive.execute("SELECT detail FROM quarantine ORDER BY position")
    assert [row[0] for row in found.rows] == texts


def test_a_back_fill_of_many_months_is_one_insert(archive: ColumnDatabase) -> None:
    month = 31 * 86_400_000
    legs = [
        leg
        for n in range(150)
        for leg in made_up_legs(n, AT - n * month, AT - n * month + 1, ["b"], 1)
    ]
    keep_legs(archive, legs)
    assert archive.execute("SELECT count() FROM legs FINAL").rows == [(150,)]


def test_what_can_never_be_taken_is_refused_and_found(archive: ColumnDatabase) -> None:
    with pytest.raises(RefusedError):
        archive.execute("SELECT no_such_column FROM legs")
    good = [leg_row(leg_row_of(leg)) for leg in made_up_legs(5, AT, AT + 1000, ["billing"], 20)]
    poison = list(good[7])
    poison[TABLES["legs"].index("priority")] = "high"
    rows = [*good[:7], tuple(poison), *good[8:]]
    found = insert_all_but_poison(
        rows, lambda part: archive.insert("leg_versions", TABLES["leg_versions"], part)
    )
    assert [place for place, _ in found] == [7]
    assert archive.execute("SELECT count() FROM legs FINAL").rows == [(19,)]


def test_legs_by_column_are_the_rows_that_they_were(archive: ColumnDatabase) -> None:
    """Of every kind of value that a column has: NULL or not, long texts, other scripts, flags."""
    legs = of_every_kind(300)
    parts = [[encode(leg) for leg in legs[first : first + 70]] for first in range(0, 300, 70)]
    chunks = [columns for part in parts if (columns := leg_columns(part)) is not None]
    assert len(chunks) == 5
    archive.insert_columns("leg_versions", TABLES["leg_versions"], chunks)
    found = archive.execute(f"SELECT {', '.join(LEG_SELECTED)} FROM leg_versions ORDER BY version")
    assert [leg_row(leg_of_row(row)) for row in found.rows] == [leg_row(leg) for leg in legs]


@pytest.mark.parametrize(("name", "value"), [("priority", 2**63), ("version", -1), ("key_at", 2**43)])  # fmt: skip
def test_a_number_that_fits_no_column_is_refused_by_column_too(
    archive: ColumnDatabase, name: str, value: int
) -> None:
    (leg,) = made_up_legs(3, AT, AT + 1, ["billing"], 1)
    columns = leg_columns([encode(replace(leg_row_of(leg), **{name: value}))])
    assert columns is not None
    with pytest.raises(RefusedError):
        archive.insert_columns("leg_versions", TABLES["leg_versions"], [columns])
    assert archive.execute("SELECT count() FROM leg_versions").rows == [(0,)]


def test_a_server_that_is_away_may_come_back() -> None:
    database = ServerDatabase(ServerAddress("127.0.0.1", 1, "default", "secret", "archive"))
    with pytest.raises(UnavailableError) as told:
        database.execute("SELECT 1")
    assert "127.0.0.1:1" in str(told.value)
    assert "secret" not in str(told.value)


@pytest.mark.parametrize(
    "url", ["", "http://h/d", "clickhouse://h", "clickhouse:///d", "clickhouse://h/a;b"]
)
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        server_address(url)
    assert server_address("clickhouse://ann:p%40ss@host/d") == ServerAddress(
        "host", 9000, "ann", "p@ss", "d"
    )


def test_the_reading_side_of_the_embedded_database_cannot_write(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("of this machine")
    database = EmbeddedDatabase(tmp_path / "archive")
    server = serve_queries(0, new_token(tmp_path), database.reading)
    client = QueryClient(tmp_path, server.port)
    try:
        migrate(database)
        keep_legs(database, made_up_legs(3, AT, AT + 1, ["billing"], 1))
        assert client.execute("SELECT queue, version FROM legs").rows == [("billing", 1)]
        assert client.execute("SELECT toInt64(9007199254740993) AS n, NULL AS x").rows == [
            (9007199254740993, None)
        ]
        for sql in (f"SELECT * FROM file('{secret}', 'LineAsString')",
                    "SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString')"):  # fmt: skip
            with pytest.raises(RefusedError, match="READONLY"):
                client.execute(sql)
        for sql in ("DROP TABLE legs", "SET readonly = 0", "INSERT INTO legs (queue) VALUES ('x')"):
            with pytest.raises(RefusedError):
                database.reading.execute(sql)
        assert client.execute("SELECT count() FROM legs").rows == [(1,)]
    finally:
        server.close()
        database.close()


def test_a_second_process_is_told_that_the_files_are_taken(tmp_path: Path) -> None:
    database = EmbeddedDatabase(tmp_path / "archive")
    try:
        with pytest.raises(FilesTakenError, match="is open in another process"):
            EmbeddedDatabase(tmp_path / "archive")
        command = [sys.executable, "-c", RUN, "tables", "check", "--data", str(tmp_path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 1
        place = tmp_path / "archive"
        expected = f"{place} is open in another process: is an archive running on the same --data?"
        assert done.stderr.splitlines() == [f"queuewatch: {expected}"]
    finally:
        database.close()
