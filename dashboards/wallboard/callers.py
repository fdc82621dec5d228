"""The callers of one queue one by one, for those to whom queues.toml lists them. Pure."""

from collections.abc import Callable

from msgspec import Struct

from dashboards.callers.not_back import NotBack, not_back
from dashboards.callers.stays import Stays
from dashboards.callers.story import Story, story
from dashboards.wallboard.freshness import MOVING, SHOWN, clock_of, condition
from schemas.snapshots import QueueSnapshot


class CallerLine(Struct, frozen=True, omit_defaults=True):
    """One caller in line. `wait_ms` is as of the board's `now`, and is counted on while `ticking` of the list.

    `leg_id` is the platform's: by it the call is found there. No `story`: nothing more is known of the caller.
    """

    leg_id: str
    arrived_at: int
    wait_ms: int
    late: bool = False  # has waited past T
    ringing: bool = False
    doubtful: bool = False
    priority: int = 0
    story: Story | None = None


class Callers(Struct, frozen=True, omit_defaults=True):
    """The oldest CALLERS_SHOWN of the `waiting` callers, the oldest first; and who is not back.

    No `not_back`: topic `legs` is not read to its end.
    """

    waiting: int
    ticking: bool
    line: tuple[CallerLine, ...] = ()
    not_back: NotBack | None = None


def callers(
    snapshot: QueueSnapshot | None,
    advanced_at: int,
    stays: Stays,
    now: int,
    may_tell: Callable[[str], bool],
) -> Callers | None:
    """None where the figures of the queue are not shown either; `may_tell` as in `story`."""
    state = condition(snapshot, advanced_at, now)
    if snapshot is None or state not in SHOWN:
        return None
    at = clock_of(snapshot, state, advanced_at, now)
    day_began_at, within_ms = snapshot.today_started_at, snapshot.answer_within_ms

    def told(leg_id: str, arrived_at: int) -> Story | None:
        stay = stays.of_leg(snapshot.queue, leg_id, arrived_at)
        return None if stay is None else story(stays, stay, day_began_at, may_tell)

    return Callers(
        waiting=snapshot.waiting,
        ticking=state in MOVING,
        line=tuple(
            CallerLine(
                leg_id=each.leg_id,
                arrived_at=each.arrived_at,
                wait_ms=(waited := max(0, at - each.arrived_at)),
                late=within_ms is not None and waited > within_ms,
                ringing=each.ringing,
                doubtful=each.doubtful,
                priority=each.priority,
                story=told(each.leg_id, each.arrived_at),
            )
            for each in snapshot.callers
        ),
        not_back=not_back(stays, snapshot.queue, at, day_began_at),
    )
