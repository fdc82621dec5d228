"""What the wall says as a whole: its banner, its parts, its messages."""

from datetime import timedelta

import msgspec
import pytest
from msgspec.structs import replace

from dashboards.access.rights import Scope
from dashboards.wallboard import view
from dashboards.wallboard.latest import Latest
from dashboards.wallboard.page import Board
from dashboards.wallboard.view import board, not_ready, parts_of
from schemas.codec import encode
from tests.support.alerts import alert
from tests.support.floors import healthy, large, records, snapshot, targets
from tests.support.walls import ACT, GOOD, NOW, POOR, latest_of, person


def test_the_board_says_since_when_nothing_is_live() -> None:
    wall = board(latest_of(snapshot(NOW - 40_000)), NOW)
    assert (wall.condition, wall.banner) == ("dead", "NO LIVE DATA since 14:02:35")
    assert wall.all.waiting is None
    assert wall.all.counted == 0


def test_a_stream_that_is_silent_is_named_across_the_wall() -> None:
    """Where no Prometheus and no Alertmanager run, nobody else says it."""
    latest = latest_of(snapshot(NOW - 75_000))
    for told_at, banner in (
        (NOW - 75_000, "NO LIVE DATA since 14:02:00 · the stream does not run"),
        (NOW, "NO LIVE DATA since 14:02:00"),  # it runs: its sources are silent
    ):
        latest.apply("health", b"stream/a", encode(healthy("stream", told_at)))
        assert board(latest, NOW).banner == banner


def test_data_of_another_day_carries_its_date() -> None:
    wall = board(latest_of(snapshot(NOW - 3 * 86_400_000)), NOW)
    assert wall.banner == "NO LIVE DATA since 2026-11-15 14:03:15"


def test_nothing_received_yet_is_said() -> None:
    wall = board(Latest(), NOW)
    assert (wall.condition, wall.banner) == ("dead", "NO LIVE DATA · nothing received yet")
    assert (wall.as_of, wall.rows) == (None, ())


def test_a_part_is_judged_by_its_fresh_records() -> None:
    def text(*found: object) -> str:
        parts = parts_of({str(n): each for n, each in enumerate(found)}, NOW)  # type: ignore[misc]
        return "ready" if parts[0].ready else parts[0].text

    old = healthy("stream", NOW - 75_000, instance="old")
    assert text(healthy("stream", NOW)) == "ready"
    assert text(old, healthy("stream", NOW)) == "ready"
    assert text(old) == "silent for 1m15s"
    assert text(healthy("stream", NOW, state="stopped", ready=False)) == "stopped"
    assert (
        text(healthy("stream", NOW, state="stopped", ready=False), healthy("stream", NOW))
        == "ready"
    )
    starting = healthy("stream", NOW, ready=False, state="waiting_for_kafka", detail="no broker")
    assert text(starting, healthy("stream", NOW)) == "waiting for Kafka: no broker"
    assert text(healthy("stream", NOW, ready=False, state="recovering")) == "recovering"


def test_what_keeps_figures_from_people_is_data_beside_its_english() -> None:
    silent = healthy("archive", NOW - 75_000)
    blocked = healthy("archive", NOW, ready=False, state="blocked", detail="no disk")
    (part,) = parts_of({"1": silent}, NOW)
    assert (part.state, part.silent_ms, part.detail) == ("silent", 75_000, "")
    (part,) = parts_of({"1": blocked}, NOW)
    assert (part.state, part.silent_ms, part.detail) == ("blocked", 0, "no disk")


def test_healthz_waits_for_stream_archive_and_the_topics() -> None:
    assert not_ready({}, NOW, "reading the topics") == {
        "board": "reading the topics", "stream": "never heard of", "archive": "never heard of",
    }  # fmt: skip
    both = {name: healthy(name, NOW) for name in ("stream", "archive")}
    assert not_ready(both, NOW, "") == {}


def test_what_keeps_the_board_from_its_data_is_said_on_it() -> None:
    latest = latest_of(snapshot(NOW))
    latest.apply(
        "health", b"archive/1", encode(healthy("archive", NOW, ready=False, state="blocked"))
    )
    wall = board(latest, NOW, problem="cannot read from Kafka")
    assert wall.messages == (
        "The board cannot read its data: cannot read from Kafka",
        "archive: blocked",
    )


