"""In which zone a person's dates are read, and that it is said."""

from pathlib import Path

import msgspec
from click.testing import CliRunner

from schemas.millis import HOUR, from_iso
from streams.cli.history import command
from streams.sinks.clickhouse.address import ServerAddress
from streams.sinks.clickhouse.driver import ServerDatabase
from streams.sinks.clickhouse.migrate import migrate
from tests.integration.archive.databases import keep_legs, keep_targets, yet_to_be_made
from tests.support.legs import targets_of
from tests.support.recount import Recorded
from tests.support.services import ClickHouse

MIDNIGHT_IN_TOKYO = from_iso("2026-05-04T00:00:00+09:00")


def test_a_date_is_of_the_queue_that_is_asked_for(
    clickhouse_server: ClickHouse, tmp_path: Path
) -> None:
    with yet_to_be_made(clickhouse_server, "zones") as address:
        check_dates_of(address, tmp_path)


def check_dates_of(address: ServerAddress, tmp_path: Path) -> None:
    database = ServerDatabase(address)
    database.create_database()
    migrate(database)
    keep_targets(
        database, msgspec.structs.replace(targets_of(["tokyo"], "Asia/Tokyo"), default_zone="UTC")
    )
    keep_legs(
        database,
        [
            Recorded(f"{n}", "tokyo", MIDNIGHT_IN_TOKYO + n * HOUR, "abandoned", MIDNIGHT_IN_TOKYO + n * HOUR + 9)
            for n in (-1, 0, 1)
        ],
    )  # fmt: skip
    database.close()
    url = f"clickhouse://default@{address.host}:{address.port}/{address.database}"
    day = ("--from", "2026-05-04", "--to", "2026-05-05", "--clickhouse", url, "--format", "csv")

    def asked(*more: str) -> tuple[int, str]:
        done = CliRunner().invoke(command, ["legs", *day, *more, "--data", str(tmp_path)])
        return len(done.stdout.splitlines()) - 1, done.stderr

    assert asked("--queue", "tokyo") == (
        2, "times without an offset are in Asia/Tokyo, the zone of tokyo\n",
    )  # fmt: skip
    assert asked() == (0, "times without an offset are in UTC, the default zone\n")
    exact = ("--from", "2026-05-04T00:00:00+09:00", "--to", "2026-05-05T00:00:00+09:00")
    assert asked("--queue", "tokyo", *exact) == (2, "")
