"""One partition of calls: what is applied, set aside, shown and written."""

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from schemas.calls import LegFact
from schemas.codec import decode_as
from schemas.legs import LegRow
from schemas.millis import HOUR, MINUTE, SECOND
from schemas.opening import Opening, parse_weekly
from schemas.quarantine import Quarantined
from schemas.topics import version_of
from streams.core.calls_pieces import CURSOR, read_cursor
from streams.core.calls_unit import CallsUnit
from streams.core.queue_monitor import QueueMonitor
from streams.core.roster import Roster
from streams.core.state_format import FORMAT
from streams.core.unit import Cause, UnreadablePieceError
from tests.support.builders import BILLING, call, clock, mark, published, targets
from tests.support.story import Story
from tests.support.unexplained import unexplained_by_queue

NINE = clock("09:00")


def refused(day: Story) -> list[tuple[str, str]]:
    """(reason, detail) of what went to quarantine."""
    day.outputs.take(day.unit)
    return [(row.reason, row.detail) for row in day.outputs.quarantined]


def test_wrong_input_is_set_aside_with_its_reason_and_stops_nobody() -> None:
    day = Story()
    day.say_bytes(b"not json", NINE)
    day.say(call("queued", "ada", NINE + MINUTE), appended_at=NINE)
    day.say(call("queued", "ada", NINE))
    assert day.quarantined() == ["not_json", "ahead_of_broker"]
    assert day.unit.reasons == {"not_json": 1, "ahead_of_broker": 1}
    assert day.unit.results == {"applied": 1, "duplicate": 0, "quarantined": 2}
    assert day.today().offered == 1


def test_what_is_set_aside_keeps_the_key_of_its_record_and_names_no_source_that_it_cannot_read() -> (
    None
):
    day = Story()
    day.say_bytes(b"not json", NINE)
    checkpoint = day.unit.checkpoint()
    assert checkpoint is not None
    (output,) = checkpoint.outputs
    assert (output.topic, output.key) == ("quarantine", BILLING.encode())
    assert decode_as(Quarantined, output.value).source == ""


def test_an_event_up_to_five_seconds_ahead_of_the_broker_is_taken() -> None:
    day = Story()
    day.say(call("queued", "ada", NINE + 5_000), appended_at=NINE)
    day.say(call("queued", "eve", NINE + 5_001), appended_at=NINE)
    assert day.today().offered == 1
    assert day.quarantined() == ["ahead_of_broker"]


def test_a_bug_sets_one_event_aside_and_changes_nothing(monkeypatch: Any) -> None:
    day = Story()
    day.at("09:00:00").queued("ada")

    def trip(self: QueueMonitor, event: LegFact, cause: Cause) -> bool:
        raise ZeroDivisionError("a bug")

    with monkeypatch.context() as bug:
        bug.setattr(QueueMonitor, "apply", trip)
        day.at("09:00:10").answered("ada")
    assert refused(day) == [("internal_error", "ZeroDivisionError: a bug")]
    assert day.snapshot().waiting == 1


def test_a_bug_while_time_moves_on_stops_neither_the_event_nor_other_queues(
    monkeypatch: Any,
) -> None:
    day = Story()
    day.at("09:00:01").queued("ada")
    day.say(call("queued", "bob", clock("09:00:02"), "permits"))
    advance = QueueMonitor.advance

    def trip(self: QueueMonitor, target: int, cause: Cause) -> None:
        if self.queue == "billing":
            raise ZeroDivisionError("a bug")
        advance(self, target, cause)

    with monkeypatch.context() as bug:
        bug.setattr(QueueMonitor, "advance", trip)
        day.at("09:01:10").answered("ada")
    assert refused(day) == [("internal_error", "counted, but billing: ZeroDivisionError: a bug")]
    assert day.unit.results == {"applied": 3, "duplicate": 0, "quarantined": 0}
    assert day.today().answered == 1
    assert unexplained_by_queue(day.unit) == {"billing": 0, "permits": 0}
    assert day.unit.monitors["permits"].legs.windows.boundary == clock("09:01:05")
    day.tick("09:03:00")  # the bug is gone: time comes after
    assert day.quarantined() == ["internal_error"]
    assert sorted(day.minutes()) == [clock("09:01"), clock("09:02")]


