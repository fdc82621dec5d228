"""One queue over a long day: what lies packed, what passes idle, and what is remembered of restarts."""

import pytest

from schemas.millis import MINUTE, SECOND
from streams.core.calls_pieces import CURSOR, read_cursor
from tests.support.builders import call, clock, mark, targets
from tests.support.ruled import oldest_wait, ruled
from tests.support.story import Story


def with_a_cold_leg() -> Story:
    day = Story()
    day.at("09:00:00").queued("ada")
    day.at("09:00:10").answered("ada")
    day.at("09:01:00").ended("ada")
    for minute in range(2, 40):
        day.tick(f"09:{minute:02}:00")
        day.legs()  # a checkpoint: only what is written may turn cold
    assert cold_packs(day) == 1
    return day


def cold_packs(day: Story) -> int:
    packs = day.unit.monitors["billing"].legs.store.packs.values()
    return sum(pack.cold is not None for pack in packs)


def test_a_late_fact_finds_its_leg_among_the_packed_ones() -> None:
    day = with_a_cold_leg()
    day.say(call("disposition", "ada", clock("09:01:30")), appended_at=clock("09:40"))
    assert day.legs()["ada"].disposition == "solved"
    day.say(call("answered", "ada", clock("09:00:05")), appended_at=clock("09:40"))
    assert (day.today().answered, day.today().answer_wait_ms) == (1, 5 * SECOND)


def test_a_duplicate_of_a_packed_leg_changes_nothing() -> None:
    day = with_a_cold_leg()
    before = day.today()
    day.again()
    assert day.today() == before


def test_targets_that_hold_from_now_on_leave_packed_legs_alone() -> None:
    day = with_a_cold_leg()
    version = day.legs()["ada"].version
    day.publish(targets(goal=0.5), valid_from="12:00")
    assert cold_packs(day) == 1
    assert day.legs()["ada"].version == version


def test_a_new_worker_finds_an_idle_queue_where_time_had_come_to() -> None:
    day = with_a_cold_leg()
    for hour in range(10, 14):
        day.tick(f"{hour}:00:00")
    day.restart()
    windows = day.unit.monitors["billing"].legs.windows
    assert windows.boundary == clock("12:59:55")
    day.say(call("queued", "eve", clock("12:59:58")), appended_at=clock("13:00:01"))
    day.tick("13:01:06")
    first, latest = day.minute("13:00"), day.minute("13:01")
    assert first is not None
    assert latest is not None
    assert (first.waiting, first.oldest_wait_ms) == (1, 2 * SECOND)
    assert (latest.waiting, latest.oldest_wait_ms) == (1, MINUTE + 2 * SECOND)


def test_a_conversation_told_late_ends_with_the_restart_before_which_it_began() -> None:
    day = Story()
    day.at("09:00:00").queued("ada")
    day.at("09:00:00").queued("eve")
    day.at("09:01:00").restarted()
    day.restart()
    day.say(call("answered", "ada", clock("09:00:30")), appended_at=clock("09:01:01"))
    day.say(call("answered", "eve", clock("09:01:30")), appended_at=clock("09:01:31"))
    legs = day.legs()
    assert (legs["ada"].outcome, legs["ada"].ended_at) == ("answered", clock("09:01:00"))
    assert (legs["eve"].outcome, legs["eve"].ended_at) == ("answered", None)
    assert (day.snapshot().in_service, day.today().dropped) == (1, 0)


def test_a_call_told_after_two_restarts_is_dropped_by_the_first_of_them() -> None:
    day = Story()
    day.at("08:00:00").queued("ada")
    day.at("09:01:00").restarted()
    day.at("10:01:00").restarted()
    day.restart()
    day.say(call("queued", "eve", clock("09:00:30")), appended_at=clock("10:01:01"))
    day.say(call("queued", "ida", clock("10:00:30")), appended_at=clock("10:01:01"))
    legs = day.legs()
    assert (legs["eve"].outcome, legs["eve"].left_at) == ("dropped", clock("09:01:00"))
    assert (legs["ida"].outcome, legs["ida"].left_at) == ("dropped", clock("10:01:00"))


def test_an_answer_after_a_late_start_counts_where_it_happened() -> None:
    day = Story()
    day.at("09:00:30").answered("ada")
    assert day.today().answered == 0
    day.say(call("queued", "ada", clock("09:00:00")), appended_at=clock("09:00:31"))
    assert (day.today().offered, day.today().answered) == (1, 1)
    assert day.snapshot().windows[1].answer_wait_ms == 30 * SECOND


@pytest.mark.parametrize("crashes", [False, True])
def test_the_first_minute_of_a_queue_gets_its_row_from_a_late_start(*, crashes: bool) -> None:
    day = Story()
    day.at("09:00:05").offered("ada", agent="ann")  # the first that is heard of the queue
    if crashes:
        day.restart()
    day.at("08:59:50").queued("ada")
    day.tick("09:00:30")
    row = day.minute("09:00")
    assert row is not None
    assert row.waiting == 1


def test_a_source_that_only_repeated_what_was_known_holds_the_queue_after_a_restart_too() -> None:
    day = Story()
    day.at("09:00:00").queued("ada", source="north")
    day.legs()
    day.say(call("queued", "ada", clock("09:00:00"), source="south"))
    assert len(day.unit.changed_snapshots(clock("09:00:01"))) == 1
    day.restart()
    assert day.unit.monitors["billing"].sources == {"north", "south"}


