"""The status of the archive: written by the writer, read by other threads for `health` and `/metrics`."""

import threading

from msgspec import Struct, structs

from schemas.tables import TABLES

# A client library that waits for ever would leave an archive that lives and does nothing. Longer
# than the longest insert; a restart takes up where the commits stand.
TURNS_WITHIN_S = 120.0
# Longer than the session of a member that died. Where Kafka went down in the middle of its join, an
# archive was seen to live on in silence, without a partition.
ASSIGNED_WITHIN_S = 30.0
_COPIED_INTO = {"leg_versions": "legs"}  # by the database itself (migration 0002)


class ArchiveStatus(Struct, frozen=True):
    """A copy at one moment. Times are of the monotonic clock; None: not yet, or not blocked."""

    state: str = "starting"
    detail: str = ""
    positions: dict[str, int] = {}
    lag_records: dict[str, int] = {}
    rows: dict[str, int] = {}
    insert_seconds: dict[str, float] = {}
    last_insert_at: float | None = None
    blocked_since: float | None = None
    turned_at: float | None = None  # when the loop last came round
    unassigned_since: float | None = None  # without any partition; None: it has some

    @property
    def ready(self) -> bool:
        return self.state == "running"

    def hang(self, now: float) -> str | None:
        """Why this archive lives and does nothing: one line."""
        if self.turned_at is not None and now - self.turned_at > TURNS_WITHIN_S:
            return f"nothing was polled for {TURNS_WITHIN_S:g} s"
        if self.unassigned_since is not None and now - self.unassigned_since > ASSIGNED_WITHIN_S:
            return f"Kafka gave it no partition for {ASSIGNED_WITHIN_S:g} s"
        return None


class StatusRecorder:
    """Written by the writer's thread alone; every change makes a new copy."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
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

    def turned(self, now: float) -> None:
        self._change(turned_at=now)

    def assigned(self, partitions: int, now: float) -> None:
        was_without = self.read().unassigned_since is not None
        if was_without == (partitions > 0):
            self._change(unassigned_since=None if partitions else now)

    def blocked(self, why: str, now: float) -> None:
        since = self.read().blocked_since
        self._change(state="blocked", detail=why, blocked_since=now if since is None else since)

    def unblocked(self) -> bool:
        """Whether it had been blocked."""
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
            turned_at=now,
        )

    def committed(self, positions: dict[str, int]) -> None:
        self._change(positions=positions)

    def _change(self, **changes: object) -> None:
        with self._lock:
            self._now = structs.replace(self._now, **changes)
