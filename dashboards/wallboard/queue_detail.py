"""One queue with everything that the board knows of it: its row, its callers, its agents, every figure. Pure."""

from msgspec import Struct

from dashboards.access.rights import Scope
from dashboards.callers.stays import Stays
from dashboards.wallboard.callers import Callers, callers
from dashboards.wallboard.figures import Figure, figures
from dashboards.wallboard.freshness import SHOWN
from dashboards.wallboard.latest import Latest
from dashboards.wallboard.page import Board, Row
from dashboards.wallboard.view import department_of
from schemas.targets import Targets


class QueueDetail(Struct, frozen=True, omit_defaults=True):
    """One queue at `now`. `callers_listed`: whether queues.toml lists its callers to the reader; if not, or if the figures
    are too old to be shown, there are no `callers`. Agents one by one stand in `row.people`, alerts in `row.alerts`.
    """

    now: int
    zone: str
    zone_offset_ms: int
    condition: str
    banner: str
    row: Row
    callers_listed: bool = False
    callers: Callers | None = None
    figures: tuple[Figure, ...] = ()


def queue_detail(
    whole: Board, latest: Latest, stays: Stays, queue: str, scope: Scope
) -> QueueDetail | None:
    """`whole` is the board of the scope. None if there is no such queue in it."""
    row = next((each for each in whole.rows if each.queue == queue), None)
    if row is None:
        return None
    now = whole.now
    targets, snapshot = latest.book.all_at(now), latest.snapshots.get(queue)
    listed = lists_callers(scope, targets.get(queue))
    return QueueDetail(
        now=now,
        zone=whole.zone,
        zone_offset_ms=whole.zone_offset_ms,
        condition=whole.condition,
        banner=whole.banner,
        row=row,
        callers_listed=listed,
        callers=callers(
            snapshot,
            latest.advanced_at.get(queue, 0),
            stays,
            now,
            lambda other: lists_callers(scope, targets.get(other)),
        )
        if listed
        else None,
        figures=figures(snapshot) if snapshot and row.condition in SHOWN else (),
    )


def lists_callers(scope: Scope, targets: Targets | None) -> bool:
    """Whether the callers of a queue are listed, one by one, to whoever has this scope."""
    if targets is None or not scope.has(department_of(targets)):
        return False
    return scope.has_callers(targets.department, targets.callers_listed_to)
