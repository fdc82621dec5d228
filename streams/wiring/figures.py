"""What the worker counts about itself since it started; read by exporter and health."""

from collections import Counter
from collections.abc import Callable


class Figures:
    """Counters of the pipeline. Those of queues are state and live in the units."""

    def __init__(self, now: Callable[[], int]) -> None:
        self._now = now
        self.started_at = now()
        self.applied: Counter[str] = Counter()  # records by input
        self.repeated: Counter[str] = Counter()  # fetched again after a seek, skipped by offset
        self.holes = 0
        self.assignments = 0
        self.checkpoints = 0
        self.checkpoint_records = 0
        self.checkpoint_s = 0.0
        self.round_at = (
            self.started_at
        )  # newest round of checkpoints, even one that had nothing to do
        self.applied_at: int | None = None

    def applying(self, name: str, fetched: int, applied: int) -> None:
        self.repeated[name] += fetched - applied
        if applied:
            self.applied[name] += applied
            self.applied_at = self._now()

    def committed(self, records: int, took_s: float) -> None:
        self.checkpoints += 1
        self.checkpoint_records += records
        self.checkpoint_s += took_s
