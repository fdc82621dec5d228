"""The twenty-two edge cases of queue statistics (docs/definitions.md), each as a short story.

E7 and E8 are dialects of platforms: their tests stand with the adapters.
"""

from datetime import UTC, datetime

import pytest

from schemas.agents import RosterEntry, shown_state
from schemas.counters import Counts
from schemas.formulas import FORMULAS, ratio, service_level
from schemas.millis import HOUR, MINUTE, SECOND, from_iso
from schemas.opening import Opening, business_day, parse_weekly
from streams.core.roster import Roster
from tests.support.builders import MONDAY, call, clock, targets
from tests.support.story import Story


def test_e1_a_call_that_waits_when_the_interval_closes_stays_waiting() -> None:
    day = Story()
    day.at("09:29:50").queued("ada")
    day.tick("09:30:09")
    assert (day.snapshot().waiting, day.snapshot().waiting_past_target) == (1, 0)
    day.tick("09:30:11")
    assert day.snapshot().waiting_past_target == 1  # a miss now, not when she is answered
    level = service_level("offered")
    assert ratio(level, day.today()) is None
    assert ratio(level, day.today(), day.snapshot().waiting_past_target) == 0
    assert day.legs()["ada"].outcome == "open"
    day.at("09:30:15").answered("ada")
    row = day.legs()["ada"]
    assert (row.arrived_at, row.left_at) == (clock("09:29:50"), clock("09:30:15"))
    day.tick("09:31:10")
    half_past, next_minute = day.minute("09:30"), day.minute("09:31")
    assert half_past is not None
    assert next_minute is not None
    assert (half_past.windows[1].offered, half_past.windows[1].answered, half_past.waiting) == (
        1,
        0,
        1,
    )
    assert (next_minute.windows[1].offered, next_minute.windows[1].answered) == (0, 1)


def test_e2_a_transfer_is_two_legs_of_one_contact() -> None:
    day = Story()
    day.at("09:00:00").queued("leg1", contact_id="ada")
    day.at("09:01:00").transferred("leg1", to_queue="repairs")
    day.at("09:01:00").queued("leg2", queue="repairs", contact_id="ada")
    day.at("09:01:30").answered("leg2", queue="repairs")
    first, second = day.legs()["leg1"], day.legs("repairs")["leg2"]
    assert (first.outcome, second.outcome) == ("transferred", "answered")
    assert first.contact_id == second.contact_id == "ada"
    assert (first.wait_ms or 0) + (second.wait_ms or 0) == 90 * SECOND
    assert (day.today().offered, day.today().answered, day.today().abandoned) == (1, 0, 0)


@pytest.mark.parametrize(("waited", "in_target"), [("20.000", True), ("20.001", False)])
def test_e3_the_target_is_inclusive_to_the_millisecond(waited: str, in_target: bool) -> None:
    day = Story(answer_within_ms=20 * SECOND)
    day.at("09:00:00").queued("ada")
    day.at(f"09:00:{waited}").answered("ada")
    assert day.legs()["ada"].in_target is in_target
    assert (day.today().answered, day.today().answered_in_target) == (1, int(in_target))
    assert day.today().answer_wait_ms == round(float(waited) * SECOND)


def test_e4_one_hundred_calls_give_each_formula_its_own_figure() -> None:
    """The worked example: 70 answered within 20 s, 10 later, 6 + 4 + 7 abandoned, 3 timed out."""
    waits = [("answered", 12)] * 70 + [("answered", 45)] * 10 + [("abandoned", 2)] * 6
    waits += [("abandoned", 11)] * 4 + [("abandoned", 50)] * 7 + [("exited", 60)] * 3
    day = Story(answer_within_ms=20 * SECOND, short_abandon_ms=5 * SECOND)
    for number, (outcome, seconds) in enumerate(waits):
        arrived = clock("09:00:00") + number * MINUTE
        day.say(call("queued", f"leg{number}", arrived))
        day.say(call(outcome, f"leg{number}", arrived + seconds * SECOND))
    found = {rule.name: ratio(rule, day.today()) for rule in FORMULAS}
    assert {name: round(100 * (value or 0), 1) for name, value in found.items()} == {
        "sl_answered_only": 87.5,
        "sl_offered": 70.0,
        "sl_abandons_in_target_ignored": 77.8,
        "sl_abandons_in_target_good": 80.0,
        "sl_short_abandons_ignored": 74.5,
        "abandonment_ab1": 17.0,
        "abandonment_ab2": 11.7,
        "unanswered_ab7": 20.0,
    }


