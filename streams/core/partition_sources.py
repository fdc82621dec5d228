"""What one partition knows of its sources: their clocks, their restarts, their platform snapshots."""

from schemas import calls
from schemas.timing import LATE_WITHIN_MS
from streams.core.calls_pieces import Cursor
from streams.core.closing import with_restart
from streams.core.watermark import Clocks


class PartitionSources:
    """`restarts` keeps those that are recent enough for a late fact to precede them."""

    def __init__(self) -> None:
        self.clocks = Clocks()
        self.restarts: dict[str, list[int]] = {}  # shared with the queues of the partition
        # Platform snapshots that have begun: since when, and the legs named so far.
        self.snapshots: dict[str, tuple[int, list[str]]] = {}

    def note_restart(self, mark: calls.Restarted) -> bool:
        """Note a restart; False if it is known: reported twice, it must not drop callers who came after it."""
        known = self.restarts.get(mark.source, [])
        if mark.at in known:
            return False
        self.restarts[mark.source] = with_restart(known, mark.at, LATE_WITHIN_MS)
        return True

    def begin_snapshot(self, mark: calls.SnapshotBegin) -> None:
        self.snapshots[mark.source] = (mark.at, [])

    def note_present(self, event: calls.Present) -> None:
        """A platform snapshot that is under way names the leg."""
        if event.source in self.snapshots:
            self.snapshots[event.source][1].append(event.leg_id)

    def end_snapshot(self, mark: calls.SnapshotEnd) -> tuple[int, set[str]]:
        """(when the platform began to take it, the legs that it named)."""
        began_at, named = self.snapshots.pop(mark.source, (0, []))
        return began_at, set(named)

    def clock_of(self, sources: set[str]) -> int | None:
        """The clock of a queue with these sources; None where none of them is known any more."""
        return self.clocks.clock(sources & self.clocks.sources.keys())

    def times(self) -> dict[str, int]:
        """The newest event time of each source that has not ended."""
        known = self.clocks.sources
        return {name: each.clock for name, each in known.items() if not each.ended}

    def behind_ms(self) -> dict[str, int]:
        """By how much each live source's clock is behind the broker's, as of the newest record of the source.

        Of sources that have not ended; a replay shows an old day on purpose.
        """
        return {
            name: each.appended_at - each.clock
            for name, each in self.clocks.sources.items()
            if not each.ended and not each.replay
        }

    def restore(self, cursor: Cursor) -> None:
        self.clocks = Clocks(cursor.sources, cursor.appended_at)
        self.snapshots = dict(cursor.platform_snapshots)
        self.restarts = dict(cursor.restarts)
