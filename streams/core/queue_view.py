"""A queue as of one 5-second boundary, as alert rules see it.

Each figure is computed when a rule asks for it, and once: what no rule asks for costs nothing.
"""

from functools import cached_property

from schemas.counters import Counts
from streams.core.leg_store import Entry
from streams.core.line import Line
from streams.core.roster import Roster
from streams.core.windows import Windows


class QueueView:
    """Callers who are doubtful count in none of the figures of the line."""

    def __init__(
        self, at: int, queue: str, line: Line, windows: Windows, roster: Roster, *, replay: bool
    ) -> None:
        """`at` is the boundary of `windows`."""
        self.at = at
        self.queue = queue
        self.replay = replay
        self._line, self._windows, self._roster = line, windows, roster

    @cached_property
    def waiting(self) -> int:
        return self._line.length(self.at, self._in_line)

    @cached_property
    def oldest_wait_ms(self) -> int:
        """0 where nobody waits."""
        oldest = self._line.oldest_arrival(self.at, self._in_line)
        return self.at - oldest if oldest is not None else 0

    @cached_property
    def lost_and_resolved(self) -> tuple[int, int]:
        """Numerator and denominator of abandonment_ab2 over the last 30 minutes."""
        return self._windows.share()

    @cached_property
    def windows(self) -> dict[int, Counts]:
        """The counts of the last 1, 5, 15 … minutes (schemas.counters.WINDOW_MINUTES)."""
        return self._windows.at(self.at)

    @cached_property
    def agents(self) -> dict[str, int]:
        """Agents who are signed in by their state; `{"available": 0}` where all signed out, and
        empty where none was ever seen: then nothing is known of them.
        """
        return self._roster.agents_of(self.queue)

    @cached_property
    def _in_line(self) -> list[Entry]:
        return self._line.firm()
