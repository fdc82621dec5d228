"""Queues that agents serve and that had no call yet: shown with their agents and zero calls.

Rule 1: a queue is shown by the partition in which its calls would come, and by no other.
Rule 2: it is shown as far as a source of these agents is heard in this partition: that source tells of calls
here, and told of none. Without it nobody knows, and zeros would be a guess.
Rule 3: nothing of it is state. The first call makes a queue of the partition of it.
Rule 4: of a replay only its calls tell by how much it is shifted. Until one came, the queue is not shown:
it would have the date of today.
"""

from collections.abc import Callable, Iterator, Mapping

from schemas.targets_book import TargetsBook
from streams.core.queue_monitor import QueueMonitor
from streams.core.roster import Roster
from streams.core.watermark import Clocks


class Uncalled:
    """Agents name queues without limit: `limit` is how many that nobody configured are shown."""

    def __init__(self, roster: Roster, make: Callable[[str], QueueMonitor], limit: int) -> None:
        self._roster = roster
        self._make = make
        self._limit = limit
        self._is_home: Callable[[str], bool] | None = None  # until it is known none is shown
        self._looked_at = 0  # how many of the roster's queues
        self._at_home: list[str] = []
        self._monitors: dict[str, QueueMonitor] = {}

    def set_home(self, is_home: Callable[[str], bool]) -> None:
        self._is_home = is_home

    def forget(self) -> None:
        """New targets: what is shown of a queue is made anew."""
        self._monitors.clear()

    def monitors(
        self, called: Mapping[str, QueueMonitor], clocks: Clocks, book: TargetsBook
    ) -> Iterator[QueueMonitor]:
        """An empty queue for each that is to be shown. `called` are the queues that had calls."""
        unconfigured = 0
        for queue in self._queues_at_home():
            if queue in called:
                continue
            heard = self._roster.sources_of(queue) & clocks.sources.keys()
            replayed = [name for name in heard if clocks.sources[name].replay]
            shifts_ms = [
                shift_ms for name in replayed if (shift_ms := _shift_ms(called, name)) is not None
            ]
            if not heard or len(shifts_ms) < len(replayed):
                continue
            if not book.history(queue):
                unconfigured += 1
                if unconfigured > self._limit:
                    continue
            if queue not in self._monitors:
                self._monitors[queue] = self._make(queue)
            monitor = self._monitors[queue]
            monitor.sources = heard
            monitor.legs.restore_replay(replay=bool(replayed), shift_ms=max(shifts_ms, default=0))
            yield monitor

    def _queues_at_home(self) -> list[str]:
        """The roster only ever gets more queues, so that each is looked at once."""
        if self._is_home is None:
            return []
        named = self._roster.queues()[self._looked_at :]
        self._at_home += filter(self._is_home, named)
        self._looked_at += len(named)
        return self._at_home


def _shift_ms(called: Mapping[str, QueueMonitor], source: str) -> int | None:
    """By how much the source is replayed, as its calls in this partition tell; None without one."""
    for monitor in called.values():
        if monitor.legs.replay and source in monitor.sources:
            return monitor.legs.replay_shift_ms
    return None
