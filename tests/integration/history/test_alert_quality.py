"""How rules did, asked of both databases: versions, rows written twice, words of people, and what lies outside."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from schemas.commands import (
    Acknowledged,
    AlertCommand,
    MarkedFalse,
    Muted,
    Noted,
    Notified,
    Unmuted,
)
from schemas.millis import DAY, HOUR, MINUTE, SECOND
from schemas.tables import ADDED_COLUMNS, TABLES
from streams.history.alert_quality import REPORT
from streams.history.catalogue import Catalogue
from streams.history.question import Question
from streams.history.report import Found, answer
from streams.sinks.clickhouse.database import Database, Row
from streams.sinks.clickhouse.migrate import migrate, problems
from streams.sinks.clickhouse.rows import alert_row, command_row
from tests.integration.archive.databases import KINDS, keep, opened
from tests.support.alerts import NOON, alert
from tests.support.services import ClickHouse

RANGE = Question(NOON, NOON + DAY)


def versions(name: str, fired_at: int, lasted_ms: int, **of: Any) -> list[Row]:
    """Pending, firing, firing a minute later, resolved."""
    of |= {"alert_id": name, "onset_at": fired_at - 20 * SECOND}
    told = [
        alert("pending", version=1, fired_at=None, **of),
        alert(version=2, fired_at=fired_at, **of),
        alert(version=3, fired_at=fired_at, **of),
        alert("resolved", version=4, fired_at=fired_at, **of | {"resolved_at": fired_at + lasted_ms}),
    ]  # fmt: skip
    return [alert_row(each) for each in told]


@pytest.fixture(params=KINDS)
def archive(
    request: pytest.FixtureRequest, tmp_path: Path, clickhouse_server: ClickHouse
) -> Iterator[Database]:
    words: list[AlertCommand] = [
        Acknowledged(who="ann", at=NOON + HOUR + 90 * SECOND, alert_id="a"),
        Acknowledged(who="bo", at=NOON + HOUR + 95 * SECOND, alert_id="a"),
        MarkedFalse(who="bo", at=NOON + 2 * DAY, alert_id="a", note="a test call"),
        Noted(who="bo", at=NOON + DAY, alert_id="outside", note="no power"),
        Muted(who="bo", at=NOON - HOUR, mute_id="m", until=NOON + DAY, queue="desk"),
        Unmuted(who="bo", at=NOON + 3 * HOUR, mute_id="m"),
        Muted(who="bo", at=NOON + 9 * DAY, mute_id="later", until=NOON + 10 * DAY, rule="abandonment"),
    ]  # fmt: skip
    alerts = [
        *versions("before", NOON - 2 * HOUR, 3 * HOUR - 10 * MINUTE),
        *versions("a", NOON + HOUR, 10 * MINUTE),
        *versions("muted", NOON + 2 * HOUR, MINUTE, queue="desk", rule="abandonment", severity="warn"),
        *versions("told", NOON + 4 * HOUR, MINUTE, queue="desk", rule="abandonment", severity="warn"),
        *versions("replay", NOON + HOUR, MINUTE, replay=True),
        *versions("outside", NOON + DAY, MINUTE),
    ]  # fmt: skip
    with opened(str(request.param), tmp_path, clickhouse_server) as database:
        keep(database, "alerts", alerts)
        keep(database, "alerts", alerts[2:5])  # what the archive inserted twice counts once
        rows = [command_row(each) for each in words]
        keep(database, "commands", rows)
        keep(database, "commands", rows)
        yield database


def asked(archive: Database, question: Question) -> Found:
    return answer(REPORT, archive, Catalogue("UTC", {}), question)


def test_it_counts_the_newest_versions_and_what_was_said_of_them(archive: Database) -> None:
    found = asked(archive, RANGE)
    abandonment, oldest = found.rows[0]
    names = (
        "rule",
        "fired",
        "muted",
        "told",
        "acknowledged",
        "never_acknowledged",
        "flaps",
        "replayed",
    )
    assert [abandonment[name] for name in names] == ["abandonment", 2, 1, 1, 0, 1, 0, 0]
    assert [oldest[name] for name in names] == ["oldest_wait", 1, 0, 1, 1, 0, 1, 1]
    assert (oldest["time_to_acknowledge_p50_s"], oldest["time_to_resolve_p90_s"]) == (90, 600)
    assert (oldest["marked_false"], oldest["owner"]) == (1, "billing-duty")
    assert [(row["rule"], row["fired"], row["told"]) for row in found.rows[1]] == [
        ("abandonment", 2, 1)
    ]


def test_one_queue_alone_and_a_range_without_alerts(archive: Database) -> None:
    of_desk = Question(NOON, NOON + DAY, queue="desk", alerts_by="queue")
    (row,) = asked(archive, of_desk).rows[0]
    assert (row["rule"], row["queue"], row["fired"]) == ("abandonment", "desk", 2)
    assert asked(archive, Question(NOON + 5 * DAY, NOON + 6 * DAY)).rows == ([], [])


def test_a_table_of_a_former_release_gets_what_it_lacks_and_keeps_its_rows(
    archive: Database,
) -> None:
    kept = ("held_at_ms", "doubtful", "calm", "not_evaluated", "minutes")
    for name in kept:
        archive.execute(f"ALTER TABLE alerts DROP COLUMN {name}")
    assert migrate(archive) == [f"column alerts.{name}" for name in kept]
    keep(archive, "alerts", [alert_row(alert(alert_id="z", calm=True, minutes=15, held_at=NOON))])
    of_alert = f"SELECT {', '.join(kept)} FROM alerts WHERE alert_id = '{{}}' LIMIT 1"
    assert archive.execute(of_alert.format("z")).rows[0] == (NOON, 0, 1, "", 15)
    assert archive.execute(of_alert.format("a")).rows[0] == (None,) * 5
    added = ADDED_COLUMNS["commands"]
    former = [name for name in TABLES["commands"] if name not in added]
    for name in added:
        archive.execute(f"ALTER TABLE commands DROP COLUMN {name}")
    assert problems(archive) == [f"table commands lacks {', '.join(added)}"]
    assert migrate(archive) == [f"column commands.{name}" for name in added]
    by_link = command_row(Acknowledged(who="di", at=NOON, alert_id="z", link_of="duty"))
    step = command_row(Notified(who="notify", at=NOON, alert_id="z", owner="duty", step=1, to=("lead",)))  # fmt: skip
    keep(archive, "commands", [by_link, step])
    archive.insert("commands", former, [by_link[: len(former)]])  # a former release goes on
    asked = (
        "SELECT link_of, owner, step, told FROM commands WHERE alert_id = {} ORDER BY type, step"
    )
    found = archive.execute(asked.format("'z'")).rows
    assert ("duty", "", None, []) in [(*row[:3], list(row[3])) for row in found]
    assert ("", "duty", 1, ["lead"]) in [(row[0] or "", *row[1:3], list(row[3])) for row in found]
    before = archive.execute(asked.format("'a'")).rows
    assert {(*row[:3], *row[3]) for row in before} == {(None, "", None)}
