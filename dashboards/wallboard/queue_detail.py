"""One queue with everything that the board knows of it: its row, its callers, its agents, every figure. Pure."""

from msgspec import Struct

from dashboards.access.rights import Scope
from dashboards.callers.stays import Stays
from dashboards.wallboard.callers import Callers, callers
from dashboards.wallboard.figures import Figure, figures
from dashboards.wallboard.filters import Chosen
from dashboards.wallboard.freshness import SHOWN
from dashboards.wallboard.latest import Latest
from dashboards.wallboard.page import Row
from dashboards.wallboard.view import board, department_of
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
    latest: Latest, stays: Stays, queue: str, now: int, scope: Scope
) -> QueueDetail | None:
    """None if there is no such queue, or none that is in the scope."""
    shown = board(latest, now, scope=scope, chosen=Chosen(queues=frozenset({queue})))
    if not shown.rows:
        return None
    row = shown.rows[0]
    targets, snapshot = latest.book.all_at(now), latest.snapshots.get(queue)
    listed = lists_callers(scope, targets.get(queue))
    return QueueDetail(
        now=now,
        zone=shown.zone,
        zone_offset_ms=shown.zone_offset_ms,
        condition=shown.condition,
        banner=shown.banner,
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
