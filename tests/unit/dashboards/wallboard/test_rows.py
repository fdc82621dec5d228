"""One queue as one row: its figures and their basis, and what has no value."""

import msgspec

from dashboards.wallboard.page import Share, Sign
from dashboards.wallboard.view import board
from schemas.codec import encode
from schemas.commands import Acknowledged, command_key
from schemas.counters import Counts
from schemas.maintenance import parse_maintenance
from schemas.millis import MINUTE, from_iso
from tests.support.floors import snapshot, targets
from tests.support.walls import ACT, GOOD, NO_GOAL, NOW, POOR, WATCH, alert, latest_of, only_row


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
        n=9, numerator=6, value=6 / 9, text="66", against_goal="missed"
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


def test_a_note_stands_behind_the_warning_and_a_rehearsal_nowhere() -> None:
    more = (alert(alert_id="a2", severity="note"), alert(alert_id="a3", severity="rehearse"))
    wall = board(latest_of(snapshot(NOW), alerts=(*more, alert())), NOW)
    assert [line.severity for line in wall.rows[0].alerts] == ["warn", "note"]
    assert wall.all.alerts == 2


def test_an_alert_on_dead_figures_is_not_shown_as_now() -> None:
    wall = board(latest_of(snapshot(NOW - 60_000), alerts=(alert(severity="page"),)), NOW)
    assert wall.rows[0].sign.word == "NO DATA"
    assert wall.all.alerts == 0


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
    assert row.notes == ("2 callers are perhaps gone", "1 call unexplained")


def test_a_rule_that_lacks_what_it_needs_is_noted_and_one_with_few_calls_is_not() -> None:
    lacking = {"understaffed": "no agents reported", "another": "too few calls"}
    row = only_row(latest_of(snapshot(NOW, not_evaluated=lacking)))
    assert row.notes == ("too few agents for the load: not evaluated (no agents reported)",)
    lacking |= {"occupancy": "no agents reported", "surge": "no profile"}
    assert only_row(latest_of(snapshot(NOW, not_evaluated=lacking))).notes == (
        "too few agents for the load, agents are busy all the time: not evaluated (no agents reported)",
        "many more calls than usual: not evaluated (no profile)",
    )


def test_a_row_says_who_has_which_of_its_alerts_and_nothing_while_one_needs_somebody() -> None:
    late = alert(alert_id="a2", rule="oldest_wait", severity="page")
    latest = latest_of(snapshot(NOW, attention=ACT), alerts=(alert(), late))
    for alert_id, who in (("a1", "ann"), ("a2", "ben")):
        assert only_row(latest).sign.why == ""
        said = Acknowledged(who=who, at=NOW, alert_id=alert_id)
        latest.apply("commands", command_key(said), encode(said))
    # Not "ben has it" alone: nobody would look for who has the other one.
    assert only_row(latest).sign.why == (
        "oldest_wait: ben has it for 0s · abandonment: ann has it for 0s"
    )


def test_one_person_with_two_incidents_of_a_row_is_named_once() -> None:
    about = {
        "rule": "incident",
        "severity": "page",
        "queue": "",
        "topic": "burst pipe",
        "queues": ("burst-pipes",),
    }
    two = [
        alert(alert_id=area, area=area, reason=f"{area}: 5 callers", **about)
        for area in ("ward-7", "ward-8")
    ]
    latest = latest_of(snapshot(NOW, attention=ACT), alerts=tuple(two))
    for alert_id, ago in (("ward-7", 5 * MINUTE), ("ward-8", 2 * MINUTE)):
        said = Acknowledged(who="ann", at=NOW - ago, alert_id=alert_id)
        latest.apply("commands", command_key(said), encode(said))
    assert only_row(latest).sign.why == "ann has it for 2m"


def test_what_holds_for_every_alert_of_a_row_is_said_once() -> None:
    window = parse_maintenance("2026-11-18 14:00-15:00 PBX upgrade")
    until = "maintenance until 15:00 (PBX upgrade)"
    planned = msgspec.structs.replace(targets(), maintenance=(window,))
    muted = alert(maintenance_until=NOW + MINUTE, maintenance=until)
    row = only_row(latest_of(snapshot(NOW, attention=WATCH), promises=(planned,), alerts=(muted,)))
    assert (row.sign.why, row.notes) == ("", (until,))


def test_an_incident_stands_in_the_row_of_each_queue_that_has_calls_in_it() -> None:
    incident = alert(
        rule="incident", severity="page", queue="", topic="burst pipe", area="ward-7",
        queues=("burst-pipes",), reason="burst pipe, ward-7: 5 callers in 24m",
    )  # fmt: skip
    row = only_row(latest_of(snapshot(NOW), alerts=(incident,)))
    assert row.notes == ("burst pipe, ward-7: 5 callers in 24m",)


def test_planned_maintenance_is_noted_while_it_lasts() -> None:
    window = parse_maintenance("2026-11-18 14:00-15:00 PBX upgrade")
    for planned, notes in (((window,), ("maintenance until 15:00 (PBX upgrade)",)), ((), ())):
        promise = msgspec.structs.replace(targets(), maintenance=planned)
        assert only_row(latest_of(snapshot(NOW), promises=(promise,))).notes == notes


def test_a_replay_moved_to_now_shows_the_date_when_it_happened() -> None:
    moved = snapshot(NOW, replay=True, replay_shift_ms=NOW - from_iso("2010-08-01T10:00:00Z"))
    wall = board(latest_of(moved), NOW)
    assert (wall.condition, wall.banner) == ("replay", "REPLAY of 2010-08-01")
    assert "replay of 2010-08-01" in wall.rows[0].notes
    other = msgspec.structs.replace(moved, queue="taps", replay_shift_ms=0)
    assert board(latest_of(moved, other), NOW).banner.startswith("REPLAY of 2010-08-01 to ")
