"""What ends a leg that no fact ends: a restart, a platform snapshot, and age."""

import pytest
from msgspec.structs import replace

from schemas.calls import LegEvent
from schemas.millis import HOUR, MINUTE, SECOND
from schemas.targets import Targets
from streams.core.closing import (
    at_restart,
    at_restarts,
    by_age,
    by_platform_snapshot,
    least_cap,
    with_restart,
)
from streams.core.leg import Leg
from streams.core.leg_store import Entry, entry_of
from streams.core.verdict import judge
from tests.support.builders import MONDAY, call, targets, told

AT = MONDAY
THEN = AT + MINUTE  # of the restart, or when the platform snapshot began
WAITING = (call("queued", "ada", AT),)
TALKING = (*WAITING, call("answered", "ada", AT + 9))
LEFT = (*WAITING, call("abandoned", "ada", AT + 9))
OVER = (*TALKING, call("ended", "ada", AT + 20))


def judged(leg: Leg) -> Entry:
    return entry_of(leg, judge(leg, None, out_of_hours=False), 1)


def entry(*facts: LegEvent) -> Entry:
    return judged(told(*facts))


def closed(leg: Leg | None) -> tuple[str, str, int | None] | None:
    return None if leg is None else (leg.closed_as, leg.closed_reason, leg.closed_at)


DROPPED = ("dropped", "restart", THEN)
GHOST = ("ghost", "snapshot", THEN)


# ---- a restart -----------------------------------------------------------------------------------


def test_a_restart_drops_who_waits_and_ends_conversations_and_leaves_the_rest() -> None:
    assert closed(at_restart(entry(*WAITING), THEN)) == DROPPED
    assert closed(at_restart(entry(call("queued", "ada", THEN)), THEN)) == DROPPED
    talking = at_restart(entry(*TALKING), THEN)
    assert talking is not None
    assert (talking.service_closed_at, talking.closed_at) == (THEN, None)
    assert at_restart(entry(*LEFT), THEN) is None
    assert at_restart(entry(*OVER), THEN) is None


@pytest.mark.parametrize(("is_late", "is_closed"), [(False, True), (True, False)])
def test_a_fact_of_its_instant_belongs_before_it_unless_it_was_told_after_it(
    is_late: bool, is_closed: bool
) -> None:
    for facts in ((call("queued", "ada", THEN),), (*WAITING, call("answered", "ada", THEN))):
        assert (at_restart(entry(*facts), THEN, is_late=is_late) is not None) is is_closed
    just_before = (call("queued", "ada", THEN - 1),)
    assert closed(at_restart(entry(*just_before), THEN, is_late=is_late)) == DROPPED
    answered_before = (*WAITING, call("answered", "ada", THEN - 1))
    assert at_restart(entry(*answered_before), THEN, is_late=is_late) is not None


def test_who_came_or_was_answered_after_it_is_not_of_it() -> None:
    assert at_restart(entry(call("queued", "ada", THEN + 1)), THEN) is None
    assert at_restart(entry(*WAITING, call("answered", "ada", THEN + 1)), THEN) is None


def test_a_caller_of_unknown_arrival_is_dropped_by_when_he_was_first_heard_of() -> None:
    assert closed(at_restart(entry(call("offered", "ada", AT)), THEN)) == DROPPED
    assert at_restart(entry(call("offered", "ada", THEN + 1)), THEN) is None


@pytest.mark.parametrize(("seen_at", "is_closed"), [(THEN - 1, True), (THEN, False)])
def test_who_was_seen_to_wait_at_a_restart_or_after_it_was_not_dropped(
    seen_at: int, is_closed: bool
) -> None:
    seen = entry(*WAITING, call("present", "ada", seen_at))
    assert (at_restart(seen, THEN) is not None) is is_closed


@pytest.mark.parametrize("outcome", ["dropped", "ghost"])
def test_a_restart_told_late_replaces_what_we_concluded_after_it_and_nothing_before(
    outcome: str,
) -> None:
    leg = replace(told(*WAITING), closed_as=outcome, closed_reason="snapshot")
    later, same = (judged(replace(leg, closed_at=at)) for at in (THEN + 1, THEN))
    assert closed(at_restart(later, THEN)) == DROPPED
    assert at_restart(same, THEN) is None