@pytest.mark.parametrize(("waited", "short"), [("4.999", True), ("5.000", False)])
def test_e4_an_abandon_is_short_below_the_limit_and_always_an_abandon(
    waited: str, short: bool
) -> None:
    day = Story(short_abandon_ms=5 * SECOND)
    day.at("09:00:00").queued("ada")
    day.at(f"09:00:0{waited}").abandoned("ada")
    assert (day.today().abandoned, day.today().short_abandoned) == (1, int(short))
    assert day.today().abandoned_in_target == 1


def test_e5_missed_offers_and_a_second_queueing_keep_the_place_and_the_clock() -> None:
    day = Story()
    day.at("09:00:00").queued("ada")
    for second, agent in (("05", "ann"), ("10", "bob")):
        day.at(f"09:00:{second}").offered("ada", agent=agent)
        day.at(f"09:00:{second}").offer_missed("ada", agent=agent)
        day.at(f"09:00:{second}").queued("ada")
    day.at("09:00:15").offered("ada", agent="cid")
    day.at("09:00:18").answered("ada", agent="cid")
    row = day.legs()["ada"]
    assert (row.offers, row.missed_offers, row.wait_ms) == (3, 2, 18 * SECOND)
    assert (day.today().offered, day.today().missed_offers) == (1, 2)


def test_e5_two_agents_who_miss_one_call_at_once_are_two_missed_offers() -> None:
    """Told after the answer, the second looks like the first: neither may be lost."""
    day = Story()
    day.at("09:00:00").queued("ada")
    day.at("09:00:10").offer_missed("ada", agent="ann")
    day.at("09:00:20").answered("ada", agent="cid")
    day.at("09:00:10").offer_missed("ada", agent="bob")
    assert day.today().missed_offers == day.legs()["ada"].missed_offers == 2


def test_e6_the_first_of_two_answers_wins_and_the_second_is_a_conflict() -> None:
    day = Story()
    day.at("09:00:00").queued("ada")
    day.at("09:00:09").answered("ada", agent="bob")
    day.at("09:00:08").answered("ada", agent="ann")
    row = day.legs()["ada"]
    assert (row.agent, row.wait_ms, row.flags) == ("ann", 8 * SECOND, ("conflict",))
    assert day.today().answered == 1


def test_e9_a_caller_overtaken_five_times_is_doubtful_and_goes_on_waiting() -> None:
    day = Story()
    day.at("09:00:00").queued("lost")
    for number in range(1, 6):
        assert day.snapshot().doubtful == 0
        day.at(f"09:0{number}:00").queued(f"leg{number}")
        day.at(f"09:0{number}:10").answered(f"leg{number}")
    seen = day.snapshot()
    assert (seen.waiting, seen.doubtful, seen.oldest_arrived_at) == (1, 1, clock("09:00:00"))
    assert day.legs()["lost"].doubtful
    day.at("09:06:00").answered("lost")  # as 24 of 25 such callers were on a real day
    assert (day.snapshot().doubtful, day.legs()["lost"].doubtful) == (0, False)


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
    day.at("09:00:30").abandoned("lost")
    assert day.legs()["lost"].outcome == "abandoned"
    assert (day.today().ghost, day.today().abandoned) == (0, 1)


def test_e9_a_platform_snapshot_tells_who_is_gone() -> None:
    day = Story()
    for leg in ("ada", "eve", "ida"):
        day.at("09:00:00").queued(leg)
    day.at("09:10:00").snapshot_begin()
    day.at("09:10:01").present("ada")
    day.at("09:10:01").queued("new")
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


def test_e9_a_conversation_without_an_end_is_given_up_after_twelve_hours() -> None:
    day = Story()
    day.at("09:00:00").queued("ada")
    day.at("09:00:10").answered("ada")
    assert day.snapshot().in_service == 1
    day.tick("21:01:10")
    assert (day.snapshot().in_service, day.today().service_ended, day.today().service_timed) == (
        0,
        1,
        0,
    )
    assert (day.legs()["ada"].talk_hold_ms, day.legs()["ada"].flags) == (None, ("end_unknown",))


