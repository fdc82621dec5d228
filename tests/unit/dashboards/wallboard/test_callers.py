"""The callers of a queue as its reader sees them: ages by the queue's clock, and no list of what is not of now."""

from msgspec.structs import replace

from dashboards.callers.stays import Stays
from dashboards.wallboard.callers import Callers, callers
from schemas.millis import HOUR, MINUTE, SECOND
from schemas.snapshots import QueueSnapshot, WaitingCaller
from tests.support.callers import ANN, OTHER, came, line, stays_of
from tests.support.walls import NOW


def seen(
    snapshot: QueueSnapshot | None, stays: Stays, *, now: int = NOW, advanced: int = NOW
) -> Callers | None:
    return callers(snapshot, advanced, stays, now, lambda _: True)


def test_each_caller_with_age_and_story() -> None:
    first = came("a", before=2 * MINUTE, missed_offers=1)
    then = came("b", before=10 * SECOND, caller="")
    shown = seen(line(first, then), stays_of(first, then))
    assert shown is not None
    one, other = shown.line
    assert (one.wait_ms, one.late, one.ringing, one.doubtful) == (2 * MINUTE, True, False, False)
    assert one.story is not None
    assert (one.story.caller, one.story.missed_offers) == (ANN[-8:], 1)
    assert (other.wait_ms, other.late) == (10 * SECOND, False)
    assert other.story is not None
    assert other.story.caller == ""
    assert (shown.waiting, shown.ticking) == (2, True)


def test_what_the_platform_says_of_a_caller_is_kept() -> None:
    odd = WaitingCaller("a", NOW - SECOND, doubtful=True, ringing=True, priority=7)
    shown = seen(line(callers=(odd,), waiting=60), Stays())
    assert shown is not None
    assert (shown.waiting, len(shown.line)) == (60, 1)  # those who are not listed are counted
    found = shown.line[0]
    assert (found.doubtful, found.ringing, found.priority, found.story) == (True, True, 7, None)
    assert shown.not_back is None  # topic `legs` is being read


def test_without_a_target_nobody_is_late() -> None:
    shown = seen(line(came("a", before=HOUR), answer_within_ms=None), Stays())
    assert shown is not None
    assert not shown.line[0].late


def test_waits_stand_still_when_the_figures_do() -> None:
    waits = came("a", before=MINUTE)
    shown = seen(line(waits), stays_of(waits), now=NOW + 15 * SECOND)  # grey
    assert shown is not None
    assert (shown.ticking, shown.line[0].wait_ms) == (False, MINUTE)
    assert seen(line(waits), stays_of(waits), now=NOW + HOUR) is None
    assert seen(None, stays_of(waits)) is None


def test_a_replay_waits_by_its_own_clock() -> None:
    waits = came("a", before=MINUTE)
    replayed = replace(line(waits), replay=True)
    shown = seen(replayed, Stays(), now=NOW + 5 * SECOND)
    assert shown is not None
    assert shown.line[0].wait_ms == MINUTE + 5 * SECOND


def test_who_hung_up_and_is_not_back() -> None:
    gone = came("a", "abandoned", before=HOUR)
    shown = seen(line(), stays_of(gone))
    assert shown is not None
    assert shown.not_back is not None
    assert (shown.not_back.n, shown.not_back.callers[0].leg_id) == (1, "a")
    elsewhere = came("b", queue=OTHER)
    shown = seen(line(), stays_of(gone, elsewhere))
    assert shown is not None
    assert shown.not_back is not None
    assert shown.not_back.n == 0
