"""What a withdrawal does to history, asked of both databases: newest rows, former figures, ledger, effects."""

from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from dashboards.grafana.executive_sql import VOLUMES
from schemas.deliveries import Withdrawal
from schemas.legs import LegRow
from schemas.millis import HOUR, MINUTE, SECOND, from_iso
from schemas.newest_legs import newest_legs_sql
from schemas.tables import TABLES
from schemas.topics import DECISION_BITS
from streams.history.catalogue import Catalogue, is_seen, seen_queues
from streams.history.known_legs import Comparison, compare
from streams.history.legs_sql import newest_legs
from streams.history.question import Question
from streams.history.reach import of_legs
from streams.history.reports.contact import read_story
from streams.history.reports.corrections import corrections
from streams.history.withdrawing import Effect, effects, is_withdrawn
from streams.sinks.clickhouse.database import Database
from streams.sinks.clickhouse.migrate import migrations
from streams.sinks.clickhouse.rows import leg_row, withdrawal_row
from tests.integration.archive.databases import KINDS, keep, opened
from tests.integration.archive.test_known_legs import LEG
from tests.support.legs import leg_row_of
from tests.support.recount import Recorded
from tests.support.services import ClickHouse

NINE = from_iso("2026-05-04T09:00:00Z")
TOLD = NINE + 24 * HOUR
THIS = 5  # number of the migration


def leg(name: str, version: int, delivery: str, wait_s: int = 10, queue: str = "billing") -> LegRow:
    recorded = Recorded(name, queue, NINE, "answered", NINE + wait_s * SECOND)
    row = leg_row_of(recorded, version << DECISION_BITS, TOLD + version * MINUTE)
    return replace(row, delivery=delivery, feed="history", contact_id=f"c-{name}")


LEGS = (
    leg("1", 1, "first"),
    leg("1", 2, "second", wait_s=30),
    leg("2", 3, "second"),
    leg("3", 4, "second", queue="2026-05-04"),  # a wrong mapping took the day for the queue
    leg("4", 5, "second"),
    leg("4", 6, "third", wait_s=40),
)


@pytest.fixture(params=KINDS)
def archive(
    request: pytest.FixtureRequest,
    clickhouse_server: ClickHouse,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Database]:
    folder = tmp_path_factory.mktemp("withdrawing")
    with opened(request.param, folder, clickhouse_server) as database:
        keep(database, "leg_versions", [leg_row(row) for row in LEGS])
        yield database


def withdrawn(archive: Database, delivery: str, at: int) -> None:
    keep(archive, "withdrawals", [withdrawal_row(Withdrawal(delivery, at), at)])