def test_e10_an_answer_without_a_start_brings_its_own_wait() -> None:
    day = Story()
    day.at("09:00:30").answered("ada", wait_ms=12 * SECOND)
    row = day.legs()["ada"]
    assert (row.arrived_at, row.wait_ms, row.flags) == (
        clock("09:00:18"),
        12 * SECOND,
        ("no_start",),
    )
    day.at("09:00:18.400").queued("ada")
    assert day.legs()["ada"].arrived_at == clock("09:00:18.400")
    assert day.legs()["ada"].wait_ms == 12 * SECOND  # the platform's own decides the wait
    assert day.today().offered == 1


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


def test_e10_a_call_without_any_start_is_counted_nowhere_and_ends_in_quarantine() -> None:
    day = Story()
    day.at("09:00:00").answered("orphan")
    day.at("09:05:00").ended("orphan")
    day.at("09:06:00").queued("ada")
    assert (day.today().offered, day.today().answered, day.snapshot().in_service) == (1, 0, 0)
    assert "orphan" not in day.legs()
    day.tick("15:10:00")
    assert day.quarantined() == ["too_old"]


def test_e11_a_file_sent_twice_counts_once() -> None:
    day = Story()
    day.at("09:00:00").queued("ada")
    day.at("09:00:05").offered("ada", agent="ann")
    day.at("09:00:10").answered("ada", agent="ann")
    day.at("09:01:00").ended("ada", by="caller")
    before, row = day.today(), day.legs()["ada"]
    day.again()
    assert (day.today(), day.legs()["ada"]) == (before, row)
    assert day.unit.results == {"applied": 4, "duplicate": 4, "quarantined": 0}


def test_e12_a_call_told_backwards_is_the_same_call() -> None:
    forwards, backwards = Story(), Story()
    facts = [
        call("queued", "ada", clock("09:00:00")),
        call("offer_missed", "ada", clock("09:00:05"), agent="ann"),
        call("answered", "ada", clock("09:00:10"), agent="bob", wait_ms=10 * SECOND),
        call("held", "ada", clock("09:00:20")),
        call("unheld", "ada", clock("09:00:30")),
        call("ended", "ada", clock("09:00:50"), by="agent", talk_ms=41 * SECOND),
        call("wrap_started", "ada", clock("09:00:50")),
        call("wrap_ended", "ada", clock("09:00:55")),
        call("disposition", "ada", clock("09:00:55")),
    ]
    for fact in facts:
        forwards.say(fact)
    for fact in reversed(facts):
        backwards.say(fact, appended_at=clock("09:01:00"))
    assert forwards.today() == backwards.today()
    one, other = forwards.legs()["ada"], backwards.legs()["ada"]
    shown = (
        "outcome",
        "wait_ms",
        "agent",
        "hold_ms",
        "talk_hold_ms",
        "wrap_ms",
        "flags",
        "disposition",
    )
    assert [getattr(one, name) for name in shown] == [getattr(other, name) for name in shown]
    assert (one.hold_ms, one.talk_hold_ms, one.wrap_ms) == (10 * SECOND, 41 * SECOND, 5 * SECOND)


def test_e13_an_answer_that_comes_three_hours_late_restates_history_and_not_the_wall() -> None:
    day = Story(waiting_cap_ms=4 * HOUR)
    day.at("09:00:00").queued("ada")
    day.tick("12:00:00")
    shown = day.minute("09:30")
    day.say(call("answered", "ada", clock("09:00:10")), appended_at=clock("12:00:00"))
    day.tick("12:05:00")
    assert day.legs()["ada"].in_target
    assert (day.today().answered_in_target, day.snapshot().waiting) == (1, 0)
    assert day.snapshot().windows[60].answered == 0
    assert day.minute("09:30") == shown


def test_e14_a_source_whose_clock_is_two_seconds_slow_makes_no_negative_wait() -> None:
    day = Story()
    day.at("09:00:01").queued("ada")
    day.at("08:59:59").answered("ada", source="slow")
    row = day.legs()["ada"]
    assert (row.wait_ms, row.in_target, row.flags) == (0, True, ("negative_wait",))
    day.tick("09:03:00")
    day.tick("09:03:00", "slow")
    assert [minute.waiting for minute in day.minutes().values()] == [0, 0]


