"""E9, E10: ends that never come (doubtful, then ghost by age or snapshot), and ends without a start."""

from typing import Any

import pytest

from schemas.counters import Counts
from schemas.formulas import TIME_TO_ABANDON, ratio, service_level
from schemas.millis import MINUTE, SECOND
from tests.support.builders import call, clock
from tests.support.retold import check
from tests.support.ruled import oldest_wait, ruled
from tests.support.story import Story


def overtaken(day: Story, times: int, every_ms: int = MINUTE) -> None:
    """So many later callers are answered while `lost` waits since nine."""
    for number in range(1, times + 1):
        at = clock("09:00:00") + number * every_ms
        day.say(call("queued", f"leg{number}", at))
        day.say(call("answered", f"leg{number}", at + SECOND))


def test_e9_a_caller_overtaken_five_times_is_doubtful_and_goes_on_waiting() -> None:
    day = Story()
    day.at("09:00:00").queued("lost")
    overtaken(day, 4)
    assert (day.snapshot().doubtful, day.legs()["lost"].doubtful) == (0, False)
    day.at("09:05:00").queued("leg5")
    day.at("09:05:01").answered("leg5")
    seen = day.snapshot()
    assert (seen.waiting, seen.doubtful, seen.oldest_arrived_at) == (1, 1, clock("09:00:00"))
    assert (day.legs()["lost"].outcome, day.legs()["lost"].doubtful) == ("open", True)
    day.tick("09:06:10")
    minute = day.minute("09:06")
    assert minute is not None
    assert (minute.waiting, minute.doubtful, minute.oldest_wait_ms) == (1, 1, 6 * MINUTE)
    day.at("09:06:00").answered("lost")  # as 24 of 25 such callers were on a real day
    assert (day.snapshot().doubtful, day.legs()["lost"].doubtful) == (0, False)
    assert (day.today().answered, day.today().ghost) == (6, 0)
    check(day)


def test_e9_who_was_put_ahead_overtakes_nobody() -> None:
    """Call backs that enter at position 1 were answered first, and the caller who waits is there."""
    day = Story()
    day.at("09:00:00").queued("ada", position=1)
    for number in range(6):
        at = clock("09:01:00") + number * MINUTE
        day.say(call("queued", f"back{number}", at, position=1))
        day.say(call("answered", f"back{number}", at + SECOND))
    assert (day.snapshot().waiting, day.snapshot().doubtful) == (1, 0)
    for number in range(5):  # at the end of the line: these have overtaken
        at = clock("09:10:00") + number * MINUTE
        day.say(call("queued", f"leg{number}", at, position=2))
        day.say(call("answered", f"leg{number}", at + SECOND))
    assert (day.snapshot().waiting, day.snapshot().doubtful) == (1, 1)
    check(day)


def test_e9_a_call_back_overtakes_nobody() -> None:
    day = Story()
    day.at("09:00:00").queued("ada")
    for number in range(6):
        at = clock("09:01:00") + number * MINUTE
        day.say(call("queued", f"back{number}", at, channel="callback"))
        day.say(call("answered", f"back{number}", at + SECOND))
    assert (day.snapshot().waiting, day.snapshot().doubtful) == (1, 0)
    check(day)


def test_e9_the_place_in_the_line_of_one_node_says_nothing_of_another_node() -> None:
    day = Story()
    day.at("09:00:00").queued("ada", position=1, source="south")
    for number in range(6):
        at = clock("09:01:00") + number * MINUTE
        day.say(call("queued", f"leg{number}", at, position=1, source="north"))
        day.say(call("answered", f"leg{number}", at + SECOND, source="north"))
    assert day.snapshot().doubtful == 0
    day.at("09:10:00").queued("eve", position=1, source="north")
    for number in range(5):
        at = clock("09:11:00") + number * MINUTE
        day.say(call("queued", f"more{number}", at, position=2, source="north"))
        day.say(call("answered", f"more{number}", at + SECOND, source="north"))
    assert day.snapshot().doubtful == 1
    assert day.legs()["eve"].doubtful  # ada's node is another one
    check(day)


def test_e9_a_restart_between_entry_and_answer_does_not_forget_who_was_put_ahead() -> None:
    day = Story()
    day.at("09:00:00").queued("ada", position=1)
    for number in range(6):
        at = clock("09:01:00") + number * MINUTE
        day.say(call("queued", f"back{number}", at, position=1))
        day.restart()
        day.say(call("answered", f"back{number}", at + SECOND))
    assert (day.snapshot().waiting, day.snapshot().doubtful) == (1, 0)
    check(day)


