"""A contact that is found by its places is told as by a look at all rows, and costs the same in a large archive."""

import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from msgspec.structs import replace

from schemas.legs import LegRow
from schemas.millis import DAY, HOUR, MINUTE, SECOND, from_iso
from streams.history import places
from streams.history.question import HistoryError
from streams.history.report import Found
from streams.history.reports import contact
from streams.sinks.clickhouse.database import Answer, ColumnDatabase, Database
from streams.sinks.clickhouse.embedded import EmbeddedDatabase
from streams.sinks.clickhouse.forgetting import forget
from streams.sinks.clickhouse.migrate import migrations
from streams.sinks.clickhouse.purge import purge
from streams.sinks.clickhouse.rows import leg_row
from tests.bench import year_of_legs
from tests.integration.archive.databases import KINDS, keep, opened
from tests.support.legs import leg_row_of, made_up_legs
from tests.support.services import ClickHouse, get

START, END = from_iso("2025-11-20T00:00:00Z"), from_iso("2026-02-10T00:00:00Z")
CUT = from_iso("2026-01-15T06:37:00Z")
QUEUES = ["billing", "parking", "streets"]
CONTACTS = [f"c-{n}" for n in range(30)]
THIS = 18  # number of the migration
VIEWS = ("leg_places_from_versions", "event_places_from_events")
PLACES = ("leg_places", "event_places")


def legs() -> Iterator[LegRow]:
    """Ids that come again in other contacts, contacts of several legs, legs of none, corrected and moved ones, late ones."""
    chance = random.Random(41)
    for number, leg in enumerate(made_up_legs(43, START, END, QUEUES, 200)):
        row = replace(
            leg_row_of(leg, 10 * number + 1, leg.arrived_at + chance.choice((MINUTE, 40 * DAY))),
            leg_id=f"leg-{number % 96}",
            contact_id=chance.choice(["", *CONTACTS, f"leg-{number % 96}"]),
            caller=f"token-{number % 50}",
        )
        yield row
        if number % 4 == 0:
            later = row.known_at + chance.choice((MINUTE, 3 * DAY))
            yield replace(row, version=row.version + 1, known_at=later, disposition="sold")
        if number % 7 == 0:
            moved = replace(row, version=row.version + 2, known_at=row.known_at + HOUR)
            yield replace(moved, arrived_at=row.arrived_at + 2 * DAY, contact_id=row.contact_id)


LEGS = list(legs())


def events() -> Iterator[tuple[object, ...]]:
    for offset, row in enumerate(LEGS):
        for number, at in enumerate((row.arrived_at, row.known_at, row.known_at + 8 * MINUTE)):
            body = {"type": "queued", "agent": f"agent-{number}"}
            event = (
                f"calls-{offset % 3}", 3 * offset + number, at // SECOND, at, "queued", row.queue,
                row.leg_id if offset % 9 else "", f"e-{offset}-{number}", at, "made-up", "live", json.dumps(body),
            )  # fmt: skip
            yield event


def fill(database: Database) -> None:
    rows = [leg_row(row) for row in LEGS]
    for start in range(0, len(rows), 100):
        keep(database, "leg_versions", rows[start : start + 100])
    keep(database, "leg_versions", rows[:50])  # again, as after a crash
    keep(database, "events", list(events()))


@pytest.fixture(params=KINDS)
def archive(
    request: pytest.FixtureRequest, clickhouse_server: ClickHouse, tmp_path: Path
) -> Iterator[ColumnDatabase]:
    with opened(request.param, tmp_path, clickhouse_server) as database:
        fill(database)
        yield database


def story(database: Database, asked: str) -> Found | str:
    try:
        return contact.read_story(database, asked)
    except HistoryError as error:
        return str(error)


IDS = [*CONTACTS[:5], *(f"leg-{number}" for number in range(0, 96, 20)), "nobody", "o'clock"]


def told(database: Database) -> dict[str, Found | str]:
    return {asked: story(database, asked) for asked in IDS}


def told_of_all_rows(database: Database, monkeypatch: pytest.MonkeyPatch) -> dict[str, Found | str]:
    """As before there were places."""
    with monkeypatch.context() as patch:
        for name in ("legs_sql", "events_sql"):
            patch.setattr(contact, name, lambda *_: "1")
        return told(database)


def count(database: Database, table: str) -> int:
    return int(database.execute(f"SELECT count() FROM {table} FINAL").rows[0][0])


