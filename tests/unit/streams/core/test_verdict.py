"""What the facts of a leg add up to, and the counters that it moves."""

from typing import Any

import pytest

from schemas.calls import LegEvent
from schemas.counters import COUNTERS
from schemas.millis import SECOND
from schemas.timing import SERVICE_CAP_MS
from streams.core.leg import Leg
from streams.core.verdict import (
    Verdict,
    contributions,
    flags,
    judge,
    judge_service,
    recount_service,
    touches_service_only,
)
from tests.support.builders import MONDAY, call, targets, told

AT = MONDAY


def judged(*events: LegEvent, **promise: Any) -> tuple[Leg, Verdict]:
    leg = told(*events)
    return leg, judge(leg, targets(**promise), out_of_hours=False)


def counted(*events: LegEvent) -> dict[str, int]:
    leg, verdict = judged(*events)
    totals: dict[str, int] = {}
    for _, counter, n in contributions(leg, verdict):
        totals[COUNTERS[counter]] = totals.get(COUNTERS[counter], 0) + n
    return totals


QUEUED = call("queued", "ada", AT)


def test_an_open_leg_is_offered_and_nothing_more() -> None:
    assert counted(QUEUED) == {"offered": 1}
    verdict = judged(QUEUED)[1]
    assert (verdict.outcome, verdict.left_at, verdict.reason) == ("open", None, "")


def test_whoever_was_answered_has_a_wait_so_that_the_mean_divides_by_all_of_them() -> None:
    """Only who left unanswered may have an unknown wait: `asa` knows no counter for it."""
    told_whole: dict[str, Any] = {"arrived_at": AT, "left_at": AT + 9_000, "wait_unknown": True}
    answered = call("leg", "ada", AT + 9_000, outcome="answered", **told_whole)
    assert judged(answered)[1].wait_ms == 9_000
    gone = call("leg", "ada", AT + 9_000, outcome="exited", **told_whole)
    leg, verdict = judged(gone)
    assert (verdict.wait_ms, flags(leg, verdict)) == (None, ("wait_unknown",))


def test_a_conversation_that_was_not_measured_is_in_no_sum_and_not_among_the_measured() -> None:
    counts = counted(QUEUED, call("ended", "ada", AT + 60_000))
    assert (counts["service_ended"], counts.get("service_timed", 0)) == (1, 0)
    assert (counts.get("talk_hold_ms", 0), counts.get("wrap_timed", 0)) == (0, 0)


def test_an_answered_leg_moves_its_waits_and_its_talk() -> None:
    assert counted(
        QUEUED,
        call("offer_missed", "ada", AT + 5_000),
        call("answered", "ada", AT + 20_000),
        call("ended", "ada", AT + 80_000),
        call("wrap_ended", "ada", AT + 90_000),
    ) == {
        "offered": 1, "missed_offers": 1, "answered": 1, "answered_in_target": 1,
        "answer_wait_ms": 20_000, "service_ended": 1, "service_timed": 1, "talk_hold_ms": 60_000,
        "wrap_timed": 1, "wrap_ms": 10_000,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [("exited", "exited"), ("transferred", "transferred"), ("dropped", "dropped"),
     ("callback_requested", "callback")],
)  # fmt: skip
def test_other_ends_are_no_abandons(kind: str, outcome: str) -> None:
    assert counted(QUEUED, call(kind, "ada", AT + 4_000)) == {"offered": 1, outcome: 1}


def test_a_refused_caller_was_never_offered() -> None:
    assert counted(call("rejected", "ada", AT)) == {"rejected": 1}
    verdict = judged(call("rejected", "ada", AT))[1]
    assert (verdict.wait_ms, verdict.in_target, verdict.short) == (None, None, None)


def test_outbound_and_internal_legs_count_nowhere() -> None:
    assert counted(call("queued", "ada", AT, direction="outbound")) == {}


def test_an_answer_stands_whatever_else_is_told() -> None:
    facts = (QUEUED, call("abandoned", "ada", AT + 1_000), call("answered", "ada", AT + 2_000))
    assert judged(*facts)[1].outcome == "answered"


def test_the_wait_that_the_platform_told_with_its_outcome_decides() -> None:
    """Each leaving has a wait of its own: that of an abandon taken back is not that of the answer."""
    leg, verdict = judged(
        QUEUED,
        call("abandoned", "ada", AT + 10_000, wait_ms=10_000),
        call("resumed", "ada", AT + 12_000),
        call("answered", "ada", AT + 30_000, wait_ms=18_000),
        call("present", "ada", AT + 5_000, wait_ms=5_000),
    )
    assert (verdict.wait_ms, verdict.in_target) == (18_000, True)
    assert flags(leg, verdict) == ("wait_differs", "resumed")


