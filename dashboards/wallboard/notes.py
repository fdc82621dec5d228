"""The remarks of a row: what is to be known of it beside its figures. Pure."""

from collections.abc import Iterator, Mapping

from dashboards.wallboard.freshness import Condition
from dashboards.wallboard.page import Note
from schemas.goal import GOAL_WINDOW_MINUTES
from schemas.maintenance import maintenance_at
from schemas.snapshots import QueueSnapshot
from schemas.targets import Targets

_EVERY_NIGHT = "too few calls"  # so it is in every queue then


def notes(
    targets: Targets | None, snapshot: QueueSnapshot | None, state: Condition, now: int
) -> tuple[Note, ...]:
    """`snapshot` None: its figures are too old to be shown."""
    return (
        *_planned(targets, now),
        *_hung_up_at_once(targets, snapshot),
        *_lost(snapshot),
        *_of_figures(snapshot, state),
    )


def replay_of(snapshot: QueueSnapshot | None) -> int | None:
    """When it really happened, of a replay."""
    if snapshot is None or not snapshot.replay:
        return None
    return snapshot.as_of - snapshot.replay_shift_ms


def _planned(targets: Targets | None, now: int) -> Iterator[Note]:
    planned = maintenance_at(targets.maintenance, targets.time_zone, now) if targets else None
    if planned is not None:
        yield Note("maintenance", at=planned.until, text=planned.reason)


def _hung_up_at_once(targets: Targets | None, snapshot: QueueSnapshot | None) -> Iterator[Note]:
    """So many that they alone would be over the limit of the alert, which leaves them out: as of a menu that leads people wrong.

    No rule and no service level tells of them, so without this remark such a queue looks well.
    """
    rule = targets.alerts.get("abandonment") if targets else None
    counts = snapshot.windows.get(GOAL_WINDOW_MINUTES) if snapshot else None
    if rule is None or counts is None or snapshot is None or snapshot.short_abandon_ms is None:
        return
    limit, least = rule.get("raise_above"), rule.get("minimum")
    if limit is None or least is None or counts.offered < least:
        return
    if counts.short_abandoned > limit * counts.offered:
        yield Note(
            "hung_up_at_once",
            n=counts.short_abandoned,
            of=counts.offered,
            within_ms=snapshot.short_abandon_ms,
        )


def _lost(snapshot: QueueSnapshot | None) -> Iterator[Note]:
    """Calls of which it was found in the last half hour that the platform lost them while they waited, and conversations of
    unknown length, as after a restart of it: no figure of a row tells of them. A conversation is found at the restart, or when
    it is given up by its age, so hours later. A platform that tells of no end at all, today or in this half hour, has lost none.
    """
    counts = snapshot.windows.get(GOAL_WINDOW_MINUTES) if snapshot else None
    if counts is None or snapshot is None:
        return
    timed_today = snapshot.today.service_timed if snapshot.today is not None else 0
    tells_ends = counts.service_timed or timed_today  # behind midnight of the window alone
    untold = counts.service_ended - counts.service_timed if tells_ends else 0
    if lost := counts.dropped + untold:
        yield Note("lost", n=lost)


def _of_figures(snapshot: QueueSnapshot | None, state: Condition) -> Iterator[Note]:
    if snapshot is None:
        return
    if not snapshot.configured:
        yield Note("not_configured")
    if (then := replay_of(snapshot)) is not None:
        yield Note("replay", at=then)
    if state == "stale" and snapshot.source_stale:
        yield Note("source_silent")
    if snapshot.doubtful:
        yield Note("doubtful", n=snapshot.doubtful)
    if snapshot.out_of_hours_waiting:
        yield Note("out_of_hours", n=snapshot.out_of_hours_waiting)
    yield from _not_evaluated(snapshot.not_evaluated)
    if snapshot.unexplained_legs:
        yield Note("unexplained", n=snapshot.unexplained_legs)


def _not_evaluated(reasons: Mapping[str, str]) -> Iterator[Note]:
    """One for each reason: a platform that tells of no agents leaves several rules without them."""
    rules: dict[str, list[str]] = {}
    for rule, why in reasons.items():
        if why != _EVERY_NIGHT:
            rules.setdefault(why, []).append(rule)
    for why, of_it in rules.items():
        yield Note("not_evaluated", rules=tuple(of_it), text=why)