def test_e9_only_callers_of_the_same_priority_overtake() -> None:
    day = Story()
    day.at("09:00:00").queued("lost")
    for number in range(6):
        at = clock("09:01:00") + number * MINUTE
        day.say(call("queued", f"vip{number}", at, priority=5))
        day.say(call("answered", f"vip{number}", at + SECOND))
    assert (day.snapshot().waiting, day.snapshot().doubtful) == (1, 0)
    check(day)


def test_e9_a_doubtful_caller_pages_later_and_hides_nobody() -> None:
    rule = oldest_wait(2 * MINUTE, MINUTE, hold_ms=30 * SECOND, clear_hold_ms=30 * SECOND)
    day = Story(alerts=ruled(rule))
    day.at("09:00:00").queued("lost")
    overtaken(day, 5, every_ms=10 * SECOND)
    day.tick("09:04:30")
    assert (day.snapshot().waiting, day.snapshot().doubtful) == (1, 1)
    assert day.alerts() == []
    day.at("09:04:31").queued("real")
    day.tick("09:07:00")
    assert [(each.state, each.doubtful) for each in day.alert_records()] == [("pending", False)]
    day.at("09:07:01").answered("real")
    day.tick("09:07:10")
    day.tick("09:07:45")
    assert [(each.state, each.doubtful) for each in day.alert_records()] == [
        ("inactive", False),
        ("firing", True),
    ]
    assert "perhaps gone" in day.alert_records()[1].reason
    check(day)


def test_e9_nobody_waits_for_two_hours_and_a_ghost_is_no_abandon() -> None:
    day = Story()
    day.at("09:00:00").queued("lost")
    day.tick("11:00:00")
    assert day.snapshot().waiting == 1
    day.tick("11:01:05")
    row = day.legs()["lost"]
    assert (row.outcome, row.reason, row.left_at) == ("ghost", "waiting_cap", clock("11:00:00"))
    assert (day.today().ghost, day.today().abandoned, day.snapshot().waiting) == (1, 0, 0)
    assert ratio(service_level("offered"), day.today()) is None  # no ghost in any base
    assert day.history("09:00", "10:00").counts == {"offered": 1, "ghost": 1}
    day.at("09:00:30").abandoned("lost")
    assert day.legs()["lost"].outcome == "abandoned"
    assert (day.today().ghost, day.today().abandoned) == (0, 1)
    assert day.history("09:00", "10:00").counts == {"offered": 1, "abandoned": 1}
    check(day)


@pytest.mark.parametrize(
    ("event", "more", "outcome"),
    [
        ("answered", {"agent": "ann"}, "answered"),
        ("abandoned", {}, "abandoned"),
        ("ended", {"talk_ms": 1000, "wait_ms": 2000}, "answered"),
        ("transferred", {"to_queue": "repairs"}, "transferred"),
        ("callback_requested", {}, "callback"),
    ],
)
@pytest.mark.parametrize("closed_by", ["age", "snapshot", "restart"])
def test_e9_whatever_closed_a_leg_its_own_end_wins_when_it_arrives_after_all(
    closed_by: str, event: str, more: dict[str, Any], outcome: str
) -> None:
    day = Story()
    day.at("09:00:00").queued("lost", contact_id="ada")
    if closed_by == "age":
        day.tick("11:01:05")
    elif closed_by == "snapshot":
        day.at("11:00:00").snapshot_begin()
        day.at("11:00:01").snapshot_end()
    else:
        day.at("11:00:00").restarted()
    given_up = day.legs()["lost"]
    assert given_up.outcome == ("dropped" if closed_by == "restart" else "ghost")
    day.say(call(event, "lost", clock("09:00:30"), **more), appended_at=clock("11:02:00"))
    row = day.legs()["lost"]
    assert row.outcome == outcome
    assert row.version > given_up.version
    assert day.snapshot().waiting == 0
    assert (day.today().offered, day.today().ghost, day.today().dropped) == (1, 0, 0)
    assert getattr(day.today(), outcome) == 1
    check(day)


