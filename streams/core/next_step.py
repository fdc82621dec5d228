"""Who could help a queue: free agents of queues near it who do not serve it.

Whether somebody waits for them is not known here, since another worker may have their queues.
"""

from collections.abc import Sequence

from schemas.alerts import FreeAgents
from schemas.targets import Targets
from schemas.targets_book import TargetsBook
from streams.core.roster import Roster

_MOST = 3  # queues: a message is to be read at a glance


def free_agents(
    targets: Targets, at: int, book: TargetsBook, roster: Roster
) -> tuple[FreeAgents, ...]:
    """Those of the same centre come first, then those of the same department; of these the most agents first.

    Each alert that goes on asks every minute, and goes through everybody who is free in the department: where a backlog is read the
    roster stands still for hours of event time, and this was a quarter of what rules cost at whole minutes. So an answer is kept.
    """
    near = book.near(targets, at)
    if not near:
        return ()
    known = roster.helping.get(targets.queue)
    if known is not None and known[0] is near:  # the same object while no targets change
        return known[1]
    found = _found(targets, near, roster)
    roster.helping[targets.queue] = near, found
    return found


def _found(targets: Targets, near: Sequence[Targets], roster: Roster) -> tuple[FreeAgents, ...]:
    free = roster.free_besides(targets.queue, [other.queue for other in near])
    if not free:
        return ()
    found = [
        (other.centre != targets.centre, -free[other.queue], place)
        for place, other in enumerate(near)
        if other.queue in free
    ]
    found.sort()
    best = [near[place] for _, _, place in found[:_MOST]]
    return tuple([FreeAgents(each.queue, each.name, free[each.queue]) for each in best])
