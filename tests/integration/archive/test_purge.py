"""`archive purge`: old rows go, alike on chDB and on Debian's server; the rest stays as it was."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from schemas.millis import DAY, HOUR, from_iso, iso
from schemas.tables import TABLES
from streams.admin.nightly_retention import NightlyRetention
from streams.cli.archive import command as archive_command
from streams.history.call_figures import call_figures
from streams.history.catalogue import read_catalogue
from streams.history.question import Question
from streams.plumbing.wall_clock import now_ms
from streams.sinks.clickhouse.database import Database
from streams.sinks.clickhouse.deletions import MOMENTS
from streams.sinks.clickhouse.driver import ServerDatabase
from streams.sinks.clickhouse.purge import TIME_OF_ROW, old_rows, purge
from streams.sinks.clickhouse.retention import said
from tests.integration.archive.databases import KINDS, keep, keep_legs, keep_targets, opened
from tests.support.legs import made_up_legs, targets_of
from tests.support.services import ClickHouse

START, END = from_iso("2026-03-20T00:00:00Z"), from_iso("2026-06-10T00:00:00Z")
CUT = from_iso("2026-05-15T06:30:00Z")
LEGS = made_up_legs(31, START, END, ["billing"], 400)
NOTES = sum(map(len, MOMENTS.values()))  # of what was deleted
OLD = [leg for leg in LEGS if leg.arrived_at < CUT]


def fill(database: Database) -> None:
    keep_legs(database, LEGS, 1)
    keep_legs(database, LEGS, 2)
    keep_targets(database, targets_of(["billing"]))
    for table, column in TIME_OF_ROW.items():
        if table in {"legs", "leg_versions"}:
            continue
        kinds: dict[str, str] = dict(
            database.execute(
                "SELECT name, type FROM system.columns"
                f" WHERE database = currentDatabase() AND table = '{table}'"
            ).rows
        )
        rows = [
            tuple(_value(name, kinds[name], at, number) for name in TABLES[table])
            for number, at in enumerate(range(START, END, DAY))
        ]
        assert column in TABLES[table]
        keep(database, table, rows)


def _value(name: str, kind: str, at: int, number: int) -> object:
    if kind.startswith("Array"):
        return []
    if kind.startswith("DateTime"):
        return at // 1000
    if kind in {"String", "Nullable(String)"}:
        return f"x{number}"
    return at if name.endswith("_ms") else number


@pytest.fixture(params=KINDS)
def archive(
    request: pytest.FixtureRequest, clickhouse_server: ClickHouse, tmp_path: Path
) -> Iterator[Database]:
    with opened(request.param, tmp_path, clickhouse_server) as database:
        fill(database)
        yield database


def counts(database: Database) -> dict[str, int]:
    return {
        table: database.execute(f"SELECT count() FROM {table} FINAL").rows[0][0] for table in TABLES
    }


def test_what_is_older_goes_and_the_rest_stays(archive: Database) -> None:
    question = Question(CUT, END + HOUR)
    before = call_figures(archive, read_catalogue(archive, END), question)
    days = len(range(START, CUT, DAY))
    said = {each.table: each for each in old_rows(archive, CUT)}
    assert said.keys() == TIME_OF_ROW.keys()
    assert (said["events"].rows, said["events"].oldest) == (days, "2026-03-20T00:00:00Z")
    there = counts(archive)
    places = {"leg_places": len({(leg.queue, leg.arrived_at // 1000, leg.leg_id) for leg in OLD})}
    tables: list[str] = []
    purge(archive, CUT, END + DAY, tables.append)
    assert set(tables) == TIME_OF_ROW.keys()
    assert old_rows(archive, CUT) == []
    gone = {table: there[table] - left for table, left in counts(archive).items()}
    assert gone == {
        "legs": len(OLD), "leg_versions": 2 * len(OLD), "targets": 0, "audit": 0, "forgotten": 0,
        "notes": 0, "publications": 0, "published_figures": 0, "published_files": 0, "scheduled_reports": 0, "quarter_hours": 0, "queue_days": -NOTES,
        "caller_links": 0, "day_sums": 0, "leg_places": places["leg_places"], "event_places": days,
    } | dict.fromkeys(TIME_OF_ROW.keys() - {"legs", "leg_versions"}, days)  # fmt: skip
    assert call_figures(archive, read_catalogue(archive, END), question) == before
    purge(archive, CUT, END + DAY, tables.append)  # again: nothing
    assert counts(archive)["legs"] == len(LEGS) - len(OLD)


def test_a_day_that_is_sent_again_is_there_again(archive: Database) -> None:
    purge(archive, END + DAY, END + DAY, lambda _: None)
    assert counts(archive) == dict.fromkeys(TABLES, 0) | {"targets": 1, "queue_days": NOTES}
    keep_legs(archive, OLD[:10], 3)
    assert counts(archive)["legs"] == 10


def run(*arguments: str) -> tuple[int, list[str]]:
    done = CliRunner().invoke(archive_command, arguments)
    return done.exit_code, done.output.splitlines()


def test_the_command_says_what_it_deletes_and_needs_a_yes(
    clickhouse_server: ClickHouse, tmp_path: Path
) -> None:
    with opened("server", tmp_path, clickhouse_server) as database:
        fill(database)
        assert isinstance(database, ServerDatabase)
        place = ("--clickhouse", repr(database._address), "--before", "2026-05-15T06:30:00Z")
        code, lines = run("purge", *place)
        assert (code, lines[-1]) == (
            1, "queuewatch: nothing deleted: say --yes where nobody can be asked",
        )  # fmt: skip
        assert f"  leg_versions: {2 * len(OLD):,} rows" in "\n".join(lines)
        assert counts(database)["legs"] == len(LEGS)
        assert run("purge", *place, "--yes")[0] == 0
        assert counts(database)["legs"] == len(LEGS) - len(OLD)
        assert run("purge", *place) == (0, ["nothing is older than 2026-05-15T06:30:00+00:00"])
        for arguments, words in (
            (("purge", *place[:2], "--before", "2099-01-01"), "must lie in the past"),
            (
                ("purge", *place[:2], "--before", iso(now_ms() // DAY * DAY + 1)),
                "before today (UTC)",
            ),
            (("purge", *place[:2], "--before", "long ago"), 'got "long ago"'),
            ((*place[:2], "purge", "--before", "2026-01-01"), "options of `purge` stand behind it"),
        ):
            code, lines = run(*arguments)
            assert code == 2
            assert words in lines[-1]
        code, lines = run("purge", "--before", "2026-01-01", "--data", str(tmp_path / "none"))
        assert (code, lines) == (1, [f"queuewatch: {tmp_path / 'none'} holds no archive"])


def test_each_table_is_kept_as_long_as_is_said(archive: Database) -> None:
    there = counts(archive)
    turned: list[str] = []
    nightly = NightlyRetention({"events": END - CUT, "legs": END - CUT}, turned.append)
    nightly.turn(archive, END)
    assert turned == [f"kept: {said({'events': END - CUT, 'legs': END - CUT})}"]
    gone = {table: there[table] - left for table, left in counts(archive).items()}
    assert {table for table, rows in gone.items() if rows > 0} == {
        "events", "legs", "event_places", "leg_places",
    }  # fmt: skip
    assert min(gone["quarter_hours"], gone["queue_days"]) < 0  # what goes was rolled up before
    assert gone["legs"] == len(OLD)
    nightly.turn(archive, END + HOUR)  # once a day
    assert len(turned) == 1
