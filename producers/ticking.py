"""How far a growing log has told its story, as ticks. Pure.

A log with stamps of whole seconds may still get a line of the second that is running, and of the one
before while its writer is on its way from the stamp to the file. So a tick made at 12:00:10.3 says
12:00:08.999: every line of second 8 was there when the file was read to its end.

Rule 1: a tick is made from the moment *before* the read that found nothing more.
Rule 2: lines that come later than that (a host with another clock, a file that is copied here) hold
the ticks back by as much as they were late, for a quarter of an hour.
Rule 3: between old lines the clock ticks too, on the grid of alerts, or windows would not move on
while one is caught up with.
"""

from collections.abc import Iterator

from msgspec import Struct

from producers.timeline import TAIL_MS, TICK_EVERY_MS, quiet_ticks
from schemas.millis import MINUTE, SECOND

WRITTEN_WITHIN_MS = SECOND  # from the stamp to the file
BELIEVED_MS = 15 * MINUTE
LATEST_BELIEVED_MS = 5 * SECOND  # what is later is told late, and corrects what was counted


class Ticking(Struct):
    """`ticked`: the newest tick; `heard`: of the newest event of a call; 0 for never. Milliseconds."""

    ticked: int = 0
    heard: int = 0
    late_ms: int = 0
    late_until: int = 0

    def before(self, at: int, now: int, *, is_idle: bool) -> Iterator[int]:
        """Ticks that an event of time `at`, read at `now`, shows to be due; `is_idle`: no call is open.

        Once the windows are empty nothing can change while nobody calls, and one tick leads there.
        """
        if not self.ticked:  # every partition knows the source from its beginning
            self.ticked = (at - 1) // TICK_EVERY_MS * TICK_EVERY_MS
            yield self.ticked
            return
        limit = min(at - SECOND - 1, self.told_by(now))
        on_grid = self.ticked // TICK_EVERY_MS * TICK_EVERY_MS
        busy_until = min(limit, self.heard + TAIL_MS) if is_idle else limit
        for tick in quiet_ticks(on_grid, max(self.heard, on_grid), busy_until):
            self.ticked = tick
            yield tick
        last = limit // TICK_EVERY_MS * TICK_EVERY_MS
        if last > self.ticked:
            self.ticked = last
            yield last

    def at_end(self, read_at: int) -> int | None:
        """The tick that is due when a read begun at `read_at` found nothing more."""
        tick = self.told_by(read_at)
        if tick <= self.ticked:
            return None
        self.ticked = tick
        return tick

    def told_by(self, now: int) -> int:
        """The newest time of which every line must have been written at `now`."""
        late_ms = self.late_ms if now < self.late_until else 0
        return (now - WRITTEN_WITHIN_MS - late_ms) // SECOND * SECOND - 1

    def came(self, at: int, empty_at: int) -> None:
        """A line of time `at` appeared after the file had been read to its end at `empty_at`."""
        late_ms = empty_at - (at // SECOND + 1) * SECOND - WRITTEN_WITHIN_MS
        if not 0 <= late_ms <= LATEST_BELIEVED_MS:
            return
        held_ms = (late_ms // SECOND + 1) * SECOND
        self.late_ms = max(held_ms, self.late_ms) if empty_at < self.late_until else held_ms
        self.late_until = empty_at + BELIEVED_MS
