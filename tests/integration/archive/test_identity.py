"""Legs that share an id: told apart in the archive, and carried over from a former release as it knew them."""

from collections.abc import Iterator

import msgspec
import pytest

from schemas.legs import LegRow
from schemas.millis import HOUR, SECOND, from_iso
from schemas.tables import TABLES
from streams.history.legs_of_events import KEY_COLUMNS, row_key
from streams.history.legs_sql import newest_legs
from streams.sinks.clickhouse.database import Database
from streams.sinks.clickhouse.migrate import migrations
from streams.sinks.clickhouse.rows import leg_row
from tests.integration.archive.databases import KINDS, keep, opened
from tests.support.legs import leg_row_of
from tests.support.recount import Recorded
from tests.support.services import ClickHouse

NINE = from_iso("2026-05-04T09:00:00Z")
SECONDS = NINE // SECOND
THIS = 4  # number of the migration


def leg(arrived_at: int, source: str, version: int) -> LegRow:
    row = leg_row_of(Recorded("7", "billing", arrived_at, "answered", arrived_at + SECOND), version)
    return msgspec.structs.replace(row, source=source)


@pytest.fixture(params=KINDS)
def archive(
    request: pytest.FixtureRequest,
    clickhouse_server: ClickHouse,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Database]:
    folder = tmp_path_factory.mktemp("identity")
    with opened(request.param, folder, clickhouse_server) as database:
        yield database


def known(archive: Database, as_of: int | None = None) -> list[tuple[tuple[str, str, int], int]]:
    newest = newest_legs((*KEY_COLUMNS, "version"), NINE, NINE + 24 * HOUR, None, as_of)
    answer = archive.execute(f"SELECT * FROM {newest}")
    return sorted((row_key(row), int(row["version"])) for row in answer.named())


def test_legs_of_one_id_are_told_apart_by_node_and_visit(archive: Database) -> None:
    rows = [
        leg(NINE, "north", 1), leg(NINE, "north", 2), leg(NINE, "south", 3),
        leg(NINE + HOUR, "north", 4), leg(NINE, "records:a.csv", 5), leg(NINE, "records:b.csv", 6),
    ]  # fmt: skip
    keep(archive, "leg_versions", [leg_row(row) for row in rows])
    expected = [
        (("7", "north", SECONDS), 2),
        (("7", "north", SECONDS + 3600), 4),
        (("7", "records", SECONDS), 6),
        (("7", "south", SECONDS), 3),
    ]
    assert known(archive) == expected
    archive.execute("OPTIMIZE TABLE legs FINAL")  # the database merges by the same key
    assert known(archive) == expected
    assert known(archive, as_of=2**62) == expected


def test_what_a_former_release_knew_as_one_leg_stays_one(archive: Database) -> None:
    for table in ("legs_from_versions", "legs", "leg_versions"):
        archive.execute(f"DROP TABLE {table}")
    *before, newest = [each for each in migrations() if each.number <= THIS]
    later = [each for each in migrations() if each.number > THIS]
    for migration in before:
        for statement in migration.statements:
            archive.execute(statement)
    place = TABLES["leg_versions"].index("node")
    columns = tuple(name for name in TABLES["leg_versions"] if name not in {"node", "delivery"})
    other = msgspec.structs.replace(leg(NINE, "x", 3), leg_id="8")
    entries = [
        msgspec.structs.replace(leg(NINE + n * HOUR, "asterisk", 3 + n), leg_id=f"1.7/billing/{n}")
        for n in (1, 2)
    ]
    first = (leg(NINE, "north", 1), leg(NINE + HOUR, "records:b.csv", 2), other)
    rows = map(leg_row, (*first, *entries))
    archive.insert("leg_versions", columns, [row[:place] + row[place + 1 : -1] for row in rows])
    expected = [
        (("1.7/billing/1", "asterisk", SECONDS + 3600), 4),
        (("1.7/billing/1", "asterisk", SECONDS + 7200), 5),
        (("7", "records", SECONDS + 3600), 2),  # the newest holds, with all of its versions
        (("8", "x", SECONDS), 3),
    ]
    for _ in range(2):  # once more, as after a death before it was noted
        for statement in newest.statements:
            archive.execute(statement)
    for migration in later:
        for statement in migration.statements:
            archive.execute(statement)
    assert known(archive) == expected
    assert known(archive, as_of=2**62) == expected
    answer = archive.execute("SELECT count() FROM leg_versions WHERE leg_id = '7'")
    assert int(answer.rows[0][0]) == 2
    keep(archive, "leg_versions", [leg_row(leg(NINE, "north", 9))])  # what comes now is told apart
    assert len(known(archive)) == len(expected) + 1