def test_e9_a_platform_snapshot_tells_who_is_gone() -> None:
    day = Story()
    for leg in ("ada", "eve", "ida"):
        day.at("09:00:00").queued(leg)
    day.at("09:10:00").snapshot_begin()
    day.at("09:10:01").present("ada")
    day.at("09:10:01").queued("new")
    assert day.snapshot().waiting == 4  # nobody is gone before the snapshot is complete
    day.at("09:10:02").snapshot_end()
    legs = day.legs()
    assert {leg: row.outcome for leg, row in legs.items()} == {
        "ada": "open", "eve": "ghost", "ida": "ghost", "new": "open",
    }  # fmt: skip
    assert legs["eve"].left_at == clock("09:10:00")
    day.at("09:10:01").present("eve")  # came late: she was named after all
    day.at("09:11:00").resumed("ida")
    assert day.snapshot().waiting == 4
    day.tick("11:05:00")
    assert day.snapshot().waiting == 4  # seen alive at ten past: two hours from then
    day.tick("11:12:10")
    assert {row.left_at for leg, row in day.legs().items() if leg != "new"} == {
        clock("11:10:01"), clock("11:11:00"),
    }  # fmt: skip
    check(day)


def test_e9_a_snapshot_speaks_for_its_own_source_only() -> None:
    day = Story()
    day.at("09:00:00").queued("ada")
    day.at("09:00:00").queued("eve", source="other")
    day.at("09:10:00").snapshot_begin()
    day.at("09:10:02").snapshot_end()
    assert {leg: row.outcome for leg, row in day.legs().items()} == {"ada": "ghost", "eve": "open"}
    assert day.snapshot().oldest_arrived_at == clock("09:00:00")
    check(day)


def test_e9_a_conversation_without_an_end_is_given_up_after_twelve_hours() -> None:
    day = Story()
    day.at("09:00:00").queued("ada")
    day.at("09:00:10").answered("ada")
    assert day.snapshot().in_service == 1
    day.tick("21:01:10")
    assert day.snapshot().in_service == 0
    assert (day.today().service_ended, day.today().service_timed) == (1, 0)
    assert (day.legs()["ada"].talk_hold_ms, day.legs()["ada"].flags) == (None, ("end_unknown",))
    day.say(call("ended", "ada", clock("09:10:10")), appended_at=clock("21:02:00"))
    assert (day.legs()["ada"].talk_hold_ms, day.legs()["ada"].flags) == (10 * MINUTE, ())
    assert (day.today().service_ended, day.today().service_timed) == (1, 1)
    check(day)


def test_e9_every_twentieth_end_lost_makes_as_many_ghosts_and_no_abandon() -> None:
    day = Story()
    for number in range(60):
        arrived = clock("09:00:00") + number * 30 * SECOND
        day.say(call("queued", f"leg{number}", arrived))
        if number % 20:
            day.say(call("answered", f"leg{number}", arrived + 10 * SECOND))
            day.say(call("ended", f"leg{number}", arrived + 20 * SECOND))
    day.tick("09:31:00")
    assert (day.snapshot().waiting, day.snapshot().doubtful) == (3, 3)
    day.tick("11:31:10")
    assert day.today() == Counts(
        offered=60, answered=57, answered_in_target=57, ghost=3, service_ended=57,
        service_timed=57, answer_wait_ms=57 * 10 * SECOND, talk_hold_ms=57 * 10 * SECOND,
    )  # fmt: skip
    check(day)


def test_e10_an_answer_without_a_start_brings_its_own_wait() -> None:
    day = Story()
    day.at("09:00:30").answered("ada", wait_ms=12 * SECOND)
    row = day.legs()["ada"]
    assert (row.arrived_at, row.wait_ms, row.in_target) == (clock("09:00:18"), 12 * SECOND, True)
    assert row.flags == ("no_start",)
    assert (day.today().offered, day.today().answered_in_target) == (1, 1)
    day.at("09:00:18.400").queued("ada")
    assert day.legs()["ada"].arrived_at == clock("09:00:18.400")
    assert day.legs()["ada"].key_at == row.key_at  # in the archive it stays where it was
    assert day.legs()["ada"].wait_ms == 12 * SECOND  # the platform's own decides the wait
    assert day.today().offered == 1
    check(day)


def test_e10_an_end_alone_that_tells_wait_and_talk_is_a_whole_call() -> None:
    day = Story()
    day.at("09:05:00").ended("ada", wait_ms=12 * SECOND, talk_ms=60 * SECOND)
    row = day.legs()["ada"]
    assert (row.outcome, row.arrived_at, row.left_at) == (
        "answered", clock("09:03:48"), clock("09:04:00"),
    )  # fmt: skip
    assert (row.wait_ms, row.talk_hold_ms) == (12 * SECOND, 60 * SECOND)
    assert row.flags == ("no_start", "no_answer")
    day.at("09:04:01").answered("ada", agent="ann", wait_ms=12 * SECOND)
    row = day.legs()["ada"]
    assert (row.agent, row.left_at, row.flags) == ("ann", clock("09:04:01"), ("no_start",))
    check(day)


