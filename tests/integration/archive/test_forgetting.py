"""One caller is erased from both databases: no text of any table holds the token, and every count stays."""

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from click.testing import CliRunner

from schemas.audit import AuditRecord
from schemas.calls import Dropped, Queued
from schemas.codec import encode
from schemas.legs import LegRow
from schemas.millis import DAY, HOUR
from schemas.privacy import caller_token, key_from_secret
from schemas.quarantine import Quarantined
from schemas.tables import TABLES
from schemas.topics import TOPICS
from streams.cli.main import cli
from streams.sinks.clickhouse import clear_numbers, forgetting
from streams.sinks.clickhouse.clear_numbers import pattern_of
from streams.sinks.clickhouse.database import Database
from streams.sinks.clickhouse.driver import ServerDatabase
from streams.sinks.clickhouse.forgetting import ERASED_AGAIN_MS, erase_again, forget, rows_of
from streams.sinks.clickhouse.records import Source
from streams.sinks.clickhouse.records import rows_of as rows_of_record
from tests.integration.archive.databases import KINDS, keep, opened
from tests.support.services import ClickHouse

NOW = 1_790_000_000_000
SECRET = b"a secret of the test, long enough"
KEY = key_from_secret(SECRET)
HERS, OTHER = caller_token(KEY, "071 555 0007"), caller_token(KEY, "0715550008")


def records() -> Iterator[tuple[str, bytes]]:
    for number, caller in enumerate((HERS, OTHER)):
        leg = LegRow(
            leg_id=f"leg{number}", queue="billing", key_at=NOW, version=1, known_at=NOW, feed="live",
            source="pbx", outcome="abandoned", arrived_at=NOW, caller=caller,
        )  # fmt: skip
        yield "legs", encode(leg)
        event = Queued(
            event_id=f"e{number}", at=NOW, source="pbx", feed="live", queue="billing",
            leg_id=f"leg{number}", caller=caller,
        )  # fmt: skip
        yield "calls", encode(event)
        yield (
            "quarantine",
            encode(
                Quarantined(
                    "calls-0", number, "wrong_type", f"of {caller}", NOW, f"x {caller} x", caller
                )
            ),
        )


def fill(database: Database) -> None:
    for offset, (topic, value) in enumerate(records()):
        for table, row in rows_of_record(Source(topic, 0, offset, NOW, b"k", value)):
            keep(database, table, [row])


@pytest.fixture(params=KINDS)
def archive(
    request: pytest.FixtureRequest, clickhouse_server: ClickHouse, tmp_path: Path
) -> Iterator[Database]:
    with opened(request.param, tmp_path, clickhouse_server) as database:
        fill(database)
        yield database


def holding(database: Database, token: str) -> set[str]:
    """Tables with the token in any text, asked without the list of those that may hold it."""
    found = set()
    for table in TABLES.keys() - {"forgotten"}:
        names = database.execute(
            "SELECT name FROM system.columns WHERE database = currentDatabase()"
            f" AND table = '{table}' AND type LIKE '%String%'"
        ).rows
        texts = " OR ".join(f"position(toString(`{name}`), '{token}') > 0" for (name,) in names)
        texts = texts or "0"  # `event_places` has numbers alone
        if int(database.execute(f"SELECT count() FROM {table} WHERE {texts}").rows[0][0]):
            found.add(table)
    return found


def test_one_is_forgotten_and_the_others_are_not(archive: Database) -> None:
    assert holding(archive, HERS) == set(forgetting.TEXTS)
    assert forget(archive, HERS, NOW) == dict.fromkeys(forgetting.TEXTS, 1)
    assert holding(archive, HERS) == set()
    assert holding(archive, OTHER) == set(forgetting.TEXTS)
    assert int(archive.execute("SELECT count() FROM legs FINAL").rows[0][0]) == 2
    fill(archive)  # what Kafka brings again
    assert rows_of(archive, HERS) != {}
    assert erase_again(archive, NOW + DAY) > 0
    assert holding(archive, HERS) == set()
    assert erase_again(archive, NOW + ERASED_AGAIN_MS + HOUR) == 0
    assert archive.execute("SELECT count() FROM forgotten").rows[0][0] in {0, "0"}


NUMBERS = ("0715550007", "071 555-0007", "+27715550007", "0715550007,0715550007;")