def test_a_fragment_from_before_yesterday_is_too_old_and_a_whole_leg_corrects_history() -> None:
    day = Story()
    day.at("09:00:00").queued("ada")
    day.tick("18:00:00")
    old = clock("11:00:00")
    day.say(call("answered", "lost", old), appended_at=clock("18:00:00"))
    day.say(
        call("leg", "whole", old, arrived_at=old - 5_000, outcome="abandoned"),
        appended_at=clock("18:00:00"),
    )
    behind = "6h59m55s behind the queue, whose legs are kept for 6h"
    assert refused(day) == [("too_old", behind)]
    whole = day.legs()["whole"]
    assert (whole.outcome, whole.feed, whole.flags) == ("abandoned", "history", ("late",))
    assert day.today().abandoned == 0  # live numbers are not moved by it
    day.say(call("abandoned", "ada", clock("09:00:30")), appended_at=clock("18:00:00"))
    assert day.legs()["ada"].outcome == "ghost"  # told after six hours, by an unknown leg


def test_a_leg_judged_again_lies_between_two_records_and_was_known_when_targets_were() -> None:
    day = Story(configured=False)
    day.at("09:00:00").queued("ada")
    assert day.legs()["ada"].version == version_of(1, 0)
    day.publish(targets(), valid_from="09:01:00")  # and published then
    again = day.legs()["ada"]
    assert (again.targets_version, again.known_at) == (1, NINE + MINUTE)
    assert version_of(1, 0) < again.version < version_of(1, 1)
    day.at("09:00:09").abandoned("ada")
    assert day.legs()["ada"].version == version_of(1, 1)


def test_what_was_published_while_nobody_worked_was_known_from_its_own_publication_on() -> None:
    day = Story(configured=False)
    day.at("09:00:00").queued("ada")
    first, second, third = (
        published(targets(), version=version, valid_from=NINE + version * MINUTE)
        for version in (1, 2, 3)
    )
    again = day.restart(first, second, third).legs()["ada"]
    assert (again.targets_version, again.known_at) == (1, first.published_at)


def test_what_each_of_several_versions_changed_was_known_from_its_own_publication_on() -> None:
    second = replace(
        published(targets(goal=0.9), version=2), valid_from=1, published_at=NINE + HOUR
    )
    third = published(targets(goal=0.7), version=3, valid_from=NINE + 2 * HOUR)
    fourth = published(targets(goal=0.6), version=4, valid_from=NINE + 3 * HOUR)
    for versions in ((second, third), (second, third, fourth), (third, second, fourth)):
        again = Story()
        again.at("09:00:00").queued("ada")
        ada = again.restart(*versions).legs()["ada"]
        assert (ada.targets_version, ada.goal, ada.known_at) == (2, 0.9, NINE + HOUR)


def test_a_new_worker_writes_nothing_that_the_former_one_wrote() -> None:
    day = Story()
    day.at("09:00:00").queued("ada")
    day.at("09:00:00").queued("bo")
    day.at("09:00:05").answered("bo")
    day.publish(targets(answer_within_ms=1), valid_from="08:00")
    before = day.totals()
    day.restart()
    assert day.unit.checkpoint() is None
    assert day.totals() == before
    day.at("09:00:10").answered("ada")
    checkpoint = day.unit.checkpoint()
    assert checkpoint is not None
    assert not [key for key, _ in checkpoint.pieces if key.startswith(b"calls|names|")]
    day.unit.commit_done()
    assert day.unit._pending_totals == []


def test_a_snapshot_has_the_version_of_the_next_record_so_that_the_newest_wins() -> None:
    day = Story()
    assert day.unit.snapshots(NINE) == []
    day.at("09:00:00").queued("ada")
    before = day.snapshot().version
    day.tick("09:00:01")
    assert (before, day.snapshot().version) == (version_of(1, 1), version_of(1, 2))


def test_a_leg_is_forgotten_whoever_arrived_in_the_same_minute() -> None:
    day = Story()
    day.at("09:00:00").queued("ada")
    day.at("09:00:10").queued("eve")
    day.at("09:00:15").answered("eve")  # her conversation keeps the minute in state
    day.at("09:00:30").abandoned("ada")
    day.tick("18:00:00")
    old = clock("09:00:20")
    day.say(call("answered", "ada", old), appended_at=clock("18:00:00"))
    assert day.quarantined() == ["too_old"]
    assert day.legs()["ada"].outcome == "abandoned"
    day.say(call("ended", "eve", clock("09:05:00")), appended_at=clock("18:00:00"))
    assert day.legs()["eve"].ended_at == clock("09:05:00")
    day.say(
        call("leg", "ada", old, arrived_at=clock("09:00:00"), outcome="answered"),
        appended_at=clock("18:00:00"),
    )
    assert day.legs()["ada"].outcome == "answered"
    assert day.today().answered == 1  # eve