def test_e15_a_restart_of_the_platform_drops_who_waited_there_and_nobody_else() -> None:
    day = Story()
    day.at("09:00:00").queued("ada")
    day.at("09:00:00").queued("eve", source="other")
    day.at("09:00:00").queued("ida")
    day.at("09:00:20").answered("ida")
    day.at("09:01:00").restarted()
    legs = day.legs()
    assert (legs["ada"].outcome, legs["ada"].reason) == ("dropped", "restart")
    assert (legs["eve"].outcome, legs["ida"].outcome) == ("open", "answered")
    assert (day.snapshot().waiting, day.snapshot().in_service) == (1, 0)
    assert (day.today().dropped, day.today().abandoned) == (1, 0)
    day.at("09:01:00").queued("new")  # the same second, after the restart
    day.say(call("queued", "late", clock("09:00:59")), appended_at=clock("09:01:02"))
    assert (day.legs()["new"].outcome, day.legs()["late"].outcome) == ("open", "dropped")
    day.at("09:01:00").restarted()  # told once more, as by a source that was killed
    assert day.legs()["new"].outcome == "open"
    day.at("09:02:00").resumed("ada")
    assert day.legs()["ada"].outcome == "open"


def test_e16_a_new_worker_goes_on_where_the_dead_one_stopped() -> None:
    day = Story()
    day.at("09:00:00").queued("ada")
    day.at("09:00:10").queued("eve")
    before = day.snapshot()
    day.restart()
    assert day.snapshot() == before
    day.at("09:00:15").answered("ada")
    assert (day.snapshot().waiting, day.today().offered, day.today().answered) == (1, 2, 1)


@pytest.mark.parametrize(
    ("zone", "at", "hours"),
    [
        ("Europe/London", "2026-03-29T12:00:00Z", 23),
        ("Europe/London", "2026-10-25T12:00:00Z", 25),
        ("Africa/Johannesburg", "2026-03-29T12:00:00Z", 24),
        ("Asia/Muscat", "2026-10-25T12:00:00Z", 24),
        ("Asia/Kolkata", "2026-03-02T12:00:00Z", 24),
    ],
)
def test_e17_a_business_day_is_as_long_as_its_zone_says(zone: str, at: str, hours: int) -> None:
    start, end = business_day(from_iso(at), zone, 0)
    assert end - start == hours * HOUR


def test_e17_the_day_turns_at_local_midnight_and_a_call_over_it_counts_on_both() -> None:
    day = Story(time_zone="Asia/Kolkata")  # midnight is at 18:30 UTC
    day.at("18:29:50").queued("ada")
    day.at("18:30:05").answered("ada")
    assert (day.today().offered, day.today().answered) == (0, 1)
    started = day.snapshot().today_started_at
    assert started == clock("18:30")
    assert datetime.fromtimestamp((started or 0) / 1000, UTC).day == 2


def test_e17_two_calls_in_both_hours_of_two_o_clock_stay_apart() -> None:
    autumn = from_iso("2026-10-25T00:00:00Z")
    day = Story(time_zone="Europe/London", day=autumn)
    day.at("00:30:00").queued("summer")  # 01:30 BST
    day.at("01:30:00").queued("winter")  # 01:30 GMT
    arrivals = {leg: row.arrived_at for leg, row in day.legs().items()}
    assert arrivals["winter"] - arrivals["summer"] == HOUR
    assert day.today().offered == 2


def test_e18_an_idle_queue_is_shown_and_has_no_service_level() -> None:
    day = Story()
    day.at("09:00:00").queued("ada")
    day.at("09:00:10").answered("ada")
    day.at("09:01:00").ended("ada")
    for hour in range(10, 35):
        day.tick(f"{hour}:00:00")
    seen = day.snapshot()
    assert (seen.waiting, seen.windows[60], seen.today) == (0, Counts(), None)
    assert all(ratio(rule, seen.windows[30]) is None for rule in FORMULAS)
    assert max(day.minutes()) <= clock("10:02")  # an empty hour has no rows


