"""The ticks of a growing log: up to which time it is complete. Pure.

Time stamps are whole seconds. The log may still get a line of the current second, and of the second
before, because the writer needs time between taking the stamp and writing the line. So a tick made at
12:00:10.3 has the time 12:00:08.999: all lines of second 8 were there when the file was read to its end.

Rule 1: a tick is computed from the time *before* the read that found the end of the file.
Rule 2: lines that come later than that (a host with another clock, a file that is copied here) delay
the ticks by as much as they were late, for 15 minutes.
Rule 3: ticks are also made between old lines, every 5 seconds of event time. Otherwise windows would
not move while a backlog is read.
"""

from collections.abc import Iterator

from msgspec import Struct

from producers.timeline import TAIL_MS, TICK_EVERY_MS, quiet_ticks
from schemas.millis import MINUTE, SECOND

WRITTEN_WITHIN_MS = SECOND  # between taking a stamp and writing the line
BELIEVED_MS = 15 * MINUTE
LATEST_BELIEVED_MS = (
    5 * SECOND
)  # later lines do not delay ticks; the stream handles them as late events


class Ticking(Struct):
    """`ticked`: the newest tick; `heard`: the time of the newest event of a call; 0: none yet. Milliseconds."""

    ticked: int = 0
    heard: int = 0
    late_ms: int = 0
    late_until: int = 0

    def before(self, at: int, now: int, *, is_idle: bool) -> Iterator[int]:
        """The ticks due before an event of time `at`, read at `now`; `is_idle`: no call is open.

        While no call is open and all windows are empty nothing can change, so one tick is enough.
        """
        if not self.ticked:  # so that every partition knows the source from its first event on
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
        """The tick that is due when a read that began at `read_at` reached the end of the file."""
        tick = self.told_by(read_at)
        if tick <= self.ticked:
            return None
        self.ticked = tick
        return tick

    def told_by(self, now: int) -> int:
        """The newest time up to which all lines must have been written at `now`."""
        late_ms = self.late_ms if now < self.late_until else 0
        return (now - WRITTEN_WITHIN_MS - late_ms) // SECOND * SECOND - 1

    def came(self, at: int, empty_at: int) -> None:
        """A line of time `at` was found after the end of the file had been reached at `empty_at`."""
        late_ms = empty_at - (at // SECOND + 1) * SECOND - WRITTEN_WITHIN_MS
        if not 0 <= late_ms <= LATEST_BELIEVED_MS:
            return
        held_ms = (late_ms // SECOND + 1) * SECOND
        self.late_ms = max(held_ms, self.late_ms) if empty_at < self.late_until else held_ms
        self.late_until = empty_at + BELIEVED_MS