def test_a_call_told_an_hour_late_survives_a_restart_beside_those_of_its_minute() -> None:
    day = Story()
    day.at("09:00:00").queued("ada")
    day.at("09:00:10").abandoned("ada")
    for minute in range(10, 60, 5):
        day.legs()  # only what is written may lie cold
        day.tick(f"09:{minute}:00")
    day.say(call("queued", "eve", clock("09:00:05")), appended_at=clock("10:00:00"))
    assert day.restart().snapshot().waiting == 1
    day.say(call("answered", "eve", clock("09:00:20")), appended_at=clock("10:00:01"))
    assert (day.today().offered, day.today().answered, day.today().abandoned) == (2, 1, 1)


def test_history_writes_legs_and_moves_no_wall() -> None:
    day = Story()
    leg = {"arrived_at": NINE, "answered_at": NINE + 9_000, "feed": "history", "missed_offers": 2}
    day.at("09:00:09").leg("ada", **leg)
    row = day.legs()["ada"]
    assert (row.feed, row.outcome, row.in_target, row.missed_offers) == (
        "history",
        "answered",
        True,
        2,
    )
    assert day.unit.snapshots(NINE) == []
    day.at("09:00:00").queued("ada", feed="history")
    assert day.quarantined() == ["wrong_type"]


def test_what_the_live_feed_told_stands_against_a_back_fill() -> None:
    day = Story()
    day.at("09:00:00").queued("ada")
    day.at("09:00:09").leg("ada", arrived_at=NINE, outcome="abandoned", feed="history")
    assert day.legs()["ada"].outcome == "open"
    assert day.unit.results["duplicate"] == 1


def test_a_file_corrects_in_history_what_the_live_feed_still_holds() -> None:
    """Walls keep what they counted; what the live feed tells of the call afterwards holds again."""
    day = Story()
    day.at("09:00:00").queued("ada")
    day.at("09:00:09").abandoned("ada")
    assert day.legs()["ada"].outcome == "abandoned"
    answered = {"arrived_at": NINE, "outcome": "answered", "feed": "history", "corrects": True}
    day.at("09:00:09").leg("ada", **answered)
    assert (day.legs()["ada"].outcome, day.legs()["ada"].feed) == ("answered", "history")
    assert day.unit.results["duplicate"] == 0
    assert day.unit.snapshots(NINE)[0].windows[30].abandoned == 1
    day.at("09:00:12").answered("ada", agent="ann")
    assert (day.legs()["ada"].agent, day.legs()["ada"].feed) == ("ann", "live")


def test_a_finished_leg_of_the_live_feed_counts_as_its_events_would() -> None:
    day = Story()
    for outcome in ("answered", "abandoned", "exited", "rejected", "ghost"):
        day.at("09:00:30").leg(outcome, arrived_at=NINE, outcome=outcome, left_at=NINE + 9_000)
    seen = day.today()
    assert (seen.offered, seen.answered, seen.abandoned, seen.exited, seen.rejected, seen.ghost) == (
        4, 1, 1, 1, 1, 1,
    )  # fmt: skip
    assert day.legs()["answered"].wait_ms == 9_000


def test_queues_do_not_meet_and_a_leg_id_may_stand_in_two() -> None:
    day = Story()
    day.publish(targets("billing"), targets("repairs|night"))
    day.at("09:00:00").queued("ada")
    day.at("09:00:00").queued("ada", queue="repairs|night")
    day.at("09:00:30").answered("ada", queue="repairs|night")
    day.restart()
    assert (day.snapshot().waiting, day.snapshot("repairs|night").waiting) == (1, 0)
    assert unexplained_by_queue(day.unit) == {"billing": 0, "repairs|night": 0}


