"""What the wall says about a queue: every condition, every word, every sum."""

import re
from pathlib import Path

import msgspec
import pytest

from dashboards.wallboard.latest import Latest
from dashboards.wallboard.page import Board, Row, Share, Sign, Totals
from dashboards.wallboard.view import board, not_ready, parts_of
from schemas.agents import RosterEntry
from schemas.alerts import Alert
from schemas.attention import Attention, AttentionLevel
from schemas.codec import encode
from schemas.counters import Counts
from schemas.millis import MINUTE, SECOND, from_iso
from schemas.opening import Opening, parse_weekly
from schemas.snapshots import QueueSnapshot
from schemas.targets import Targets, TargetsVersion
from tests.support.floors import healthy, records, snapshot, targets

NOW = from_iso("2026-11-18T12:03:15Z")  # a Wednesday, 14:03:15 in Johannesburg
GOOD = Counts(offered=10, answered=10, answered_in_target=9)
NO_GOAL, ACT, WATCH = Attention("no_goal", "not configured"), Attention("act"), Attention("watch")
POOR = Counts(offered=10, answered=8, answered_in_target=6, abandoned=2, short_abandoned=1)


def latest_of(
    *snapshots: QueueSnapshot,
    promises: tuple[Targets, ...] = (targets(),),
    alerts: tuple[Alert, ...] = (),
    people: tuple[RosterEntry, ...] = (),
) -> Latest:
    latest = Latest()
    version = TargetsVersion(1, 0, 0, "Africa/Johannesburg", promises)
    latest.apply("targets", b"1", encode(version))
    for one in snapshots:
        latest.apply("snapshots", one.queue.encode(), encode(one))
    for alert in alerts:
        latest.apply("alerts", alert.alert_id.encode(), encode(alert))
    for person in people:
        latest.apply("roster", person.agent.encode(), encode(person))
    return latest


def only_row(latest: Latest, now: int = NOW) -> Row:
    rows = board(latest, now).rows
    assert len(rows) == 1
    return rows[0]


def alert(**changes: object) -> Alert:
    values: dict[str, object] = {
        "alert_id": "a1", "version": 1, "rule": "abandonment", "queue": "burst-pipes",
        "state": "firing", "severity": "warn", "onset_at": NOW, "changed_at": NOW, "known_at": NOW,
        "value": 0.3, "threshold": 0.2, "n": 30, "reason": "30 % of 30 abandoned, limit 20 %",
    }  # fmt: skip
    return Alert(**(values | changes))  # type: ignore[arg-type]  # a builder: keywords by name


def person(agent: str, activity: str, *queues: str, routing: str = "available") -> RosterEntry:
    return RosterEntry(agent, 1, "n", routing, activity, "", NOW, NOW, queues)  # type: ignore[arg-type]


def test_a_calm_queue_is_ok_with_its_figures_and_their_basis() -> None:
    row = only_row(
        latest_of(
            snapshot(
                NOW, windows={30: GOOD}, today=POOR, in_service=4,
                agents={"available": 2, "talking": 3, "hold": 1, "wrap": 1, "not_ready": 1, "unreachable": 1, "logged_out": 9},
            )
        )
    )  # fmt: skip
    assert row.sign == Sign("ok", "OK", "✓")
    assert (row.waiting, row.in_service, row.oldest_wait_ms) == (0, 4, None)
    assert row.service_level == Share(n=10, numerator=9, value=0.9, text="90", against_goal="met")
    assert row.service_level_today == Share(
        n=9, numerator=6, value=6 / 9, text="67", against_goal="missed"
    )
    assert row.agents is not None
    assert (row.agents.free, row.agents.busy, row.agents.wrap, row.agents.away) == (2, 4, 1, 2)
    assert row.promise == "80 % within 20s"
    assert row.formula == "sl_short_abandons_ignored"


def test_abandonment_is_shown_with_and_without_the_short_ones() -> None:
    row = only_row(latest_of(snapshot(NOW, windows={30: POOR})))
    assert row.abandonment == Share(n=10, numerator=2, value=0.2, text="20")
    assert row.abandonment_long == Share(n=9, numerator=1, value=1 / 9, text="11")


def test_no_calls_are_no_value_and_never_a_percentage() -> None:
    row = only_row(latest_of(snapshot(NOW)))
    assert row.service_level == Share(n=0, numerator=0, value=None, text="–")
    assert row.service_level_today is None
    assert row.agents is None


