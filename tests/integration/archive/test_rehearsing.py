"""A rehearsal over an archive decides what was decided live, on both databases, whatever a page holds."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from schemas.agents import RosterEntry, Spell
from schemas.millis import DAY, MINUTE, SECOND, iso
from schemas.queues_toml import QueuesFile
from streams.history import archived_events
from streams.history.rehearsing import RehearsalQuestion, rehearsed
from streams.sinks.clickhouse.database import Database
from streams.sinks.clickhouse.rows import spell_row
from tests.integration.archive.databases import KINDS, keep, opened
from tests.support.archived import ArchivedStory
from tests.support.builders import BILLING, clock, targets
from tests.support.ruled import nobody_signed_in, oldest_wait, ruled
from tests.support.services import ClickHouse

ASKED = RehearsalQuestion(clock("09:00"), clock("12:00"))
HALF_HOUR = 30 * MINUTE
RULES = ruled(oldest_wait(2 * MINUTE, MINUTE), nobody_signed_in(waiting_longer_than_ms=MINUTE))


def told() -> ArchivedStory:
    """Callers of two queues and two sources; ann signs out at 09:45, as her spells say, and one call is answered after that."""
    day = ArchivedStory(configured=False)
    day.publish(
        targets(alerts=RULES), targets("desk", alerts=RULES), targets("empty", alerts=RULES)
    )
    facts = [("08:59:00", "queued", "early", BILLING), ("09:03:00", "answered", "early", BILLING)]
    for n in range(9):
        queue = ("desk", BILLING)[n % 2]
        facts += [
            (f"09:{10 + 5 * n}:0{n}", "queued", f"c{n}", queue),
            (f"09:{10 + 5 * n + n // 2}:3{n}", "answered", f"c{n}", queue),
        ]
    facts += [("10:30:00", "queued", "late", "desk"), ("11:59:00", "abandoned", "late", "desk")]
    told_to = clock("08:58:00")
    for text, kind, leg, queue in sorted(facts):
        told_to = _ticked(day, told_to, clock(text))
        getattr(day.at(text), kind)(leg, queue, source="other" if queue == "desk" else "node")
    _ticked(day, told_to, clock("12:00:05"))
    return day


def _ticked(day: ArchivedStory, told_to: int, to: int) -> int:
    while told_to + 5 * SECOND <= to:
        told_to += 5 * SECOND
        seconds = (told_to - clock("00:00")) // SECOND
        text = f"{seconds // 3600}:{seconds // 60 % 60}:{seconds % 60}"
        if told_to == clock("09:45:05"):
            _signs_out(day)
        day.tick(text).tick(text, "other")
    return told_to


def _signs_out(day: ArchivedStory) -> None:
    day.roster.update(_entry("logged_out", "09:45:05", 2))


def _entry(state: str, since: str, version: int) -> RosterEntry:
    at = clock(since)
    return RosterEntry("ann", version, "node", state, "idle", "", at, at, (BILLING,))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def day() -> ArchivedStory:
    return told()


@pytest.fixture(params=KINDS)
def archive(
    request: pytest.FixtureRequest, day: ArchivedStory, tmp_path: Path,
    clickhouse_server: ClickHouse,
) -> Iterator[Database]:  # fmt: skip
    with opened(request.param, tmp_path, clickhouse_server) as database:
        day.keep(database)
        day.keep(database)  # what the archive inserted twice counts once
        began, left = clock("08:00"), clock("09:45:05")
        spell = Spell(
            "ann", began, 2, "node", "available", "available", "idle", "", began, None, (BILLING,)
        )
        ended = Spell(
            "ann", began, 3, "node", "available", "available", "idle", "", left, left, (BILLING,)
        )
        out = Spell(
            "ann", left, 3, "node", "logged_out", "logged_out", "idle", "", left, None, (BILLING,)
        )
        keep(database, "spells", [spell_row(each) for each in (spell, ended, out)])
        yield database


def fired(rows: object) -> list[tuple[str | None, ...]]:
    assert isinstance(rows, list)
    names = ("rule", "queue", "onset_at", "fired_at", "resolved_at")
    return sorted((tuple(row[name] for name in names) for row in rows), key=str)


def test_it_decides_as_the_stream_did(
    archive: Database, day: ArchivedStory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archived_events, "ROWS_AT_ONCE", 3)
    read: list[tuple[int, int]] = []
    rules, alerts = rehearsed(archive, ASKED, lambda done, of: read.append((done, of))).report.rows
    live = [
        (a.rule, a.queue, iso(a.onset_at), iso(a.fired_at), a.resolved_at and iso(a.resolved_at))
        for a in day.alert_records()
        if a.fired_at
    ]
    assert {(rule, queue) for rule, queue, *_ in live} == {
        ("oldest_wait", BILLING), ("oldest_wait", "desk"), ("nobody_signed_in", BILLING),
    }  # fmt: skip
    assert fired(alerts) == sorted(live, key=str)
    said = {(row["rule"], row["queue"]): row["result"] for row in rules}
    assert said["nobody_signed_in", "desk"] == "not evaluated: no agents"
    assert said["oldest_wait", "empty"] == "not evaluated: no events"
    assert said["oldest_wait", "desk"] == "fired"
    events = len(day.event_rows())
    assert read[-1] == (events, events) or read[-1] == (
        events,
        2 * events,
    )  # told twice, not merged


def test_one_queue_with_other_rules(archive: Database) -> None:
    file = QueuesFile("UTC", (targets("desk", alerts=ruled(oldest_wait(HALF_HOUR, MINUTE))),))
    rules, alerts = rehearsed(
        archive, RehearsalQuestion(ASKED.start, ASKED.end, "desk", file), lambda *_: None
    ).report.rows
    assert fired(alerts) == [
        (
            "oldest_wait",
            "desk",
            "2026-03-02T11:00:05Z",
            "2026-03-02T11:00:05Z",
            None,
        )
    ]
    assert [(row["rule"], row["alerts"], row["pages_a_week"]) for row in rules] == [
        ("oldest_wait", 1, 56.3)
    ]


def test_limits_are_tried_over_events_that_are_read_once(
    archive: Database, day: ArchivedStory
) -> None:
    read: list[int] = []
    asked = RehearsalQuestion(ASKED.start, ASKED.end, "desk", alerts_a_week=60)
    result = rehearsed(archive, asked, lambda done, _: read.append(done))
    limits = result.report.rows[2]
    # Callers of the desk wait 30 s, 1m30s, 2m30s, 3m30s, 4m30s and 1h29m; one alert in these 3 hours is 56.3 a week.
    found = [(row["limit"], round(row["alerts_a_week"] / 56.3), row["proposed"]) for row in limits]  # type: ignore[operator]
    assert found == [
        ("1m", 5, 0), ("1m30s", 4, 0), ("2m", 4, 0), ("3m", 3, 0), ("4m", 2, 0), ("6m", 1, 1), ("8m", 1, 0),
    ]  # fmt: skip
    plain = rehearsed(
        archive, RehearsalQuestion(ASKED.start, ASKED.end, "desk"), lambda *_: None
    ).report
    assert result.report.rows[:2] == plain.rows
    assert read[-1] <= 2 * len(day.event_rows())
    few = RehearsalQuestion(ASKED.start, ASKED.end, "desk", alerts_a_week=0)
    assert rehearsed(archive, few, lambda *_: None).without_limit == ("oldest_wait/desk",)


def test_a_range_without_events(archive: Database) -> None:
    later = RehearsalQuestion(ASKED.start + 40 * DAY, ASKED.end + 40 * DAY)
    found = rehearsed(archive, later, lambda *_: None).report
    assert "events_from" not in found.facts
    assert found.rows[1] == []
