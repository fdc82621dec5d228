"""How far event time has come. It follows the events of the sources, never the wall clock.

Rule 1: a source's clock is the greatest event time or tick seen from it; its watermark is 5 s less.
Rule 2: a queue's clock is the least clock of the sources that ever sent for it and are not stale.
Rule 3: a source is stale after its end of input, or when the partition's newest record was appended over
30 s after the newest one of that source. Both are in the log, so a replay and a rebuild decide the same.
"""

from msgspec import Struct

from schemas.timing import STALE_AFTER_MS, STEP_MS


class SourceClock(Struct, gc=False):
    """The clock of one source in one partition."""

    clock: int
    appended_at: int
    ended: bool = False
    replay: bool = False
    since: int | None = None  # its first clock; None: a former release knew


class Clocks:
    """The clocks of all sources of one partition."""

    def __init__(self, sources: dict[str, SourceClock] | None = None, appended_at: int = 0) -> None:
        self.sources = sources or {}
        self.appended_at = appended_at  # newest append time of the partition
        # The greatest clock: no queue is further than this one, for its boundaries follow clocks that were seen.
        self.newest = max((each.clock for each in self.sources.values()), default=0)

    def observe(self, source: str, at: int, appended_at: int, *, replay: bool = False) -> bool:
        """Note an event or tick; True when the source's clock passed a 5-second boundary.

        Decisions are made at boundaries alone. To try to advance every queue at every event would cost
        five times as much as the rest of the event.
        """
        if appended_at > self.appended_at:
            self.appended_at = appended_at
        known = self.sources.get(source)
        if known is None:
            self.sources[source] = SourceClock(at, appended_at, replay=replay, since=at)
            if at > self.newest:
                self.newest = at
            return True
        if appended_at > known.appended_at:
            known.appended_at = appended_at
        if known.ended:
            known.ended = False
        if known.replay is not replay:
            known.replay = replay
        if at <= known.clock:
            return False
        before, known.clock = known.clock, at
        if at > self.newest:
            self.newest = at
        return at // STEP_MS != before // STEP_MS

    def heard(self, source: str, since: int | None) -> None:
        """Its first clock, told by who has seen it."""
        known = self.sources[source]
        if since is not None and known.since is not None:
            known.since = min(known.since, since)

    def end(self, source: str) -> None:
        if source in self.sources:
            self.sources[source].ended = True

    def is_stale(self, source: str) -> bool:
        known = self.sources[source]
        return known.ended or self.appended_at - known.appended_at > STALE_AFTER_MS

    def clock(self, sources: set[str]) -> int | None:
        """The least clock of the sources that are not stale; None when all are."""
        if len(sources) == 1:
            (name,) = sources
            return None if self.is_stale(name) else self.sources[name].clock
        live = [self.sources[name].clock for name in sources if not self.is_stale(name)]
        return min(live, default=None)