def test_a_missed_goal_is_never_rounded_up_to_it() -> None:
    counts = Counts(offered=1000, answered=1000, answered_in_target=799)
    row = only_row(latest_of(snapshot(NOW, windows={30: counts})))
    assert row.service_level is not None
    assert (row.service_level.text, row.service_level.against_goal) == ("79", "missed")


@pytest.mark.parametrize(
    ("age_s", "condition", "word", "level"),
    [
        (0, "live", "OK", "ok"),
        (9, "live", "OK", "ok"),
        (10, "stale", "STALE", "none"),
        (29, "stale", "STALE", "none"),
        (30, "dead", "NO DATA", "none"),
    ],
)
def test_old_figures_are_never_green(age_s: int, condition: str, word: str, level: str) -> None:
    then = NOW - age_s * SECOND
    waiting = snapshot(then, windows={30: GOOD}, waiting=1, oldest_arrived_at=then - 5_000)
    row = only_row(latest_of(waiting))
    assert (row.condition, row.sign.word, row.sign.level) == (condition, word, level)
    assert row.ticking == (condition == "live")
    if condition == "stale":  # the clock of the oldest wait stands with its figures
        assert row.oldest_wait_ms == 5_000
        assert row.sign.why == f"as of {row.as_of_text}"
    if condition == "dead":
        assert (row.waiting, row.oldest_wait_ms, row.service_level) == (None, None, None)
        assert row.sign.why == "since 14:02:45"


def test_a_silent_source_is_stale_at_once() -> None:
    row = only_row(latest_of(snapshot(NOW, source_stale=True)))
    assert row.condition == "stale"
    assert "its source fell silent" in row.notes


def test_the_board_says_since_when_nothing_is_live() -> None:
    wall = board(latest_of(snapshot(NOW - 40_000)), NOW)
    assert (wall.condition, wall.banner) == ("dead", "NO LIVE DATA since 14:02:35")
    assert wall.all.waiting is None
    assert wall.all.counted == 0


def test_data_of_another_day_carries_its_date() -> None:
    wall = board(latest_of(snapshot(NOW - 3 * 86_400_000)), NOW)
    assert wall.banner == "NO LIVE DATA since 15 Nov 2026 14:03:15"


def test_nothing_received_yet_is_said() -> None:
    wall = board(Latest(), NOW)
    assert (wall.condition, wall.banner) == ("dead", "NO LIVE DATA · nothing received yet")
    assert (wall.as_of, wall.rows) == (None, ())


def test_old_figures_that_move_are_a_stream_that_catches_up() -> None:
    then = NOW - 200 * MINUTE
    wall = board(latest_of(snapshot(then, published_at=NOW - 1_000, waiting=3)), NOW)
    assert wall.condition == "behind"
    assert wall.banner == "CATCHING UP · as of 10:43:15 · 3 h 20 min behind"
    assert (wall.rows[0].sign.word, wall.rows[0].waiting) == ("OLD", 3)


def test_an_idle_queue_that_is_published_again_has_not_moved() -> None:
    then = NOW - 200 * MINUTE
    latest = latest_of(snapshot(then, published_at=NOW - 60_000))
    again = snapshot(then, published_at=NOW)
    latest.apply("snapshots", b"burst-pipes", encode(again))
    assert board(latest, NOW).condition == "dead"


def test_a_replay_moves_the_wall_and_says_its_date() -> None:
    then = from_iso("2010-08-01T10:00:00Z")
    shown = snapshot(
        then, published_at=NOW - 2_000, replay=True, waiting=1, oldest_arrived_at=then - 5_000
    )
    wall = board(latest_of(shown), NOW)
    assert (wall.condition, wall.banner) == ("replay", "REPLAY · 1 Aug 2010")
    assert wall.rows[0].sign.word == "OK"
    assert (wall.rows[0].oldest_wait_ms, wall.rows[0].ticking) == (7_000, True)
    assert board(latest_of(shown), NOW + 15_000).condition == "stale"
    assert board(latest_of(shown), NOW + 40_000).condition == "dead"
    ended = msgspec.structs.replace(shown, source_stale=True)
    assert board(latest_of(ended), NOW).banner == "NO LIVE DATA since 1 Aug 2010 12:00:00"


