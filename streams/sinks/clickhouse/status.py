"""The status of the archive: its writer writes it, other threads read it for `health` and `/metrics`."""

import threading

from msgspec import Struct, structs

from schemas.deliveries import Delivery
from schemas.tables import TABLES

# A client library may wait for ever, and the archive would then run without doing anything. Longer than
# the longest insert. A restarted archive goes on at its committed offsets.
POLLED_WITHIN_S = 120.0
# Longer than the session of a member that died. After an outage of Kafka in the middle of its join, an
# archive has run on without a partition and without an error.
ASSIGNED_WITHIN_S = 30.0
_COPIED_INTO = {"leg_versions": "legs"}  # by the database itself (migration 0002)


class ArchiveStatus(Struct, frozen=True):
    """A copy at one moment. Times are of the monotonic clock; None means not yet, or not blocked."""

    state: str = "starting"
    detail: str = ""
    positions: dict[str, int] = {}
    lag_records: dict[str, int] = {}
    rows: dict[str, int] = {}
    insert_seconds: dict[str, float] = {}
    last_insert_at: float | None = None
    blocked_since: float | None = None
    polled_at: float | None = None  # when the writer last polled or inserted
    refused_lines: dict[tuple[str, str], int] = {}  # of followers: (source, reason) -> lines
    delivered: dict[tuple[str, str], int] = {}  # of files: (source, result) -> legs, or rows
    unassigned_since: float | None = None  # since when it has no partition; None: it has some

    @property
    def ready(self) -> bool:
        return self.state == "running"

    def hang(self, now: float) -> str | None:
        """One line that says why this archive runs without doing anything; None if it works."""
        if self.polled_at is not None and now - self.polled_at > POLLED_WITHIN_S:
            return f"nothing was polled for {POLLED_WITHIN_S:g} s"
        if self.unassigned_since is not None and now - self.unassigned_since > ASSIGNED_WITHIN_S:
            return f"Kafka gave it no partition for {ASSIGNED_WITHIN_S:g} s"
        return None


class StatusRecorder:
    """Only the writer's thread changes it; every change makes a new copy."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._delivered: set[str] = set()
        self._now = ArchiveStatus(
            rows=dict.fromkeys(TABLES, 0), insert_seconds=dict.fromkeys(TABLES, 0.0)
        )

    def read(self) -> ArchiveStatus:
        with self._lock:
            return self._now

    def state(self, state: str, detail: str = "") -> None:
        self._change(state=state, detail=detail)

    def running(self, lag_records: dict[str, int]) -> None:
        self._change(state="running", detail="", lag_records=lag_records)

    def polled(self, now: float) -> None:
        self._change(polled_at=now)

    def assigned(self, partitions: int, now: float) -> None:
        was_without = self.read().unassigned_since is not None
        if was_without == (partitions > 0):
            self._change(unassigned_since=None if partitions else now)

    def blocked(self, why: str, now: float) -> None:
        since = self.read().blocked_since
        self._change(state="blocked", detail=why, blocked_since=now if since is None else since)

    def unblocked(self) -> bool:
        """Clear the block; return whether there was one."""
        was = self.read().blocked_since is not None
        if was:
            self._change(state="running", detail="", blocked_since=None)
        return was

    def inserted(self, table: str, rows: int, took_s: float, now: float) -> None:
        before = self.read()
        tables = (table, _COPIED_INTO[table]) if table in _COPIED_INTO else (table,)
        self._change(
            rows=before.rows | {name: before.rows[name] + rows for name in tables},
            insert_seconds=before.insert_seconds | {table: before.insert_seconds[table] + took_s},
            last_insert_at=now,
            polled_at=now,
        )

    def refused_line(self, source: str, reason: str) -> None:
        before = self.read().refused_lines
        key = (source, reason)
        self._change(refused_lines=before | {key: before.get(key, 0) + 1})

    def delivered(self, delivery: Delivery) -> None:
        """Count a delivery that has ended, once however often its record is read."""
        if delivery.delivery_id in self._delivered:
            return
        self._delivered.add(delivery.delivery_id)
        counts = self.read().delivered
        for result, legs in delivery.counts.by_result().items():
            key = (delivery.source, result)
            counts = counts | {key: counts.get(key, 0) + legs}
        self._change(delivered=counts)

    def committed(self, positions: dict[str, int]) -> None:
        self._change(positions=positions)

    def _change(self, **changes: object) -> None:
        with self._lock:
            self._now = structs.replace(self._now, **changes)
