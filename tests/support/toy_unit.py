"""The smallest unit that can be caught losing or doubling a record.

It counts records by key and writes one output for each; `apply` of a value `boom` is a bug of its own,
and the value `fire` fires an alert of its key.
"""

from collections.abc import Callable

from msgspec import json

from schemas.alerts import Firing
from schemas.counters import Counts
from schemas.snapshots import QueueSnapshot, QueueTotals
from schemas.targets import TargetsVersion
from streams.core.unit import Checkpoint, Output, Record


class ToyUnit:
    """State: `{key: n}` and the cursor, each a piece of its own under `kind|`."""

    def __init__(self, kind: str, partition: int, epoch: int) -> None:
        self.next_offset: int | None = None
        self.epoch = epoch
        self.versions: list[TargetsVersion] = []
        self.results = {"applied": 0}
        self.reasons: dict[str, int] = {}
        self.unconfigured = 0
        self._kind = kind
        self._partition = partition
        self._counts: dict[str, int] = {}
        self._firing: set[str] = set()
        self._newest_at = 0
        self._dirty: set[str] = set()
        self._shown: set[str] = set()
        self._outputs: list[Output] = []
        self._changed = False
        self.is_quiet = False  # whether nobody waits for what it has to write
        self._committing: dict[str, int] = {}
        self._committed: dict[str, int] = {}

    def load(self, key: bytes, value: bytes | None) -> None:
        kind, _, name = key.decode().partition("|")
        if kind != self._kind or value is None:
            return
        if name == "cursor":
            self.next_offset = json.decode(value, type=int)
        else:
            self._counts[name] = json.decode(value, type=int)

    def start(self, first_offset: int) -> None:
        if self.next_offset is None:
            self.next_offset = first_offset
        self._committed = dict(self._counts)

    def apply(self, records: list[Record]) -> None:
        topic = "legs" if self._kind == "calls" else "spells"
        for record in records:
            if record.value == b"boom":
                raise ValueError("a bug in the core")
            key = (record.key or b"").decode()
            if record.value == b"fire":
                self._firing.add(key)
            self._newest_at = max(self._newest_at, record.timestamp)
            self._counts[key] = self._counts.get(key, 0) + 1
            self._dirty.add(key)
            self._outputs.append(Output(topic, record.key or b"", record.value or b""))
        self.results["applied"] += len(records)
        self.next_offset = records[-1].offset + 1
        self._changed = True

    @property
    def is_pressing(self) -> bool:
        return self._changed and not self.is_quiet

    def checkpoint(self) -> Checkpoint | None:
        if not self._changed:
            return None
        pieces: list[tuple[bytes, bytes | None]] = [
            (f"{self._kind}|{key}".encode(), json.encode(self._counts[key])) for key in self._dirty
        ]
        pieces.append((f"{self._kind}|cursor".encode(), json.encode(self.next_offset)))
        outputs, self._outputs = self._outputs, []
        self._shown |= self._dirty
        self._dirty, self._changed = set(), False
        self._committing = dict(self._counts)
        return Checkpoint(pieces, outputs)

    def set_targets(self, versions: list[TargetsVersion]) -> None:
        self.versions = versions

    def set_home(self, is_home: Callable[[str], bool]) -> None:
        """It shows keys of records alone."""

    def changed_snapshots(self, now: int) -> list[QueueSnapshot]:
        changed, self._shown = self._shown, set()
        return [self._snapshot(key, now) for key in changed]

    def snapshots(self, now: int) -> list[QueueSnapshot]:
        return [self._snapshot(key, now) for key in self._counts]

    def committed_totals(self) -> list[QueueTotals]:
        return [QueueTotals(key, Counts(offered=n), Counts()) for key, n in self._committed.items()]

    def commit_done(self) -> None:
        self._committed = self._committing

    def firing(self) -> list[Firing]:
        """Every queue that holds a record of the value `fire`."""
        return [Firing("oldest_wait", key) for key in sorted(self._firing)]

    def source_times(self) -> dict[str, int]:
        return {"toy": self._newest_at} if self._newest_at else {}

    def sources_behind_ms(self) -> dict[str, int]:
        return {"toy": 5} if self._newest_at else {}

    def _snapshot(self, key: str, now: int) -> QueueSnapshot:
        return QueueSnapshot(
            queue=key,
            as_of=now,
            version=self.next_offset or 0,
            published_at=now,
            waiting=self._counts[key],
            partition=self._partition,
        )