def test_holds_last_to_the_release_the_next_hold_or_the_end() -> None:
    facts = [call("answered", "ada", AT, wait_ms=0), call("ended", "ada", AT + 100_000)]
    facts += [call("held", "ada", AT + s * SECOND) for s in (10, 30, 90)]
    facts += [call("unheld", "ada", AT + 15 * SECOND)]
    assert judged(*facts)[1].hold_ms == (5 + 60 + 10) * SECOND


def test_a_hold_without_any_end_has_no_length() -> None:
    facts = [call("answered", "ada", AT, wait_ms=0), call("held", "ada", AT + 9_000)]
    assert judged(*facts)[1].hold_ms == 0


def test_wrap_up_begins_at_its_start_else_at_the_end() -> None:
    facts = [call("answered", "ada", AT, wait_ms=0), call("wrap_ended", "ada", AT + 100_000)]
    assert judged(*facts)[1].wrap_ms is None  # from when on, nobody said
    assert judged(*facts, call("ended", "ada", AT + 60_000))[1].wrap_ms == 40_000
    assert judged(*facts, call("wrap_started", "ada", AT + 70_000))[1].wrap_ms == 30_000


def test_without_targets_a_leg_is_counted_and_not_judged() -> None:
    leg = told(QUEUED, call("answered", "ada", AT + 1))
    verdict = judge(leg, None, out_of_hours=False)
    assert (verdict.outcome, verdict.in_target, verdict.short) == ("answered", None, None)


def test_missed_offers_count_with_a_time_and_without_one() -> None:
    finished = call("leg", "ada", AT + 9, arrived_at=AT, outcome="abandoned", missed_offers=2)
    assert counted(finished)["missed_offers"] == 2
    assert counted(QUEUED, call("offer_missed", "ada", AT + 5))["missed_offers"] == 1


def test_a_wait_that_only_the_end_tells_is_not_a_matter_of_the_conversation_alone() -> None:
    before, old = judged(QUEUED, call("answered", "ada", AT + 20_000))
    end = call("ended", "ada", AT + 60_000, wait_ms=30_000)
    leg = told(QUEUED, call("answered", "ada", AT + 20_000), end)
    assert not touches_service_only(end, old, before, leg)
    assert judge(leg, targets(), out_of_hours=False).wait_ms == 30_000
    without = call("ended", "ada", AT + 60_000)
    leg = told(QUEUED, call("answered", "ada", AT + 20_000), without)
    assert touches_service_only(without, old, before, leg)


@pytest.mark.parametrize(
    ("direction", "out_of_hours"), [("inbound", True), ("outbound", False), ("outbound", True)]
)
def test_a_conversation_of_a_call_that_does_not_count_counts_nothing(
    direction: str, out_of_hours: bool
) -> None:
    facts = (call("queued", "ada", AT, direction=direction), call("answered", "ada", AT + 9))
    before = told(*facts)
    old = judge(before, targets(), out_of_hours=out_of_hours)
    leg = told(*facts, call("ended", "ada", AT + 60_000))
    assert recount_service(before, old, leg, judge_service(old, leg)) == ((), ())


def test_a_leg_that_is_told_whole_has_no_flags_however_short_the_wait() -> None:
    for facts in ((QUEUED, call("answered", "ada", AT)), (call("rejected", "ada", AT),), (QUEUED,)):
        assert flags(*judged(*facts)) == ()


def test_flags_say_what_of_a_leg_cannot_be_trusted() -> None:
    assert flags(*judged(call("answered", "ada", AT))) == ("no_start",)
    assert flags(*judged(QUEUED, call("ended", "ada", AT + 5))) == ("no_answer",)
    assert flags(*judged(QUEUED, call("answered", "ada", AT - 1))) == ("negative_wait",)
    two = (call("answered", "ada", AT + 5, agent=who) for who in ("ann", "bob"))
    assert flags(*judged(QUEUED, *two)) == ("conflict",)


@pytest.mark.parametrize(("wait_ms", "expected"), [(1_000, ()), (1_001, ("wait_differs",))])
def test_a_platforms_wait_may_differ_by_a_second_from_the_time_stamps(
    wait_ms: int, expected: tuple[str, ...]
) -> None:
    assert flags(*judged(QUEUED, call("answered", "ada", AT, wait_ms=wait_ms))) == expected


