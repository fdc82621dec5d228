"""Whose wait or conversation is next to reach its cap, so that nobody else is looked at each minute.

Rule: nobody is given up later than by a look at everybody. Who came since the last such look cannot reach the least cap
sooner than that cap after the arrival; then all are looked at again.
"""

from collections.abc import Callable

from schemas.identity import LegKey
from schemas.millis import LATEST
from schemas.targets import Targets
from streams.core.closing import cap_reached_at
from streams.core.leg_store import Entry
from streams.core.line import Line

TargetsOf = Callable[[Entry], Targets | None]


class Aging:
    """Made of the line alone, and no state: after a restart everybody is looked at once."""

    __slots__ = ("_least_cap_ms", "_look_at", "_next")

    def __init__(self, least_cap_ms: int) -> None:
        """`least_cap_ms`: the least of all caps that any targets of the queue say (streams.core.closing)."""
        self._least_cap_ms = least_cap_ms
        self._look_at = 0  # the watermark at which everybody is looked at again
        # (cap is reached at, place in line at the last look, key), the soonest last.
        self._next: list[tuple[int, int, LegKey]] = []

    def note(self, arrived_at: int) -> None:
        """A caller who arrived then is open since now."""
        due = arrived_at + self._least_cap_ms
        if due < self._look_at:
            self._look_at = due

    def reached(self, watermark: int, line: Line, targets_of: TargetsOf) -> list[Entry]:
        """Those whose cap is reached, in the order of the line, then of the conversations; each once, so the caller must close
        them.
        """
        if watermark >= self._look_at:
            self._look(line, targets_of)
        keys = []
        while self._next and self._next[-1][0] <= watermark:
            keys.append(self._next.pop()[1:])
        found = []
        for _, key in sorted(keys):
            entry = line.find(key)
            if entry is None:
                continue
            at = cap_reached_at(entry, targets_of(entry))
            if at <= watermark:
                found.append(entry)
            elif at < self._look_at:  # a sign of life, or the answer, came since
                self._look_at = at
        return found

    def _look(self, line: Line, targets_of: TargetsOf) -> None:
        going = (*line.open_entries(), *line.serving.values())
        self._next = [
            (cap_reached_at(entry, targets_of(entry)), place, entry.key)
            for place, entry in enumerate(going)
        ]
        self._next.sort(reverse=True)
        self._look_at = LATEST
