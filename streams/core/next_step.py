"""Who could help a queue: free agents of queues near it who do not serve it.

Whether somebody waits for them is not known here, since another worker may have their queues.
"""

from schemas.alerts import FreeAgents
from schemas.targets import Targets
from schemas.targets_book import TargetsBook
from streams.core.roster import Roster

_MOST = 3  # queues: a message is to be read at a glance


def free_agents(
    targets: Targets, at: int, book: TargetsBook, roster: Roster
) -> tuple[FreeAgents, ...]:
    """Those of the same centre come first, then those of the same department; of these the most agents first."""
    near = book.near(targets, at)
    if not near:
        return ()
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
