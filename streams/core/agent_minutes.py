"""How busy the agents of a queue were in the last half hour, and how many were there.

The roster knows the agents of now alone. So they are counted at each whole minute that event time passes, and
the last 30 counts are state of the queue.

Rule: the minutes follow each other. After one that was not counted (a gap in event time, an hour without
calls) a new half hour begins: nobody knows what the agents did meanwhile.
"""

from msgspec import Struct

from schemas.millis import MINUTE
from streams.core.crew import Crew

KEPT_MINUTES = 30
_GONE_WITHIN = 10  # minutes
_GONE_FOR = 2  # minutes: who signs in again at once has changed the phone


class AgentMinutes(Struct, gc=False):
    """Agents at each whole minute up to `until`, oldest first."""

    until: int = 0
    busy: list[int] = []
    taking: list[int] = []
    reachable: list[int] = []  # shorter after an upgrade

    def note(self, at: int, crew: Crew) -> None:
        """These are the agents as of the whole minute `at`."""
        if at - self.until != MINUTE:
            self.busy, self.taking, self.reachable = [], [], []
        self.until = at
        # In place: three new lists of 30 each minute of each queue were a fiftieth of what rules cost.
        for counts, n in ((self.busy, crew.busy), (self.taking, crew.taking), (self.reachable, crew.reachable)):  # fmt: skip
            counts.append(n)
            if len(counts) > KEPT_MINUTES:
                del counts[:-KEPT_MINUTES]

    def half_hour(self, at: int) -> tuple[int, int] | None:
        """(busy, taking calls): the agents of the last 30 whole minutes, added up; None where not all of these
        were counted.
        """
        if len(self.taking) < KEPT_MINUTES or at - self.until >= MINUTE:
            return None
        return sum(self.busy), sum(self.taking)

    def gone(self, at: int) -> int:
        """How many agents fewer are reachable for two minutes now than at most in the ten minutes before; 0 where that was not
        counted. Who pauses is reachable.
        """
        if at - self.until >= MINUTE or len(self.reachable) <= _GONE_FOR:
            return 0
        there = self.reachable[-_GONE_WITHIN - _GONE_FOR :]
        return max(there) - max(there[-_GONE_FOR:])