def test_a_replay_moved_to_now_shows_the_date_when_it_happened() -> None:
    moved = snapshot(NOW, replay=True, replay_shift_ms=NOW - from_iso("2010-08-01T10:00:00Z"))
    wall = board(latest_of(moved), NOW)
    assert (wall.condition, wall.banner) == ("replay", "REPLAY · 1 Aug 2010")
    assert "replay of 1 Aug 2010" in wall.rows[0].notes
    other = msgspec.structs.replace(moved, queue="taps", replay_shift_ms=0)
    assert board(latest_of(moved, other), NOW).banner.startswith("REPLAY · 1 Aug 2010 to ")


def test_a_row_says_what_the_core_judged_and_why() -> None:
    def sign(level: AttentionLevel, cause: str = "") -> Sign:
        return only_row(latest_of(snapshot(NOW, attention=Attention(level, cause)))).sign

    assert sign("act", "too long") == Sign("act", "ACT", "◆", "too long")
    assert sign("watch", "late") == Sign("watch", "WATCH", "▲", "late")
    assert sign("ok") == Sign("ok", "OK", "✓")
    assert sign("closed", "opens Thu 07:00") == Sign("none", "CLOSED", "–", "opens Thu 07:00")
    assert sign("no_goal", "not configured") == Sign("none", "NO GOAL", "–", "not configured")


def test_a_snapshot_of_a_former_release_is_shown_without_a_word_of_ours() -> None:
    """It carries no judgement: its figures stand, and nothing is made up beside them."""
    waiting = snapshot(NOW, waiting=9, oldest_arrived_at=NOW - 900_000, windows={30: POOR})
    former = msgspec.json.decode(encode(waiting))
    del former["attention"]
    latest = latest_of()
    latest.apply("snapshots", b"burst-pipes", msgspec.json.encode(former))
    row = only_row(latest)
    assert row.sign == Sign("none", "NONE", "–", "not judged: stream is an older release")
    assert (row.waiting, row.oldest_wait_ms, row.late) == (9, 900_000, True)
    assert row.service_level is not None
    assert (row.service_level.text, row.service_level.against_goal) == ("67", "missed")


def test_a_late_caller_is_marked_in_the_cell() -> None:
    assert only_row(latest_of(snapshot(NOW, waiting=1, oldest_arrived_at=NOW - 21_000))).late
    assert not only_row(latest_of(snapshot(NOW, waiting=1, oldest_arrived_at=NOW - 20_000))).late


def test_a_share_under_the_goal_with_few_calls_behind_it_says_so() -> None:
    few = Counts(offered=4, answered=4, answered_in_target=1)
    enough = Counts(offered=5, answered=5, answered_in_target=1)
    row = only_row(latest_of(snapshot(NOW, windows={30: few}, today=enough)))
    assert row.service_level == Share(
        n=4, numerator=1, value=0.25, text="25", against_goal="few", note="few calls"
    )
    assert row.service_level_today == Share(
        n=5, numerator=1, value=0.2, text="20", against_goal="missed"
    )


def test_alerts_stand_worst_first_with_the_time_since_they_fire() -> None:
    page = alert(alert_id="a2", severity="page", reason="too long", fired_at=NOW + 1)
    row = only_row(latest_of(snapshot(NOW), alerts=(alert(), page)))
    assert [line.severity for line in row.alerts] == ["page", "warn"]
    assert row.alerts[0].since == NOW + 1


def test_an_alert_that_ended_is_gone() -> None:
    latest = latest_of(snapshot(NOW), alerts=(alert(), alert(version=2, state="resolved")))
    assert only_row(latest).alerts == ()
    latest = latest_of(snapshot(NOW), alerts=(alert(version=3), alert(version=2, state="resolved")))
    assert len(only_row(latest).alerts) == 1


def test_an_alert_on_dead_figures_is_not_shown_as_now() -> None:
    wall = board(latest_of(snapshot(NOW - 60_000), alerts=(alert(severity="page"),)), NOW)
    assert wall.rows[0].sign.word == "NO DATA"
    assert wall.all.alerts == 0


def test_a_queue_that_nothing_was_heard_of_is_closed_or_quiet() -> None:
    hours = Opening(weekly=parse_weekly("Mon-Fri 07:00-13:00"))
    row = only_row(latest_of(promises=(targets(opening=hours),)))
    assert (row.sign.word, row.sign.why) == ("CLOSED", "opens Thu 07:00")


def test_a_queue_that_nobody_called_yet_is_there_without_figures() -> None:
    row = only_row(latest_of())
    assert (row.condition, row.sign.word, row.sign.why) == (
        "unseen",
        "QUIET",
        "no traffic yet",
    )
    assert (row.waiting, row.service_level, row.goal) == (None, None, 0.8)