def test_a_queue_is_shown_when_it_changed_and_every_two_seconds() -> None:
    day = Story()
    day.at("09:00:00").queued("ada")
    assert [s.queue for s in day.unit.changed_snapshots(NINE)] == ["billing"]
    assert day.unit.changed_snapshots(NINE + 1_999) == []
    assert [s.queue for s in day.unit.changed_snapshots(NINE + 2_000)] == ["billing"]
    day.at("09:00:03").offered("ada", agent="ann")
    (seen,) = day.unit.changed_snapshots(NINE + 2_100)
    assert seen.callers[0].ringing
    day.at("09:00:04").offer_missed("ada", agent="ann")
    assert not day.snapshot().callers[0].ringing


def test_a_queue_of_which_only_history_is_known_is_not_shown() -> None:
    day = Story()
    day.at("09:00:00").leg("ada", arrived_at=NINE, feed="history")
    assert day.unit.changed_snapshots(NINE) == []


def test_only_the_fifty_oldest_callers_are_listed() -> None:
    day = Story()
    for number in range(60):
        day.say(call("queued", f"leg{number:02}", NINE + number))
    seen = day.snapshot()
    assert (seen.waiting, len(seen.callers), seen.callers[-1].leg_id) == (60, 50, "leg49")


def test_a_source_that_ended_leaves_its_queue_stale_as_of_its_last_word() -> None:
    day = Story()
    day.at("09:00:00").queued("ada")
    day.at("09:10:00").end_of_input(replay=True)
    seen = day.snapshot()
    assert (seen.source_stale, seen.as_of) == (True, clock("09:10:00"))
    day.tick("09:10:01")
    assert not day.snapshot().source_stale


def test_a_silent_source_does_not_stop_the_clock_of_the_other() -> None:
    day = Story()
    day.at("09:00:00").queued("ada", source="north")
    day.at("09:00:00").queued("eve", source="south")
    day.tick("09:00:20", "north")
    assert day.snapshot().as_of == NINE
    day.tick("09:00:40", "north")
    assert day.snapshot().as_of == clock("09:00:40")
    day.tick("09:20:00", "north")
    assert day.snapshot().as_of == clock("09:20:00")
    day.say(
        call("answered", "eve", clock("09:00:15"), source="south"), appended_at=clock("09:20:01")
    )
    assert day.snapshot().waiting == 1
    assert day.today().answered_in_target == 1


@pytest.mark.parametrize("dies", [False, True])
def test_a_new_queue_has_a_row_of_its_first_minute_though_one_step_passes_it(*, dies: bool) -> None:
    day = Story()
    day.at("09:00:00").queued("ada", queue="other")
    day.at("09:00:02").queued("ada")
    if dies:
        day.restart()
    day.tick("09:01:07")
    row = day.minute("09:01")
    assert row is not None
    assert (row.waiting, row.oldest_wait_ms) == (1, 58 * SECOND)


def test_a_source_holds_a_queue_back_from_its_first_word_on_though_it_told_nothing_new() -> None:
    day = Story()
    day.at("09:00:00").queued("ada")
    day.at("09:00:10").answered("ada", agent="ann")
    day.legs()  # a checkpoint: nothing is to be written but that
    day.at("09:00:12").answered("ada", agent="ann", source="desktop")
    day.at("09:00:30").ended("ada")
    assert day.unit.results["duplicate"] == 1
    assert day.snapshot().as_of == clock("09:00:12")
    assert day.restart().snapshot().as_of == clock("09:00:12")


def test_a_replay_says_how_far_it_was_moved_and_a_restart_keeps_that() -> None:
    day = Story()
    day.at("09:00:00").queued("ada", replay=True, replay_shift_ms=7 * 24 * HOUR)
    day.restart()
    seen = day.snapshot()
    assert (seen.replay, seen.replay_shift_ms) == (True, 7 * 24 * HOUR)
    day.at("09:00:05").queued("eve")
    assert (day.snapshot().replay, day.snapshot().replay_shift_ms) == (False, 0)


def test_a_replay_of_long_ago_and_a_live_source_may_share_a_queue() -> None:
    day = Story()
    day.at("09:00:00").queued("live", source="north")
    long_ago = NINE - 16 * 365 * 24 * HOUR
    day.say(call("queued", "replayed", long_ago, source="south", replay=True), appended_at=NINE)
    assert day.quarantined() == ["too_old"]
    day.say(mark("tick", NINE + 1), appended_at=NINE)
    assert day.snapshot().waiting == 1


