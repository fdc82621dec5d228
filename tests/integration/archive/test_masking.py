"""Text of rows that a former release set aside is masked in both databases, once and for good."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from schemas.millis import from_iso
from schemas.privacy import key_from_secret
from schemas.quarantine import Quarantined
from streams.cli.archive import command
from streams.sinks.clickhouse.database import Database
from streams.sinks.clickhouse.driver import ServerDatabase
from streams.sinks.clickhouse.masking import count_readable, mask_text_of_rows
from streams.sinks.clickhouse.rows import quarantine_row
from tests.integration.archive.databases import KINDS, keep, opened
from tests.support.services import ClickHouse

CUT = from_iso("2026-11-01T00:00:00Z")
KEY = key_from_secret(b"a secret of the test")
OLD = Quarantined(
    "queue_log", 7, "unknown_line", 'the verb "ANNA" is not known', CUT - 1_000,
    "1741693200|7.1|q|NONE|CIDNAME|Anna Street 12",
)  # fmt: skip


@pytest.fixture(params=KINDS)
def archive(
    request: pytest.FixtureRequest, clickhouse_server: ClickHouse, tmp_path: Path
) -> Iterator[Database]:
    with opened(request.param, tmp_path, clickhouse_server) as database:
        rows = [OLD, Quarantined("queue_log", 8, "bad_row", "new", CUT + 1_000, "Bo")]
        keep(database, "quarantine", [quarantine_row(each) for each in rows])
        yield database


def texts(archive: Database) -> list[tuple[str, str]]:
    answer = archive.execute("SELECT detail, original FROM quarantine ORDER BY position")
    return [(str(detail), str(original)) for detail, original in answer.rows]


def test_old_text_becomes_its_shape_and_what_came_later_stays(archive: Database) -> None:
    assert count_readable(archive, CUT, KEY) == 1
    done: list[int] = []
    assert mask_text_of_rows(archive, CUT, KEY, done.append) == 1
    assert done == [1]
    ((detail, original), later) = texts(archive)  # without FINAL: the former row is gone
    assert detail == 'the verb "xxxx" is not known'
    assert original.endswith("|0.0|x|xxxx|xxxxxxx|xxxx xxxxxx 00")
    assert later == ("new", "Bo")
    assert count_readable(archive, CUT, KEY) == 0
    assert mask_text_of_rows(archive, CUT, KEY, done.append) == 0


def test_the_command_says_how_many_and_needs_a_yes(
    clickhouse_server: ClickHouse, tmp_path: Path
) -> None:
    with opened("server", tmp_path, clickhouse_server) as database:
        keep(database, "quarantine", [quarantine_row(OLD)])
        assert isinstance(database, ServerDatabase)
        arguments = ["mask", "--clickhouse", repr(database._address), "--data", str(tmp_path)]
        arguments += ["--before", "2026-11-01"]
        asked = CliRunner().invoke(command, arguments)
        assert asked.exit_code == 1
        assert asked.output.splitlines() == [
            "times without an offset are in UTC, the default zone",
            "set aside before 2026-11-01T00:00:00+00:00, with text that can be read: 1 rows",
            "queuewatch: nothing masked: say --yes where nobody can be asked",
        ]
        assert "Anna" in texts(database)[0][1]
        assert "masked 1 rows" in CliRunner().invoke(command, [*arguments, "--yes"]).output
        assert "Anna" not in texts(database)[0][1]
        again = CliRunner().invoke(command, arguments)
        assert again.stdout.startswith("no row that was set aside before 2026-11-01T00:00:00+00:00")
    none = CliRunner().invoke(
        command, ["mask", "--before", "2026-11-01", "--data", str(tmp_path / "none")]
    )
    assert (none.exit_code, none.output) == (
        1, f"queuewatch: {tmp_path / 'none'} holds no archive\n",
    )  # fmt: skip