def test_a_told_wait_of_two_milliseconds_is_one() -> None:
    _, verdict = judged(QUEUED, call("abandoned", "ada", AT + 9_000, wait_ms=2))
    assert verdict.wait_ms == 2


def test_who_queues_again_as_the_stay_ends_or_while_it_goes_on_is_not_flagged() -> None:
    left = call("abandoned", "ada", AT + 9_000)
    for at, found in ((AT + 9_000, ()), (AT + 9_001, ("queued_after_end",))):
        leg, verdict = judged(QUEUED, left, call("queued", "ada", at))
        assert flags(leg, verdict) == found
    leg, verdict = judged(QUEUED, call("queued", "ada", AT + 5))
    assert flags(leg, verdict) == ()


def test_a_told_wait_of_nothing_is_a_wait_too() -> None:
    verdict = judged(QUEUED, call("abandoned", "ada", AT + 10_000, wait_ms=0))[1]
    assert (verdict.wait_ms, verdict.short) == (0, True)


@pytest.mark.parametrize(
    ("closed_at", "seen_at", "outcome"),
    [
        (AT, None, "ghost"),  # given up at the instant of the arrival, and before it
        (AT - 1, None, "open"),
        (AT + 9, AT + 8, "ghost"),  # seen to wait before, then, and after
        (AT + 9, AT + 9, "open"),
        (AT + 9, AT + 10, "open"),
    ],
)
def test_what_we_concluded_holds_unless_he_came_later_or_was_seen_to_wait_since(
    closed_at: int, seen_at: int | None, outcome: str
) -> None:
    leg = told(QUEUED)
    leg.closed_at, leg.closed_as, leg.seen_at = closed_at, "ghost", seen_at
    assert judge(leg, targets(), out_of_hours=False).outcome == outcome


def test_a_conversation_that_ended_as_it_began_was_timed() -> None:
    verdict = judged(QUEUED, call("answered", "ada", AT + 9), call("ended", "ada", AT + 9))[1]
    assert (verdict.talk_hold_ms, verdict.service_ended_at) == (0, AT + 9)


def test_clocks_that_differ_make_no_negative_times() -> None:
    verdict = judged(
        QUEUED,
        call("answered", "ada", AT + 9_000),
        call("ended", "ada", AT + 8_000),
        call("wrap_started", "ada", AT + 8_000),
        call("wrap_ended", "ada", AT + 7_000),
    )[1]
    assert (verdict.talk_hold_ms, verdict.service_ended_at) == (0, AT + 9_000)
    assert verdict.wrap_ms == 0


def test_a_hold_that_is_released_at_once_is_none_and_the_platforms_own_measure_wins() -> None:
    facts = [QUEUED, call("answered", "ada", AT), call("ended", "ada", AT + 100_000)]
    facts += [call("held", "ada", AT + 10_000), call("unheld", "ada", AT + 10_000)]
    assert judged(*facts)[1].hold_ms == 0
    at_the_end = [call("held", "ada", AT + 100_000), call("unheld", "ada", AT + 130_000)]
    assert judged(*facts[:3], *at_the_end)[1].hold_ms == 0
    assert judged(*facts[:3])[1].hold_ms is None  # nobody said that anybody was on hold
    leg = told(*facts[:3], call("held", "ada", AT + 10_000))
    leg.hold_ms = 4_000
    assert judge(leg, targets(), out_of_hours=False).hold_ms == 4_000


@pytest.mark.parametrize(
    ("talk_ms", "counted"), [(SERVICE_CAP_MS, SERVICE_CAP_MS), (SERVICE_CAP_MS + 1, None)]
)
def test_a_conversation_whose_end_was_lost_is_in_no_mean(talk_ms: int, counted: int | None) -> None:
    ended_at = AT + 5_000 + talk_ms
    by_times = (call("queued", "ada", AT), call("answered", "ada", AT + 5_000))
    for end in (call("ended", "ada", ended_at), call("ended", "ada", ended_at, talk_ms=talk_ms)):
        leg = told(*by_times, end)
        verdict = judge(leg, targets(), out_of_hours=False)
        assert (verdict.talk_hold_ms, verdict.service_ended_at) == (counted, ended_at)
        assert flags(leg, verdict) == (() if counted else ("talk_too_long",))
        assert judge_service(verdict, leg).talk_hold_ms == counted