def test_every_contact_is_told_alike(
    archive: ColumnDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = told(archive)
    assert found == told_of_all_rows(archive, monkeypatch)
    with monkeypatch.context() as patch:  # as of ids with very many places
        patch.setattr(places, "_MOST_NAMED", 1)
        patch.setattr(places, "_MOST_SPANS", 1)
        assert told(archive) == found
    shown = [each for each in found.values() if isinstance(each, Found)]
    assert len(shown) == len(IDS) - 2
    assert max(len(each.rows[0]) for each in shown) > 3
    assert sum(len(each.rows[2]) for each in shown) > 100


def test_and_when_it_was_forgotten_merged_and_deleted(
    archive: ColumnDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = told(archive)
    forget(archive, "token-7", END)
    after = told(archive)
    assert after == told_of_all_rows(archive, monkeypatch)
    assert after != before
    for table in ("legs", *PLACES):
        archive.execute(f"OPTIMIZE TABLE {table} FINAL")
    assert told(archive) == told_of_all_rows(archive, monkeypatch)
    there = [count(archive, table) for table in PLACES]
    purge(archive, CUT, END, lambda _: None)
    assert told(archive) == told_of_all_rows(archive, monkeypatch)
    assert [count(archive, table) < was for table, was in zip(PLACES, there, strict=True)] == [
        True,
        True,
    ]
    purge(archive, END + 90 * DAY, END + 90 * DAY, lambda _: None)
    assert [count(archive, table) for table in PLACES] == [0, 0]


def test_an_archive_of_before_gets_its_places_once(
    archive: ColumnDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = told(archive)
    for table in (*VIEWS, *PLACES):
        archive.execute(f"DROP TABLE {table}")
    (this,) = (each for each in migrations() if each.number == THIS)
    for _ in range(2):  # once more, as after a death before it was noted
        for statement in this.statements:
            archive.execute(statement)
    assert told(archive) == expected
    now = replace(
        LEGS[0], leg_id="leg-new", contact_id="c-new", known_at=END
    )  # what comes after it
    keep(archive, "leg_versions", [leg_row(now)])
    assert isinstance(story(archive, "c-new"), Found)
    assert told(archive) == told_of_all_rows(archive, monkeypatch)


# Rows of one `queue`, `key_at` stand side by side in the one part of their month, and those of one hash in that of their
# year; so do those of a quarter hour in each partition of a topic. Side by side is in one granule, or over the edge of two.
GRANULE, TOPIC_PARTITIONS = 8192, 2
YEAR, MONTHS = 2025, (202501, 202507, 202512)  # of the legs that are asked for
AT_MOST = {
    "leg_places": 2 * GRANULE,
    "event_places": 2 * GRANULE,
    "legs": 2 * GRANULE,
    "leg_versions": 2 * GRANULE,
    "events": 2 * GRANULE * TOPIC_PARTITIONS,
    "queue_days": 0,  # nothing was deleted
}


class Counted:
    """A reader that notes how many rows the database looked at for each query: (table, rows)."""

    def __init__(self, database: ColumnDatabase, server: ClickHouse) -> None:
        self._database, self._server = database, server
        (((name,),)) = database.execute("SELECT currentDatabase()").rows
        self._name = str(name)
        self.looked_at: list[tuple[str, int]] = []
        if isinstance(database, EmbeddedDatabase):  # it remembers what a query of before left out
            database.execute("SYSTEM DROP QUERY CONDITION CACHE")

    def execute(self, sql: str) -> Answer:
        table = re.findall(r"\bFROM (\w+)", sql)[-1]
        self.looked_at.append((table, json.loads(self._json(sql))["statistics"]["rows_read"]))
        return self._database.execute(sql)

    def _json(self, sql: str) -> bytes:
        if isinstance(self._database, EmbeddedDatabase):
            return self._database.reading.execute_json(sql)
        asked = urlencode({"database": self._name, "query": f"{sql} FORMAT JSONCompact"})
        found = get(f"http://{self._server.host}:{self._server.http_port}/?{asked}", 60.0)
        assert found is not None
        return found

    def close(self) -> None: ...


def keep_events(database: Database, first: int, last: int) -> None:
    """Three events of each leg of a step in the months asked about."""
    database.execute(
        "INSERT INTO events SELECT concat('calls-', toString(n % 2)), 3 * n + event, toDateTime(intDiv(at, 1000), 'UTC'),"
        " at, 'queued', queue, leg_id, '', at, 'pbx', 'live', '{\"type\": \"queued\"}' FROM"
        " (SELECT queue, leg_id, event, arrived_at_ms + 60000 * event AS at, version % 1000000000 AS n FROM leg_versions"
        f" ARRAY JOIN [0, 1, 2] AS event WHERE version >= 20000000000 + {first} AND version < 20000000000 + {last}"
        f" AND toYYYYMM(key_at) IN {MONTHS})"
    )


def merge(database: Database) -> None:
    """One part of each of the months asked about: of several, each may be looked at, and how many there are is luck."""
    of_months = dict.fromkeys(("legs", "leg_versions", "events"), MONTHS)
    of_years = dict.fromkeys(PLACES, (YEAR,))
    for table, partitions in {**of_months, **of_years}.items():
        for partition in partitions:
            database.execute(f"OPTIMIZE TABLE {table} PARTITION {partition} FINAL")
            parts = database.execute(
                "SELECT count() FROM system.parts WHERE active AND database = currentDatabase()"
                f" AND table = '{table}' AND partition = '{partition}'"
            )
            assert parts.rows[0][0] == 1, (table, partition)


@pytest.mark.parametrize("kind", KINDS)
def test_a_contact_is_read_from_few_rows(
    kind: str, clickhouse_server: ClickHouse, tmp_path: Path
) -> None:
    """All of its legs were looked at, and all events since: seconds in an archive of years.

    Each step has legs of its own. The same legs again in a busier year would have other arrivals: two legs of an id.
    """
    with opened(kind, tmp_path, clickhouse_server) as database:
        for first, last in ((0, 100_000), (100_000, 400_000)):
            year_of_legs.keep_step(database, (first, last), last, 20)
            keep_events(database, first, last)
            merge(database)
            for number in (7_777, 50_001, last - 2):
                for asked in (f"contact-{number}", f"leg-{number}"):
                    counted = Counted(database, clickhouse_server)
                    found = contact.read_story(counted, asked)
                    assert [len(found.rows[0]), len(found.rows[2])] == [1, 3]
                    assert {table for table, _ in counted.looked_at} == set(AT_MOST)
                    assert [
                        (table, rows) for table, rows in counted.looked_at if rows > AT_MOST[table]
                    ] == [], (asked, last)