def test_a_queue_that_nobody_configured_is_there_without_a_service_level() -> None:
    stranger = snapshot(
        NOW, queue="x", configured=False, goal=None, formula=None, windows={30: POOR}, waiting=2,
        attention=NO_GOAL,
    )  # fmt: skip
    row = only_row(latest_of(stranger, promises=()))
    assert (row.name, row.sign.word, row.sign.why) == ("x", "NO GOAL", "not configured")
    assert (row.service_level, row.waiting) == (None, 2)
    assert row.abandonment is not None
    wall = board(latest_of(stranger, promises=()), NOW)
    assert wall.all.service_level is None
    assert "each queue by its own formula" in wall.definition


def test_a_queue_that_was_taken_out_of_the_targets_keeps_no_service_level() -> None:
    row = only_row(
        latest_of(snapshot(NOW, configured=False, goal=None, formula=None, attention=NO_GOAL))
    )
    assert (row.goal, row.sign.word) == (None, "NO GOAL")


def test_doubtful_callers_and_unbalanced_books_are_noted() -> None:
    row = only_row(latest_of(snapshot(NOW, doubtful=2, waiting=2, unexplained_legs=1)))
    assert row.notes == ("2 doubtful", "1 calls unexplained")


def test_the_worst_queue_stands_first_and_calm_ones_keep_their_place() -> None:
    def queue(name: str, **changes: object) -> tuple[Targets, QueueSnapshot]:
        return targets(queue=name, name=name), snapshot(NOW, queue=name, **changes)

    made = [
        queue("calm-b"),
        queue("calm-a", waiting=1, oldest_arrived_at=NOW),
        queue("late", waiting=1, oldest_arrived_at=NOW - 30_000, attention=WATCH),
        queue("later", waiting=1, oldest_arrived_at=NOW - 90_000, attention=WATCH),
        queue("paged", attention=ACT),
        queue("paged-and-late", waiting=1, oldest_arrived_at=NOW - 90_000, attention=ACT),
        queue("stale", source_stale=True),
    ]
    pages = tuple(
        alert(alert_id=name, queue=name, severity="page") for name in ("paged", "paged-and-late")
    )
    promises = (*(promise for promise, _ in made), targets(queue="quiet"))
    wall = board(latest_of(*(seen for _, seen in made), promises=promises, alerts=pages), NOW)
    assert [row.queue for row in wall.rows] == [
        "paged-and-late", "paged", "later", "late", "stale", "calm-a", "calm-b", "quiet",
    ]  # fmt: skip


def test_totals_add_counts_and_count_a_person_once() -> None:
    small = Counts(offered=1, answered=1, answered_in_target=0)
    large = Counts(offered=99, answered=99, answered_in_target=99)
    promises = (targets(queue="a"), targets(queue="b"), targets(queue="c", centre="fleet"))
    latest = latest_of(
        snapshot(NOW, queue="a", windows={30: small}, waiting=2, oldest_arrived_at=NOW - 9_000, agents={"available": 2}),
        snapshot(NOW, queue="b", windows={30: large}, waiting=1, oldest_arrived_at=NOW - 3_000, agents={"talking": 1}),
        snapshot(NOW - 60_000, queue="c", windows={30: small}, waiting=50, agents={"available": 1}),
        promises=promises,
        people=(
            person("ada", "idle", "a", "b"),
            person("bob", "talking", "b"),
            person("cy", "idle", "c"),
            person("di", "idle", "a", routing="logged_out"),
        ),
    )  # fmt: skip
    wall = board(latest, NOW)
    everything = wall.all
    assert (everything.queues, everything.counted, everything.waiting) == (3, 2, 3)
    assert everything.service_level == Share(n=100, numerator=99, value=0.99, text="99")
    assert (everything.oldest_wait_ms, everything.ticking) == (9_000, True)
    assert everything.agents is not None
    assert (everything.agents.free, everything.agents.busy) == (1, 1)
    assert [(group.id, group.waiting) for group in wall.centres] == [("fleet", None), ("water", 3)]
    assert [(group.name, group.queues) for group in wall.departments] == [("Works", 3)]
    assert wall.messages == ("1 of 3 queues without data",)