def test_e19_an_agent_in_six_queues_counts_in_each_and_once_in_all() -> None:
    roster = Roster()
    queues = tuple(f"queue{number}" for number in range(6))
    roster.update(RosterEntry("ann", 1, "node", "available", "idle", "", MONDAY, MONDAY, queues))
    assert [roster.agents_of(queue) for queue in queues] == [{"available": 1}] * 6
    roster.update(
        RosterEntry("ann", 2, "node", "available", "talking", "", MONDAY, MONDAY, queues[:1])
    )
    assert roster.agents_of("queue0") == {"talking": 1}
    assert roster.agents_of("queue5") == {"available": 0}


def test_e20_an_agent_whose_phone_is_gone_is_not_available() -> None:
    assert shown_state("unreachable", "idle") == "unreachable"


def test_e21_a_callback_closes_the_leg_without_an_abandon_and_out_of_the_asa() -> None:
    day = Story()
    day.at("09:00:00").queued("ada", contact_id="c1")
    day.at("09:05:00").callback_requested("ada", contact_id="c1")
    day.at("10:00:00").queued("back", contact_id="c1", channel="callback")
    day.at("10:00:08").answered("back", contact_id="c1")
    assert day.legs()["ada"].outcome == "callback"
    assert (day.today().callback, day.today().abandoned) == (1, 0)
    assert (day.today().answered, day.today().answer_wait_ms) == (1, 8 * SECOND)


def test_e22_a_change_of_the_target_at_noon_judges_arrivals_from_noon_on() -> None:
    day = Story(answer_within_ms=20 * SECOND)
    day.at("11:59:50").queued("before")
    day.at("12:00:20").answered("before")
    day.publish(targets(answer_within_ms=60 * SECOND, name="Renamed"), valid_from="12:00")
    day.at("12:00:00").queued("after")
    day.at("12:00:30").answered("after")
    legs = day.legs()
    assert [(legs[leg].in_target, legs[leg].answer_within_ms) for leg in ("before", "after")] == [
        (False, 20 * SECOND), (True, 60 * SECOND),
    ]  # fmt: skip
    assert day.today().answered_in_target == 1


@pytest.mark.parametrize("is_cold", [False, True])
def test_e22_the_first_targets_of_a_queue_hold_from_the_beginning(is_cold: bool) -> None:
    """Also for legs that lie packed in the state: they were counted without targets."""
    day = Story(configured=False)
    day.at("09:00:00").queued("ada")
    day.at("09:00:10").answered("ada")
    day.at("09:01:00").ended("ada")
    if is_cold:
        for minute in range(2, 40):
            day.tick(f"09:{minute:02}:00")
            day.legs()  # a checkpoint: only what is written may turn cold
        assert all(p.cold is not None for p in day.unit.monitors["billing"].legs.packs.values())
    assert (day.today().answered, day.today().answered_in_target) == (1, 0)
    assert not day.snapshot().configured
    day.publish(targets())
    assert (day.today().answered, day.today().answered_in_target) == (1, 1)
    assert (day.legs()["ada"].in_target, day.legs()["ada"].goal) == (True, 0.8)


def test_given_up_then_resumed_then_answered_is_one_answered_leg() -> None:
    day = Story()
    day.at("09:00:00").queued("ada")
    day.at("09:00:10").abandoned("ada")
    day.at("09:00:12").resumed("ada")
    assert day.snapshot().waiting == 1
    day.at("09:00:40").answered("ada")
    assert (day.today().offered, day.today().answered, day.today().abandoned) == (1, 1, 0)
    assert (day.legs()["ada"].wait_ms, day.legs()["ada"].flags) == (40 * SECOND, ("resumed",))


def test_out_of_hours_counts_in_one_column_and_no_other() -> None:
    day = Story(opening=Opening(parse_weekly("Mon 08:00-17:00")))
    day.at("17:00:00").queued("late")
    seen = day.snapshot()
    assert (seen.waiting, seen.out_of_hours_waiting) == (0, 1)
    day.at("17:00:10").answered("late")
    assert day.today() == Counts(out_of_hours=1)
    assert day.snapshot().in_service == 0
    assert day.legs()["late"].out_of_hours
