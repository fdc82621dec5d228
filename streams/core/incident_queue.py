"""How well a queue is known to the search for incidents: not at all, when its first call comes.

A queue that is new, or that opens later than others, has places of which nothing is known: each of them would look like an
incident with its fifth caller. So it has a first hour of its own (streams.core.incident_first_hour).
"""

from msgspec import Struct

from schemas.millis import DAY, HOUR

LEARNED_HOURS = 0.75
_ENOUGH_CALLS = 10  # fewer may be strays, long before the queue opens
_SILENCE_MS = HOUR  # after it, a queue that is not known yet has opened


class KnownQueue(Struct, gc=False):
    """`since` begins anew after an hour without a call, until the queue is known; then nothing is noted any more."""

    first: int
    since: int
    newest: int
    calls: int = 0
    is_known: bool = False

    def known_by(self, ended: int) -> bool:
        """Whether enough is counted of it in the hours up to `ended`."""
        enough = self.calls >= _ENOUGH_CALLS or self.newest - self.first >= DAY
        return self.is_known or (enough and ended - self.since >= LEARNED_HOURS * HOUR)

    def meet(self, at: int, ended: int) -> None:
        """A call at `at`, while the hours up to `ended` are counted."""
        self.is_known = self.known_by(ended)
        if self.is_known:
            return
        if at - self.newest >= _SILENCE_MS or self.since - _SILENCE_MS < at < self.since:
            self.since = at
        self.first, self.newest = min(self.first, at), max(self.newest, at)
        self.calls += 1
