"""What a restart, a platform snapshot and sheer age make of legs that no fact closes."""

from schemas.millis import HOUR, MINUTE
from streams.core.closing import (
    at_restart,
    at_restarts,
    by_age,
    by_platform_snapshot,
    least_cap,
    with_restart,
)
from tests.support.builders import MONDAY, call, targets
from tests.unit.streams.core.test_line import entry

AT = MONDAY
WAITING = (call("queued", "ada", AT),)
TALKING = (*WAITING, call("answered", "ada", AT + 9))


def test_a_restart_drops_who_waits_and_leaves_conversations_without_a_known_end() -> None:
    waiting, talking = at_restart(entry(*WAITING), AT + 60), at_restart(entry(*TALKING), AT + 60)
    assert waiting is not None
    assert (waiting.closed_as, waiting.closed_reason, waiting.closed_at) == (
        "dropped", "restart", AT + 60,
    )  # fmt: skip
    assert talking is not None
    assert (talking.service_closed_at, talking.closed_at) == (AT + 60, None)


def test_a_restart_says_nothing_of_who_came_after_it() -> None:
    assert at_restart(entry(*WAITING), AT - 1) is None
    assert at_restart(entry(*WAITING), AT) is not None  # told before it: of the same instant
    assert at_restart(entry(*WAITING), AT, is_late=True) is None  # told after it: he came then
    assert at_restart(entry(*TALKING), AT + 8) is None


def test_a_late_fact_is_ended_by_the_first_restart_after_it() -> None:
    closed = at_restarts(entry(*WAITING), [AT - 5, AT + 5, AT + 50])
    assert closed is not None
    assert closed.closed_at == AT + 5


def test_restarts_that_no_fact_can_come_before_are_forgotten() -> None:
    assert with_restart([AT], AT + 5, HOUR) == [AT, AT + 5]
    assert with_restart([AT], AT + HOUR, HOUR) == [AT, AT + HOUR]
    assert with_restart([AT], AT + HOUR + 1, HOUR) == [AT + HOUR + 1]
    assert with_restart([AT + 9], AT, HOUR) == [AT, AT + 9]


def test_a_platform_snapshot_makes_ghosts_of_those_who_came_before_it_began() -> None:
    closed = by_platform_snapshot(entry(*WAITING), AT + 1)
    assert closed is not None
    assert (closed.closed_as, closed.closed_reason) == ("ghost", "snapshot")
    assert by_platform_snapshot(entry(*WAITING), AT) is None
    seen = entry(*WAITING, call("present", "ada", AT + 5))
    assert by_platform_snapshot(seen, AT + 5) is None  # an earlier list named him since


def test_age_gives_up_a_caller_at_the_cap_and_not_before() -> None:
    promise = targets(waiting_cap_ms=30 * MINUTE)
    assert by_age(entry(*WAITING), promise, AT + 30 * MINUTE - 1) is None
    closed = by_age(entry(*WAITING), promise, AT + 30 * MINUTE)
    assert closed is not None
    assert (closed.closed_as, closed.closed_at) == ("ghost", AT + 30 * MINUTE)
    assert by_age(entry(*WAITING), None, AT + 2 * HOUR) is not None  # a queue nobody configured


def test_age_ends_a_conversation_without_closing_the_leg() -> None:
    closed = by_age(entry(*TALKING), None, AT + 9 + 12 * HOUR)
    assert closed is not None
    assert (closed.service_closed_at, closed.closed_at) == (AT + 9 + 12 * HOUR, None)
    assert by_age(entry(*TALKING), None, AT + 8 + 12 * HOUR) is None


def test_the_least_cap_is_the_least_of_all_versions_and_the_usual_ones() -> None:
    assert least_cap([]) == 2 * HOUR
    assert least_cap([(targets(waiting_cap_ms=MINUTE), 1), (None, 0)]) == MINUTE
    assert least_cap([(targets(service_cap_ms=5), 1)]) == 5