def waits(archive: Database, as_of: int | None = None) -> dict[str, int]:
    newest = newest_legs(("wait_ms",), NINE, NINE + HOUR, None, as_of)
    answer = archive.execute(f"SELECT leg_id, wait_ms FROM {newest}")
    return {str(name): int(wait) // SECOND for name, wait in answer.rows}


def test_a_withdrawn_delivery_holds_no_more_and_what_others_told_does(archive: Database) -> None:
    before = {"1": 30, "2": 10, "3": 10, "4": 40}
    assert waits(archive) == waits(archive, as_of=TOLD + HOUR) == before
    assert effects(archive, "second") == [
        Effect("2026-05-04", 1, 0, 0, NINE, NINE),
        Effect("billing", 1, 1, 1, NINE, NINE),
    ]
    assert effects(archive, "nobody's") == []
    assert not is_withdrawn(archive, "second")
    withdrawn(archive, "second", TOLD + HOUR)
    after = {"1": 10, "4": 40}
    for _ in range(2):
        assert waits(archive) == waits(archive, as_of=TOLD + HOUR) == after
        assert waits(archive, as_of=TOLD + HOUR - 1) == before
        archive.execute("OPTIMIZE TABLE legs FINAL")  # the database merges by the same key
    assert is_withdrawn(archive, "second")
    assert (seen_queues(archive), is_seen(archive, "2026-05-04")) == (["billing"], False)
    assert NINE in of_legs(archive)
    sent_again = leg("2", 7, "fourth", wait_s=20)
    keep(archive, "leg_versions", [leg_row(sent_again)])
    assert waits(archive) == after | {"2": 20}


def test_the_ledger_says_what_the_withdrawal_changed(archive: Database) -> None:
    withdrawn(archive, "second", TOLD + HOUR)
    rows = corrections(archive, Catalogue("UTC", {}), Question(NINE, NINE + HOUR))
    found = {
        (row["leg_id"], row["column"], row["was"], row["now"])
        for row in rows
        if row["cause"] == "withdrawn"
    }
    assert found == {
        ("1", "answered_at", "2026-05-04T09:00:30Z", "2026-05-04T09:00:10Z"),
        ("1", "left_at", "2026-05-04T09:00:30Z", "2026-05-04T09:00:10Z"),
        ("1", "wait_ms", 30_000, 10_000), ("1", "in_target", 0, 1),
        ("2", "outcome", "answered", None), ("2", "arrived_at", "2026-05-04T09:00:00Z", None),
        ("3", "outcome", "answered", None), ("3", "arrived_at", "2026-05-04T09:00:00Z", None),
    }  # fmt: skip
    assert {row["delivery"] for row in rows if row["cause"] == "withdrawn"} == {"second"}
    known = Question(TOLD + HOUR, TOLD + 2 * HOUR, range_of="known")
    assert len(corrections(archive, Catalogue("UTC", {}), known)) == len(found)
    later = Question(TOLD + 2 * HOUR, TOLD + 3 * HOUR, range_of="known")
    assert corrections(archive, Catalogue("UTC", {}), later) == []


def test_a_contact_says_that_what_was_told_of_it_was_withdrawn(archive: Database) -> None:
    withdrawn(archive, "second", TOLD + HOUR)
    legs, versions, _ = read_story(archive, "c-2").rows
    assert legs == []
    assert [(row["cause"], row["outcome"]) for row in versions] == [
        ("not archived", "answered"), ("withdrawn second", None),
    ]  # fmt: skip
    legs, versions, _ = read_story(archive, "c-1").rows
    assert ([row["wait_s"] for row in legs], len(versions)) == ([10.0], 3)


def test_what_was_withdrawn_is_new_to_history(archive: Database) -> None:
    keep(
        archive,
        "leg_versions",
        [leg_row(replace(leg("7", 9, "fifth", queue=LEG.queue), source=LEG.source))],
    )
    assert compare(archive, [LEG]) != [Comparison("new")]
    withdrawn(archive, "fifth", TOLD)
    assert compare(archive, [LEG]) == [Comparison("new")]


def test_the_board_of_executives_counts_what_holds(archive: Database) -> None:
    withdrawn(archive, "second", TOLD + HOUR)
    sql = VOLUMES.replace("$__fromTime", f"toDateTime({NINE // SECOND})")
    sql = sql.replace("$__toTime", f"toDateTime({(NINE + HOUR) // SECOND})")
    sql = sql[: sql.index("AND queue IN")] + ")"
    assert archive.execute(sql).rows == [(2, 2, 0, 0)]


def test_an_archive_of_a_former_release_keeps_its_legs(archive: Database) -> None:
    for table in ("legs_from_versions", "legs", "leg_versions", "deliveries", "withdrawals"):
        archive.execute(f"DROP TABLE {table}")
    *before, newest = [each for each in migrations() if each.number <= THIS]
    for migration in before:
        for statement in migration.statements:
            archive.execute(statement)
    columns = [name for name in TABLES["leg_versions"] if name != "delivery"]
    rows = [leg_row(replace(each, delivery="")) for each in LEGS]
    place = TABLES["leg_versions"].index("delivery")
    archive.insert("leg_versions", columns, [row[:place] + row[place + 1 :] for row in rows])
    for _ in range(2):  # once more, as after a death before it was noted
        for statement in newest.statements:
            archive.execute(statement)
        assert waits(archive) == {"1": 30, "2": 10, "3": 10, "4": 40}
    versions = newest_legs_sql("leg_versions", (), (), as_of=2**62)
    assert len(archive.execute(versions).rows) == len({each.leg_id for each in LEGS})
    assert archive.execute("SELECT count() FROM leg_versions FINAL").rows == [(len(LEGS),)]
    keep(archive, "leg_versions", [leg_row(leg("1", 9, "new", wait_s=50))])
    assert waits(archive)["1"] == 50
    withdrawn(archive, "new", TOLD)
    assert waits(archive)["1"] == 30