def in_clear() -> Iterator[tuple[str, bytes]]:
    """What a platform may make of a number beside the caller, and what only looks like it."""
    for number, words in enumerate((*NUMBERS, "10715550007", "07155500071", "0715550008")):
        leg = LegRow(
            leg_id=f"clear{number}", queue="billing", key_at=NOW, version=1, known_at=NOW, feed="live",
            source="pbx", outcome="answered", arrived_at=NOW, reason=f"to {words}", disposition=words,
            agent=f"SIP/{words}", contact_id=f"c-{words}-1",
        )  # fmt: skip
        yield "legs", encode(leg)
        event = Dropped(
            event_id=f"c{number}", at=NOW, source="pbx", feed="live", queue="billing",
            leg_id=f"{words}.{number}", reason=f'x "{words}" y',
        )  # fmt: skip
        yield "calls", encode(event)


def fill_in_clear(database: Database) -> None:
    for offset, (topic, value) in enumerate(in_clear()):
        for table, row in rows_of_record(Source(topic, 1, offset, NOW, b"k", value)):
            keep(database, table, [row])


def test_a_number_in_clear_leaves_text_and_is_told_where_it_must_stay(archive: Database) -> None:
    fill_in_clear(archive)
    local, abroad = (pattern_of(each) for each in ("071 555 0007", "+27 71 555 0007"))
    assert local is not None
    assert abroad is not None
    assert clear_numbers.erase(archive, local) == {"legs": 3, "leg_versions": 3, "events": 3}
    assert clear_numbers.erase(archive, abroad) == {"legs": 1, "leg_versions": 1, "events": 1}
    assert clear_numbers.erase(archive, local) == {}
    texts = archive.execute("SELECT reason, disposition FROM legs FINAL ORDER BY leg_id").rows
    assert [tuple(each) for each in texts if each[0]] == [
        ("to ", ""), ("to ", ""), ("to ", ""), ("to ,;", ",;"),
        ("to 10715550007", "10715550007"), ("to 07155500071", "07155500071"), ("to 0715550008", "0715550008"),
    ]  # fmt: skip
    assert clear_numbers.left(archive, local, [HERS]) == {
        "events.body": 4, "events.leg_id": 3, "leg_versions.agent": 3, "leg_versions.caller": 1,
        "leg_versions.contact_id": 3, "legs.agent": 3, "legs.caller": 1, "legs.contact_id": 3,
        "quarantine.detail": 1, "quarantine.original": 1, "quarantine.original_key": 1,
    }  # fmt: skip


def test_every_column_that_loses_a_number_is_one_of_its_table() -> None:
    for table, columns in clear_numbers.FREE_TEXT.items():
        assert set(columns) <= set(TABLES[table])


def test_every_topic_with_a_caller_is_named() -> None:
    def holds_callers(topic_holds: object) -> bool:
        kinds = get_args(topic_holds) or (topic_holds,)
        _, parts = msgspec.json.schema_components(kinds)
        return any("caller" in part.get("properties", {}) for part in parts.values())

    found = {each.name for each in TOPICS if each.holds is not bytes and holds_callers(each.holds)}
    assert found | {"quarantine"} == set(forgetting.TOPICS)


def test_the_command_asks_and_its_record_names_nobody(
    clickhouse_server: ClickHouse, tmp_path: Path, told: list[AuditRecord]
) -> None:
    (tmp_path / "caller.key").write_bytes(SECRET)
    with opened("server", tmp_path, clickhouse_server) as database:
        fill(database)
        assert isinstance(database, ServerDatabase)
        place = ["--clickhouse", repr(database._address), "--data", str(tmp_path)]

        def run(*words: str, typed: str = "") -> tuple[int, str]:
            done = CliRunner().invoke(cli, ["callers", "forget", *words, *place], input=typed)
            return done.exit_code, done.output

        code, said = run("071 555 0007")
        assert code == 1
        assert "nothing erased: say --yes" in said
        assert holding(database, HERS)
        assert run("anonymous", "--yes")[0] == 2
        code, said = run("-", "--yes", typed="0715550007\n")
        assert code == 0
        assert "erased in 4 rows" in said
        assert "quarantine: until" in said
        assert "state, and the memory of workers: until" in said
        assert not holding(database, HERS)
        assert run("-", "--yes", typed="0715550007\n")[1].startswith("no row of the archive names")
        fill_in_clear(database)
        code, said = run("0715550007", "--yes")
        assert "  legs: 3 rows with the number itself in their text" in said
        assert "erased in 9 rows" in said
        assert "  legs.agent: 3 rows" in said
    assert [(each.object, each.outcome) for each in told] == [
        ("one caller", "failed"), ("one caller", "done"), ("one caller", "done"), ("one caller", "done"),
    ]  # fmt: skip
    assert "left in 3 of legs.agent" in told[3].detail
    assert "erased in 4 rows" in told[1].detail
    assert "5550007" not in str(told)
    assert HERS not in str(told)