def test_later_targets_hold_from_their_minute_on_and_new_queues_from_the_beginning() -> None:
    latest = Latest()
    versions = [
        TargetsVersion(1, 0, 0, "UTC", (targets(name="old"), targets(queue="gone"))),
        TargetsVersion(
            2, NOW + 1, NOW, "Europe/Paris", (targets(name="new"), targets(queue="added"))
        ),
    ]
    for version in versions:
        latest.apply("targets", str(version.version).encode(), encode(version))
    now, then = board(latest, NOW), board(latest, NOW + 1)
    assert {row.queue: row.name for row in now.rows} == {
        "burst-pipes": "old", "gone": "Burst pipes", "added": "Burst pipes",
    }  # fmt: skip
    assert {row.queue for row in then.rows} == {"burst-pipes", "added"}
    assert (now.zone, then.zone) == ("UTC", "Europe/Paris")


def test_a_version_that_is_ahead_does_not_bring_back_a_queue_that_was_taken_out() -> None:
    latest = Latest()
    a, b = targets(queue="a"), targets(queue="b")
    for number, (valid_from, named) in enumerate(
        [(0, (a, b)), (NOW, (b,)), (NOW + 60_000, (a, b))]
    ):
        version = TargetsVersion(number + 1, valid_from, NOW, "UTC", named)
        latest.apply("targets", str(number + 1).encode(), encode(version))
    assert [row.queue for row in board(latest, NOW - 1).rows] == ["a", "b"]
    assert [row.queue for row in board(latest, NOW).rows] == ["b"]
    assert [row.queue for row in board(latest, NOW + 60_000).rows] == ["a", "b"]


def test_the_older_of_two_versions_never_comes_back() -> None:
    latest = latest_of(snapshot(NOW, version=7, waiting=7))
    latest.apply("snapshots", b"burst-pipes", encode(snapshot(NOW, version=6, waiting=6)))
    assert latest.snapshots["burst-pipes"].waiting == 7
    entry = person("ada", "idle", "a")
    latest.apply("roster", b"ada", encode(msgspec.structs.replace(entry, version=2)))
    assert not latest.apply("roster", b"ada", encode(entry))


def test_deleted_keys_are_forgotten_and_strange_records_counted() -> None:
    latest = latest_of(snapshot(NOW), people=(person("ada", "idle", "a"),), alerts=(alert(),))
    latest.apply("health", b"stream/1", encode(healthy("stream", NOW)))
    for topic, key in (
        ("snapshots", b"burst-pipes"),
        ("roster", b"ada"),
        ("alerts", b"a1"),
        ("health", b"stream/1"),
    ):
        assert latest.apply(topic, key, None)
    assert (latest.snapshots, latest.roster, latest.alerts, latest.health) == ({}, {}, {}, {})
    assert not latest.apply("targets", b"1", None)
    assert not latest.apply("targets", b"epoch", b'{"epoch": 1, "created_at": 5}')
    assert not latest.apply("snapshots", b"x", b"nonsense")
    assert latest.undecodable == 1


def test_a_part_is_judged_by_its_fresh_records() -> None:
    def text(*found: object) -> str:
        parts = parts_of({str(n): each for n, each in enumerate(found)}, NOW)  # type: ignore[misc]
        return "ready" if parts[0].ready else parts[0].text

    old = healthy("stream", NOW - 75_000, instance="old")
    assert text(healthy("stream", NOW)) == "ready"
    assert text(old, healthy("stream", NOW)) == "ready"
    assert text(old) == "silent for 1 min"
    assert text(healthy("stream", NOW, state="stopped", ready=False)) == "stopped"
    assert (
        text(healthy("stream", NOW, state="stopped", ready=False), healthy("stream", NOW))
        == "ready"
    )
    starting = healthy("stream", NOW, ready=False, state="waiting_for_kafka", detail="no broker")
    assert text(starting, healthy("stream", NOW)) == "waiting for kafka: no broker"
    assert text(healthy("stream", NOW, ready=False, state="recovering")) == "recovering"


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
    assert wall.messages == ("cannot read from Kafka", "archive: blocked")


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


def test_the_page_reads_only_fields_that_are_sent() -> None:
    static = Path(__file__).parents[4] / "dashboards" / "wallboard" / "static"
    script = (static / "wallboard.js").read_text()
    for name, kind in (
        ("board", Board),
        ("row", Row),
        ("all", Totals),
        ("share", Share),
        ("sign", Sign),
    ):
        read = set(re.findall(rf"(?<![\w.\"]){name}\??\.(\w+)", script))
        assert read <= set(kind.__struct_fields__), f"{name}: {read}"
    page = (static / "index.html").read_text()
    ids = set(re.findall(r'id="([\w-]+)"', page))
    assert set(re.findall(r'byId\("([\w-]+)"\)', script)) <= ids