def test_a_file_replayed_first_does_not_hold_a_live_source_back_for_ever() -> None:
    day = Story()
    long_ago = NINE - 16 * 365 * 24 * HOUR
    day.say(call("queued", "replayed", long_ago, source="south", replay=True), appended_at=NINE)
    day.say(mark("end_of_input", long_ago + MINUTE, "south"), appended_at=NINE)
    day.say(call("queued", "live", NINE, source="north"), appended_at=NINE)
    day.say(mark("tick", NINE + 10_000, "north"), appended_at=NINE + 10_000)
    seen = day.snapshot()
    assert (seen.as_of, seen.windows[60].offered) == (NINE + 10_000, 1)
    assert (seen.waiting, day.today().ghost) == (1, 0)


def test_totals_are_those_of_the_last_commit_and_never_fall() -> None:
    day = Story()
    day.at("09:00:00").queued("ada")
    assert day.unit.committed_totals() == []
    day.unit.checkpoint()
    assert day.unit.committed_totals() == []
    day.unit.commit_done()
    day.at("09:00:10").abandoned("ada")
    (before,) = day.unit.committed_totals()
    assert (before.added.offered, before.added.abandoned) == (1, 0)
    day.at("09:00:12").resumed("ada")
    assert day.totals().abandoned == 0
    (after,) = day.unit.committed_totals()
    assert (after.added.abandoned, after.reversed.abandoned) == (1, 1)


def test_a_checkpoint_is_one_moment_and_nothing_new_is_none() -> None:
    day = Story()
    assert CallsUnit(0, 1, Roster()).checkpoint() is None
    day.at("09:00:00").queued("ada")
    found = day.unit.checkpoint()
    assert found is not None
    assert {key.split(b"|")[1] for key, _ in found.pieces} == {
        b"queue",
        b"buckets",
        b"legs",
        b"names",
        b"cursor",
    }
    (row,) = [decode_as(LegRow, each.value) for each in found.outputs]
    assert (row.version, row.known_at, row.key_at) == (version_of(1, 0), NINE, NINE)
    assert day.unit.checkpoint() is None


def test_new_targets_alone_are_a_reason_for_a_checkpoint_that_says_so() -> None:
    day = Story()
    day.at("09:00:00").queued("ada")
    day.unit.checkpoint()
    day.publish(targets(), targets("other"))  # changes nothing for billing
    found = day.unit.checkpoint()
    assert found is not None
    assert (found.outputs, [key for key, _ in found.pieces]) == ([], [CURSOR])
    assert read_cursor(found.pieces[0][1] or b"").targets_version == 2
    assert day.unit.checkpoint() is None


def test_a_worker_that_takes_over_writes_nothing_while_nothing_is_new() -> None:
    day = Story()
    day.at("09:00:00").queued("ada")
    assert day.restart().unit.checkpoint() is None
    assert day.restart(published(targets("other"), version=2)).unit.checkpoint() is not None


def test_state_of_other_units_and_pieces_that_are_gone_are_passed_by() -> None:
    day = Story()
    day.at("09:00:00").queued("ada")
    day.outputs.take(day.unit)
    unit = CallsUnit(0, 1, Roster())
    for key, value in day.outputs.pieces.items():
        unit.load(key, value)
    unit.load(b"agents|cursor", b"not ours")
    for key in day.outputs.pieces:
        unit.load(key, None)
    unit.start(42)
    assert (unit.next_offset, unit.monitors) == (42, {})


def test_the_state_follows_traffic_and_not_time() -> None:
    """After six quiet hours nothing of a day is left but its totals."""
    day = Story()
    for number in range(50):
        day.say(call("queued", f"leg{number}", NINE + number * MINUTE))
        day.say(call("abandoned", f"leg{number}", NINE + number * MINUTE + 9_000))
    for hour in range(10, 50):
        day.tick(f"{hour}:00:00")
        day.outputs.take(day.unit)
    kept = {key for key in day.outputs.pieces if not key.startswith(b"calls|names|")}
    assert kept == {b"calls|cursor", b"calls|queue|billing"}
    assert day.unit.monitors["billing"].legs.tally.days.freeze() == []
    assert day.totals().abandoned == 50


def test_a_caller_out_of_hours_is_reconciled_like_others() -> None:
    day = Story(opening=Opening(parse_weekly("Mon 10:00-11:00")))
    day.at("09:00:00").queued("night")
    day.at("09:01:00").snapshot_begin()
    day.at("09:01:01").snapshot_end()
    assert day.legs()["night"].outcome == "ghost"
    assert day.snapshot().out_of_hours_waiting == 0
    assert (day.today().ghost, day.today().out_of_hours) == (0, 1)