def test_a_queue_that_no_source_spoke_of_is_not_shown() -> None:
    day = Story()
    day.unit._monitor("nobody")
    assert day.unit.changed_snapshots(clock("09:00:01")) == []


def test_an_idle_queue_comes_back_at_the_clock_of_its_own_sources() -> None:
    day = Story()
    now = clock("12:00:00")
    day.say(call("queued", "ada", clock("09:00:00"), source="north"), appended_at=now)
    day.say(call("abandoned", "ada", clock("09:00:05"), source="north"), appended_at=now)
    other = call("queued", "eve", clock("09:00:00"), queue="permits", source="south")
    day.say(other, appended_at=now)
    gone = call("abandoned", "eve", clock("09:00:05"), queue="permits", source="south")
    day.say(gone, appended_at=now)
    for at in ("10:00:00", "11:00:00", "12:00:00"):
        day.say(mark("tick", clock(at), "south"), appended_at=now)
    day.say(mark("tick", clock("10:30:00"), "north"), appended_at=now)
    day.restart()
    boundaries = {q: m.legs.windows.boundary for q, m in day.unit.monitors.items()}
    assert boundaries == {"billing": clock("10:29:55"), "permits": clock("11:59:55")}


def test_the_rules_of_a_queue_whose_targets_changed_are_asked_by_the_new_ones() -> None:
    day = Story(alerts=ruled(oldest_wait(2 * MINUTE, MINUTE)))
    day.at("09:00:00").queued("bob")
    day.at("09:00:02").answered("bob")  # and talks, so that the queue is not idle
    day.publish(targets(alerts=ruled(oldest_wait(10 * SECOND, 5 * SECOND))), valid_from="09:01")
    day.tick("09:02:08")
    day.tick("09:02:13")  # nobody waits: by the former rules nothing could be raised in this minute
    day.at("09:02:14").queued("ada")
    day.tick("09:02:45")
    (alert,) = day.alert_records()
    assert (alert.state, alert.onset_at) == ("firing", clock("09:02:25"))


def test_a_new_worker_asks_only_the_sources_of_a_queue_how_far_time_has_come() -> None:
    day = Story()
    day.say(call("queued", "bob", clock("09:00:00"), "accounts", source="behind"))
    day.tick("09:00:02", source="behind")
    day.at("09:00:10").queued("ada")
    day.at("09:00:20").abandoned("ada")
    day.tick("10:30:00")
    day.legs()  # a checkpoint: that time moves on in an idle queue is not written
    day.tick("10:31:00")
    boundary = day.unit.monitors["billing"].legs.windows.boundary
    assert boundary == clock("10:30:55")
    day.say(mark("tick", clock("09:00:04"), "behind"), appended_at=clock("10:31:00"))
    day.restart()
    assert day.unit.monitors["billing"].legs.windows.boundary == boundary


def test_the_boundary_of_an_idle_queue_never_goes_back() -> None:
    day = with_a_cold_leg()
    for hour in range(10, 14):
        day.tick(f"{hour}:00:00")
    monitor = day.unit.monitors["billing"]
    boundary = monitor.legs.windows.boundary
    monitor.decisions.restored(clock("12:00"), 0)
    assert monitor.legs.windows.boundary == boundary == clock("12:59:55")


def test_a_source_that_tells_nothing_new_is_kept_and_shown_at_once() -> None:
    day = Story()
    day.at("09:00:00").queued("ada")
    day.at("09:00:10").answered("ada", agent="ann")
    day.legs()  # a checkpoint
    monitor = day.unit.monitors["billing"]
    assert monitor.is_to_be_shown(0)
    day.at("09:00:10").answered("ada", agent="ann", source="desktop")
    assert monitor.is_to_be_shown(0)
    assert day.restart().unit.monitors["billing"].sources == {"node", "desktop"}


@pytest.mark.parametrize("dies", [False, True])
@pytest.mark.parametrize("silent", [True, False])
def test_a_new_worker_finds_an_idle_queue_at_the_boundary_at_which_it_was(
    dies: bool, silent: bool
) -> None:
    """Also where the clocks of its sources do not say it: all are silent, or one that was silent is behind."""
    day = Story()
    day.at("09:00:10").queued("ada")
    day.say(call("abandoned", "ada", clock("09:00:20"), source="desktop"))
    day.tick("10:30:00")  # "desktop" is silent: it does not hold back the queue, which becomes idle
    day.legs()
    day.tick("11:00:10")
    if silent:
        day.tick("11:01:00", source="elsewhere")
    else:
        day.say(mark("tick", clock("09:00:25"), "desktop"), appended_at=clock("11:00:11"))
    if dies:
        day.restart()
    assert day.unit.monitors["billing"].legs.windows.boundary == clock("11:00:05")
    late = call("queued", "eve", clock("10:58:30"))
    day.say(late, appended_at=clock("11:01:00"))
    day.tick("11:01:00", source="desktop").tick("11:01:00")
    rows = {at: row.waiting for at, row in day.minutes().items() if at > clock("10:30")}
    assert rows == {clock("11:00"): 1}


def test_where_an_idle_queue_stands_is_written_only_if_its_clock_does_not_say_it() -> None:
    day = with_a_cold_leg()
    day.tick("12:00:00")
    day.legs()
    assert read_cursor(day.outputs.pieces[CURSOR]).boundaries == {}
    day.tick("12:01:00", source="elsewhere")
    day.legs()
    assert read_cursor(day.outputs.pieces[CURSOR]).boundaries == {"billing": clock("11:59:55")}