def test_a_whole_floor_balances_and_survives_json() -> None:
    latest = Latest()
    for record in records(NOW):
        latest.apply(*record)
    wall = board(latest, NOW, build="b")
    assert len(wall.rows) == 25
    assert wall.rows[0].queue == "power-outage"
    assert wall.all.waiting == sum(row.waiting or 0 for row in wall.rows)
    assert sum(group.waiting or 0 for group in wall.centres) == wall.all.waiting
    assert msgspec.json.decode(msgspec.json.encode(wall), type=Board) == wall


def test_an_incident_stands_in_the_row_of_each_queue_with_its_calls() -> None:
    latest = latest_of(snapshot(NOW))
    (queue,) = (row.queue for row in board(latest, NOW).rows)
    incident = alert(
        rule="incident", queue="", topic="leak", area="ward-1", queues=("other", queue)
    )
    latest.apply("alerts", b"incident", encode(incident))
    (row,) = board(latest, NOW).rows
    assert [line.rule for line in row.alerts] == ["incident"]


def test_a_scope_is_the_board_of_a_town_that_has_only_these_departments() -> None:
    """Whatever is shown to a scope is as if the other departments were not there at all."""
    works, staff = (
        targets(),
        targets(queue="payroll", department="staff", department_name="Staff", centre="hr"),
    )
    mine = snapshot(
        NOW, waiting=3, oldest_arrived_at=NOW - 30_000, windows={30: GOOD}, agents={"available": 1}
    )
    theirs = replace(mine, queue="payroll", waiting=50, windows={30: POOR})
    unconfigured = replace(theirs, queue="unknown", configured=False)
    people = (person("ada", "idle", "burst-pipes", "payroll"), person("bob", "talking", "payroll"))
    firing = (alert(), alert(alert_id="a2", queue="payroll", severity="page"))
    whole = latest_of(
        mine, theirs, unconfigured, promises=(works, staff), people=people, alerts=firing
    )
    alone = latest_of(mine, promises=(works,), people=people[:1], alerts=firing[:1])
    assert board(whole, NOW, scope=Scope(frozenset({"works"}))) == board(alone, NOW)
    assert board(whole, NOW).all.waiting == 103


def test_the_sentence_of_an_alert_names_no_queue_that_its_reader_may_not_see() -> None:
    staff = targets(queue="payroll", department="staff")
    about = alert(
        rule="incident",
        reason="5 callers: 3 burst-pipes, 2 payroll",
        queues=("burst-pipes", "payroll"),
    )
    latest = latest_of(
        snapshot(NOW, attention=ACT), snapshot(NOW, queue="payroll", attention=ACT),
        promises=(targets(), staff), alerts=(about,),
    )  # fmt: skip
    assert about.reason in board(latest, NOW).rows[0].notes
    (mine,) = board(latest, NOW, scope=Scope(frozenset({"works"}))).rows
    assert mine.notes == ("callers about one thing, in other departments, too",)
    assert "payroll" not in repr(mine)
    both = Scope(frozenset({"works", "staff"}))
    assert about.reason in board(latest, NOW, scope=both).rows[0].notes


def test_a_scope_of_no_queue_is_an_empty_board_and_not_the_whole_one() -> None:
    latest = latest_of(snapshot(NOW, waiting=3))
    shown = board(latest, NOW, scope=Scope(frozenset({"roads"})))
    assert (shown.rows, shown.all.queues, shown.condition) == ((), 0, "dead")


def test_the_state_of_a_scope_is_that_of_its_own_queues() -> None:
    """A department whose source is silent is dead, whatever goes on elsewhere."""
    old = snapshot(NOW - 600_000)
    other = snapshot(NOW, queue="payroll")
    both = latest_of(old, other, promises=(targets(), targets(queue="payroll", department="staff")))
    assert board(both, NOW).condition == "live"
    assert board(both, NOW, scope=Scope(frozenset({"works"}))).condition == "dead"


def test_the_clock_of_a_zone_is_asked_for_once_however_many_queues_are_in_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    plain = view._offset

    def offset(zone: str, now: int) -> timedelta | None:
        asked.append(zone)
        return plain(zone, now)

    monkeypatch.setattr(view, "_offset", offset)
    latest = Latest()
    for record in large(NOW, queues=200):
        latest.apply(*record)
    assert len(view.board(latest, NOW).rows) == 200
    assert len(asked) < 5