def test_a_leg_of_which_only_its_presence_is_known_waits_nowhere() -> None:
    day = Story()
    day.at("09:00:00").present("unknown")
    day.at("09:00:30").snapshot_end()  # of a snapshot whose beginning was lost
    day.at("09:01:00").restarted()
    assert (day.legs(), day.snapshot().waiting) == ({}, 0)


def test_a_fact_of_an_unknown_leg_is_too_old_beyond_six_hours_and_not_at_them() -> None:
    day = Story()
    day.at("15:00:05").queued("ada")
    day.tick("15:01:05")  # decided up to 15:01
    for leg, at in (("then", "09:01:00"), ("before", "09:00:59.999")):
        day.say(call("queued", leg, clock(at)), appended_at=clock("15:01:05"))
    assert day.totals().offered == 2
    assert day.quarantined() == ["too_old"]


def test_the_history_feed_holds_whole_legs_only() -> None:
    day = Story()
    day.say(call("queued", "ada", NINE, feed="history"))
    assert refused(day) == [("wrong_type", "the history feed holds finished legs only")]


def test_who_is_named_by_a_platform_snapshot_waits_whatever_the_time_of_his_line() -> None:
    day = Story()
    for leg in ("named", "missing"):
        day.at("09:00:00").queued(leg)
    day.at("09:01:00").snapshot_begin()
    day.at("09:00:59").present("named")
    day.at("09:01:01").snapshot_end()
    assert (day.legs()["missing"].outcome, day.legs()["named"].outcome) == ("ghost", "open")


def test_a_new_queue_begins_where_its_source_stands() -> None:
    day = Story()
    day.tick("09:00:30")
    day.at("09:00:30").queued("ada")
    assert day.unit.monitors[BILLING].legs.windows.boundary == clock("09:00:25")


def test_boards_are_told_at_once_that_a_source_has_ended() -> None:
    day = Story()
    day.at("09:00:00").queued("ada")
    day.tick("09:00:10")
    assert day.unit.changed_snapshots(NINE + 10_000)
    day.at("09:00:10").end_of_input()
    assert [s.source_stale for s in day.unit.changed_snapshots(NINE + 10_001)] == [True]


def test_one_queue_without_a_clock_does_not_stop_the_time_of_the_next() -> None:
    day = Story()
    day.at("09:00:00").queued("ada", source="north")
    day.at("09:00:00").queued("ada", source="south")
    for source in ("north", "south"):
        day.at("09:00:00").end_of_input(source=source)
    day.at("09:00:00").queued("bob", queue="permits", source="west")
    day.unit.monitors[BILLING].sources.add("west")
    assert day.unit.changed_snapshots(NINE)
    day.tick("09:01:10", "west")
    assert day.unit.monitors["permits"].legs.windows.boundary == clock("09:01:05")


def test_a_leg_that_could_never_be_counted_is_among_the_refused_when_it_leaves() -> None:
    day = Story()
    day.at("09:00:00").queued("ada")
    for leg in ("lost", "gone"):
        day.at("09:00:01").offered(leg, agent="ann")
    for hour in (11, 14, 17):  # ada is a ghost at eleven, and keeps the minute for six hours more
        for minute in range(6):
            day.tick(f"{hour}:0{minute}:05")
    assert day.quarantined() == ["too_old", "too_old"]
    assert day.unit.reasons == {"too_old": 2}
    assert day.unit.monitors[BILLING].legs.line.open_entries() == []


def test_one_changed_queue_among_quiet_ones_is_reason_enough_for_a_checkpoint() -> None:
    day = Story()
    day.at("09:00:00").queued("ada")
    day.at("09:00:00").queued("bob", queue="permits")
    day.outputs.take(day.unit)
    assert day.unit.checkpoint() is None
    # Two publishers at once: the same number says something else, so that no version is newer.
    twice = published(targets(), targets("permits", answer_within_ms=1), version=1)
    day.unit.set_targets([twice])
    assert day.unit.checkpoint() is not None