def test_a_conversation_given_up_later_is_over_at_the_restart_and_one_that_was_ended_stays() -> (
    None
):
    given_up = judged(replace(told(*TALKING), service_closed_at=THEN + 1))
    leg = at_restart(given_up, THEN)
    assert leg is not None
    assert leg.service_closed_at == THEN
    ended = judged(replace(told(*OVER), service_closed_at=THEN + 1))
    assert at_restart(ended, THEN) is None


def test_the_first_restart_after_a_fact_is_the_one_that_ended_it() -> None:
    late = entry(call("queued", "ada", THEN))
    restarts = [AT, THEN, THEN + SECOND, THEN + HOUR]
    assert closed(at_restarts(late, restarts)) == ("dropped", "restart", THEN + SECOND)
    assert at_restarts(late, [AT, THEN]) is None


def test_restarts_stand_in_order_once_and_as_long_as_a_fact_may_come_before_them() -> None:
    assert with_restart([AT, THEN], AT + 9, kept_ms=HOUR) == [AT, AT + 9, THEN]
    assert with_restart([AT, THEN], THEN, kept_ms=HOUR) == [AT, THEN]
    assert with_restart([AT - 1, AT], AT + HOUR, kept_ms=HOUR) == [AT, AT + HOUR]


# ---- a platform snapshot -------------------------------------------------------------------------


def test_who_a_platform_snapshot_does_not_name_is_a_ghost_from_its_beginning_on() -> None:
    assert closed(by_platform_snapshot(entry(*WAITING), THEN)) == GHOST


def test_a_platform_snapshot_closes_nobody_seen_since_it_began() -> None:
    assert by_platform_snapshot(entry(call("queued", "ada", THEN)), THEN) is None
    seen = entry(*WAITING, call("present", "ada", THEN))
    assert by_platform_snapshot(seen, THEN) is None
    assert by_platform_snapshot(entry(call("offered", "ada", AT)), THEN) is None
    seen_before = entry(*WAITING, call("present", "ada", THEN - 1))
    assert closed(by_platform_snapshot(seen_before, THEN)) == GHOST


# ---- age -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("promise", "waiting_ms", "service_ms"),
    [
        (None, 2 * HOUR, 12 * HOUR),  # a queue that is not configured
        (targets(waiting_cap_ms=MINUTE, service_cap_ms=HOUR), MINUTE, HOUR),
    ],
)
def test_a_leg_is_given_up_at_its_cap_and_not_a_moment_before(
    promise: Targets | None, waiting_ms: int, service_ms: int
) -> None:
    waiting = AT + waiting_ms
    assert by_age(entry(*WAITING), promise, waiting - 1) is None
    assert closed(by_age(entry(*WAITING), promise, waiting)) == ("ghost", "waiting_cap", waiting)
    talking = AT + 9 + service_ms
    assert by_age(entry(*TALKING), promise, talking - 1) is None
    leg = by_age(entry(*TALKING), promise, talking)
    assert leg is not None
    assert (leg.service_closed_at, leg.closed_at) == (talking, None)


def test_who_is_seen_to_wait_has_his_cap_from_then_on() -> None:
    seen = entry(*WAITING, call("present", "ada", AT + HOUR))
    assert by_age(seen, None, AT + 3 * HOUR - 1) is None
    assert closed(by_age(seen, None, AT + 3 * HOUR)) == ("ghost", "waiting_cap", AT + 3 * HOUR)
    assert by_age(entry(call("offered", "ada", AT)), None, AT + 3 * HOUR) is None


def test_what_was_closed_is_kept_for_late_facts_from_its_closing_on() -> None:
    waiting = by_age(entry(*WAITING), None, AT + 2 * HOUR)
    talking = by_age(entry(*TALKING), None, AT + 13 * HOUR)
    assert waiting is not None
    assert talking is not None
    assert (waiting.last_at, talking.last_at) == (AT + 2 * HOUR, AT + 9 + 12 * HOUR)
    newer = at_restart(entry(*WAITING, call("offered", "ada", THEN + 9)), THEN)
    assert newer is not None
    assert newer.last_at == THEN + 9  # a fact that is newer than the closing counts too


def test_the_least_cap_is_that_of_any_version_of_the_targets_or_of_none() -> None:
    assert least_cap([]) == least_cap([(None, 0)]) == 2 * HOUR
    short, shorter = targets(waiting_cap_ms=HOUR), targets(service_cap_ms=MINUTE)
    assert least_cap([(short, 1), (None, 2)]) == HOUR
    assert least_cap([(short, 1), (shorter, 2)]) == MINUTE