def test_e10_an_abandon_without_a_start_brings_its_own_wait() -> None:
    day = Story()
    day.at("09:00:30").abandoned("ada", wait_ms=3 * SECOND)
    row = day.legs()["ada"]
    assert (row.arrived_at, row.short, row.flags) == (clock("09:00:27"), True, ("no_start",))
    assert (day.today().offered, day.today().short_abandoned) == (1, 1)
    check(day)


def test_e10_an_end_without_its_answer_bounds_it() -> None:
    day = Story()
    day.at("09:00:00").queued("ada")
    day.at("09:05:00").ended("ada")
    row = day.legs()["ada"]
    assert (row.outcome, row.left_at, row.talk_hold_ms) == ("answered", clock("09:05:00"), None)
    assert "no_answer" in row.flags
    assert (day.snapshot().waiting, day.today().offered) == (0, 1)
    day.at("09:00:15").answered("ada")
    assert (day.today().answered_in_target, day.today().talk_hold_ms) == (1, 285 * SECOND)
    check(day)


def test_e10_a_call_without_any_start_is_counted_nowhere_and_ends_in_quarantine() -> None:
    day = Story()
    day.at("09:00:00").answered("orphan")
    day.at("09:05:00").ended("orphan")
    day.at("09:06:00").queued("ada")
    assert (day.today().offered, day.today().answered, day.snapshot().in_service) == (1, 0, 0)
    assert "orphan" not in day.legs()
    day.tick("15:10:00")
    assert day.quarantined() == ["too_old"]
    check(day)


def test_e10_back_fill_tells_a_call_of_which_the_live_feed_has_a_fragment() -> None:
    """A fragment counts nowhere; the whole leg must not be taken for its repeat."""
    day = Story()
    day.at("09:00:10").answered("ada")
    whole = call("leg", "ada", clock("09:00:10"), feed="history", arrived_at=clock("09:00:00"))
    day.say(whole, appended_at=clock("09:30:00"))
    row = day.legs()["ada"]
    assert (row.feed, row.outcome, row.wait_ms) == ("history", "answered", 10 * SECOND)
    assert day.totals().offered == 0
    day.say(call("queued", "ada", clock("09:00:00")), appended_at=clock("09:31:00"))
    row = day.legs()["ada"]
    assert (row.feed, row.wait_ms) == ("live", 10 * SECOND)
    assert day.today().offered == 1
    check(day)


@pytest.mark.parametrize("feed", ["live", "history"])
def test_an_abandon_of_which_nobody_told_when_has_no_wait_and_is_never_in_target(feed: str) -> None:
    """A wait of 0 would make it a short abandon, in target, and lower the mean time to abandon."""
    day = Story(short_abandon_ms=5 * SECOND)
    day.at("08:59:00").queued("ben")
    day.at("08:59:30").abandoned("ben")
    at = clock("09:00:00")
    gone = call("leg", "ada", at, outcome="abandoned", arrived_at=at, wait_unknown=True, feed=feed)
    day.say(gone)
    day.tick("09:05:00")
    row = day.legs()["ada"]
    assert (row.outcome, row.wait_ms, row.in_target, row.short) == ("abandoned", None, False, False)
    assert (row.flags, row.left_at) == (("wait_unknown",), at)
    if feed == "live":
        counts = day.today()
        assert (counts.offered, counts.abandoned, counts.abandoned_wait_unknown) == (2, 2, 1)
        assert (counts.abandoned_in_target, counts.short_abandoned) == (0, 0)
        assert ratio(TIME_TO_ABANDON, counts) == 30 * SECOND
        assert day.snapshot().waiting == 0
    check(day)


def test_an_abandon_whose_time_of_leaving_comes_later_has_a_wait_again() -> None:
    day, at = Story(), clock("09:00:00")
    day.say(call("leg", "ada", at, outcome="abandoned", arrived_at=at, wait_unknown=True))
    left = at + 45 * SECOND
    day.say(call("leg", "ada", left, outcome="abandoned", arrived_at=at, left_at=left))
    assert (day.today().abandoned, day.today().abandoned_wait_unknown) == (1, 0)
    assert (day.legs()["ada"].wait_ms, day.legs()["ada"].flags) == (45 * SECOND, ())
    check(day)
