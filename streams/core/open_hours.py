"""Whether callers of one queue arrive out of hours: asked at each arrival, worked out anew when the answer may change."""

from collections.abc import Iterable

from schemas.opening import is_open, unchanging
from schemas.targets import Targets


class OpenHours:
    """Calendars cost as much as all the rest of an arrival, and one answer holds for hours."""

    __slots__ = ("_is_closed", "_since", "_targets", "_until")

    def __init__(self) -> None:
        self._targets: Targets | None = None
        self._since = self._until = 0
        self._is_closed = False

    def is_closed(self, targets: Targets | None, at: int) -> bool:
        """False where there are no targets."""
        if targets is self._targets and self._since <= at < self._until:
            return self._is_closed
        if targets is None:
            return False
        self._targets = targets
        self._since, self._until = unchanging(targets.opening, targets.time_zone, at)
        self._is_closed = not is_open(targets.opening, targets.time_zone, at)
        return self._is_closed


def were_open(queues: Iterable[Targets | None], at: int) -> bool:
    """Whether all of them are open at `at` by their hours; not where one has no targets."""
    return all(each and is_open(each.opening, each.time_zone, at) for each in queues)
