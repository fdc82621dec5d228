"""What the worker counts about itself since its start; `/metrics` and health reports read it."""

from collections import Counter
from collections.abc import Callable


class Telemetry:
    """Counters of the worker. The counters of queues are state and are kept in the units."""

    def __init__(self, now: Callable[[], int]) -> None:
        self._now = now
        self.started_at = now()
        self.fetched_again: Counter[str] = Counter()  # by input: records already applied, skipped
        self.holes = 0
        self.assignments = 0
        self.checkpoints = 0
        self.checkpoint_records = 0
        self.checkpoint_s = 0.0
        # The newest round of checkpoints, also when no unit had changed.
        self.checkpointed_at = self.started_at
        self.applied_at: int | None = None

    def count_chunk(self, name: str, fetched: int, applied: int) -> None:
        """Count a chunk of the input `name`: `fetched` records, of which `applied` were new."""
        self.fetched_again[name] += fetched - applied
        if applied:
            self.applied_at = self._now()

    def count_checkpoint(self, records: int, took_s: float) -> None:
        self.checkpoints += 1
        self.checkpoint_records += records
        self.checkpoint_s += took_s
