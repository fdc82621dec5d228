"""What the facts of a leg add up to, and the counters that it moves."""

from typing import Any

import pytest

from schemas.calls import LegEvent
from schemas.counters import COUNTERS
from schemas.millis import SECOND
from streams.core.leg import Leg
from streams.core.verdict import Verdict, contributions, flags, judge
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