@pytest.mark.parametrize("key", [b"calls|cursor", b"calls|queue|billing"])
def test_a_piece_of_a_newer_format_is_refused_in_one_line(key: bytes) -> None:
    day = Story()
    day.at("09:00:00").queued("ada")
    day.outputs.take(day.unit)
    piece = msgspec.msgpack.decode(day.outputs.pieces[key]) | {"format": FORMAT + 1}
    day.outputs.pieces[key] = msgspec.msgpack.encode(piece)
    with pytest.raises(UnreadablePieceError) as refused:
        day._fresh()
    said = str(refused.value)
    assert said.startswith(f"piece {key.decode()}: written by a newer queuewatch")
    assert "\n" not in said


def test_names_are_written_once_and_again_by_a_release_that_has_others() -> None:
    day = Story()
    day.at("09:00:00").queued("ada")
    day.outputs.take(day.unit)
    names = {key for key in day.outputs.pieces if key.startswith(b"calls|names|")}
    assert len(names) == 2
    day.restart()
    day.at("09:00:10").answered("ada")
    found = day.unit.checkpoint()
    assert found is not None
    assert not any(key.startswith(b"calls|names|") for key, _ in found.pieces)


def test_only_presence_counts_as_being_named_by_a_platform_snapshot() -> None:
    day = Story()
    day.at("09:00:00").queued("ada")
    day.at("09:00:00").queued("eve")
    day.at("09:01:00").snapshot_begin()
    day.at("09:01:01").present("ada")
    day.at("09:01:01").offered("eve", agent="ann")  # told late: the platform no longer lists her
    day.at("09:01:02").snapshot_end()
    legs = day.legs()
    assert (legs["ada"].outcome, legs["eve"].outcome) == ("open", "ghost")


def test_legs_that_could_never_be_placed_are_counted_as_too_old_one_after_the_other() -> None:
    day = Story()
    for hour, leg in ((9, "ada"), (21, "eve")):
        day.at(f"{hour:02}:00:00").abandoned(leg)
        day.at(f"{hour:02}:00:01").queued(f"other{hour}")
        for later in range(1, 12):
            day.tick(f"{hour + later}:30:00")
            day.legs()
    assert day.quarantined() == ["too_old", "too_old"]
    assert day.unit.reasons == {"too_old": 2}


def test_of_several_versions_published_meanwhile_each_is_known_from_its_own_publication() -> None:
    day = Story(answer_within_ms=20 * SECOND)
    day.at("09:00:00").queued("ada")
    day.at("09:00:15").answered("ada")
    changes = ((30, NINE), (10, NINE), (5, clock("11:00")))  # the last one is for later calls
    versions = [
        msgspec.structs.replace(
            published(targets(answer_within_ms=within * SECOND), version=2 + place, valid_from=at),
            published_at=clock("10:00") + place * MINUTE,
        )
        for place, (within, at) in enumerate(changes)
    ]
    ada = day.restart(*versions).legs()["ada"]
    assert (ada.in_target, ada.targets_version) == (False, 3)
    assert ada.known_at == versions[1].published_at


def is_pressing(unit: CallsUnit) -> bool:
    return unit.is_pressing  # else mypy takes it for a constant


def test_only_ticks_that_change_nothing_do_not_press_for_a_checkpoint() -> None:
    day = Story()
    assert not is_pressing(day.unit)
    day.at("09:00:01").queued("ada")
    assert is_pressing(day.unit)
    day.at("09:00:03").answered("ada")
    day.at("09:00:30").ended("ada")
    day.tick("10:15:00")
    day.unit.checkpoint()
    assert not is_pressing(day.unit)
    day.tick("10:15:01")
    assert not is_pressing(day.unit)
    day.at("09:00:30").ended("ada")  # a duplicate: who sent it waits for its offset
    assert is_pressing(day.unit)
    day.unit.checkpoint()
    day.say(mark("end_of_input", clock("10:15:02")))
    assert is_pressing(day.unit)


def test_new_targets_press_for_a_checkpoint() -> None:
    day = Story()
    day.at("09:00:01").queued("ada")
    day.unit.checkpoint()
    assert not is_pressing(day.unit)
    day.publish(targets())
    assert is_pressing(day.unit)


def test_a_clock_that_rules_across_queues_wait_for_presses_for_a_checkpoint() -> None:
    day = Story().publish(targets(alerts={"incident": {}}))
    day.tick("10:15:01")
    day.unit.checkpoint()
    assert not is_pressing(day.unit)
    day.tick("10:15:04")
    assert not is_pressing(day.unit)
    day.tick("10:15:05")
    assert is_pressing(day.unit)
