"""One partition of `calls`: every queue that lives in it, and the checkpoint that makes it durable.

Rule 1: `apply` never raises for bad input: what cannot be counted goes to quarantine with a reason.
Rule 2: a checkpoint holds the changed pieces, the outputs and the cursor of one moment.
Rule 3: history legs pass by the state: judged, versioned, written.
"""

import msgspec
from msgspec import Struct

from schemas import calls
from schemas.codec import UndecodableError, decode_call, encode
from schemas.counters import Counts
from schemas.millis import MINUTE, SECOND, iso
from schemas.quarantine import Quarantined, Reason
from schemas.snapshots import QueueSnapshot, QueueTotals
from schemas.targets import TargetsVersion
from schemas.topics import version_of
from streams.core.alert_rules import Cause
from streams.core.leg import Leg, absorb, new_leg
from streams.core.leg_row import leg_row
from streams.core.leg_store import Entry, LegStore
from streams.core.quarantining import quarantined
from streams.core.queue_monitor import LATE_WITHIN_MS, QueueMonitor
from streams.core.queue_state import QueueState
from streams.core.roster import Roster
from streams.core.snapshot import snapshot, unexplained_legs
from streams.core.targets_book import TargetsBook
from streams.core.unit import Checkpoint, Output, Record, reading_piece
from streams.core.verdict import arrived_out_of_hours, contributions, judge
from streams.core.watermark import (
    AHEAD_OF_BROKER_MS,
    DISORDER_MS,
    Clocks,
    SourceClock,
)
from streams.core.windows import Bucket, floor_step

IDLE_SHOWN_EVERY_MS = 2 * SECOND
_PREFIX = b"calls|"
_CURSOR = _PREFIX + b"cursor"

_pack = msgspec.msgpack.Encoder().encode
_unpack_queue = msgspec.msgpack.Decoder(QueueState).decode
_unpack_buckets = msgspec.msgpack.Decoder(dict[int, Bucket]).decode


class Cursor(Struct, gc=False, array_like=True):
    """The piece `calls|cursor`: where the unit stands, and what it knows of its sources."""

    next_offset: int
    epoch: int
    appended_at: int
    sources: dict[str, SourceClock]
    reconciling: dict[str, tuple[int, list[str]]]  # platform snapshots in progress
    results: dict[str, int]  # applied, duplicate, quarantined: records since the state began
    reasons: dict[str, int]  # of the quarantined
    targets_version: int  # the newest by which legs in state were counted
    restarts: dict[str, int]
    passed: dict[str, int]  # boundaries that quiet queues passed without a step


_unpack_cursor = msgspec.msgpack.Decoder(Cursor).decode


class CallsUnit:
    """Satisfies streams.core.unit.Unit and SnapshotSource."""

    def __init__(self, partition: int, epoch: int, roster: Roster) -> None:
        self.partition = partition
        self.epoch = epoch
        self._first_version = version_of(epoch, 0)  # a version is this and an offset
        self.roster = roster
        self.next_offset: int | None = None
        self.monitors: dict[str, QueueMonitor] = {}
        self.clocks = Clocks()
        self.results = {"applied": 0, "duplicate": 0, "quarantined": 0}
        self.reasons: dict[str, int] = {}
        self._book = TargetsBook()
        self._versions: list[TargetsVersion] = []
        self._counted_by = 0  # the newest version of targets in the state that was loaded
        self._loaded: dict[bytes, bytes] = {}  # pieces, newest of each, until `start`
        self._reconciling: dict[str, tuple[int, list[str]]] = {}
        self._restarts: dict[str, int] = {}  # newest of each source: older facts may still come
        self._outputs: list[Output] = []
        self._durable_next: int | None = None
        self._passed: dict[str, int] = {}  # as read from the cursor, for `start`
        self._totals: dict[str, QueueTotals] = {}
        self._pending_totals: list[QueueTotals] = []

    # ---- records in --------------------------------------------------------------------------

    def apply(self, records: list[Record]) -> None:
        for record in records:
            self._apply_one(record)
        self.next_offset = records[-1].offset + 1

    def _apply_one(self, record: Record) -> None:
        result = "quarantined"
        try:
            event = decode_call(record.value or b"")
            if (ahead := event.at - record.timestamp) > AHEAD_OF_BROKER_MS:
                detail = f"{ahead} ms ahead of the broker's {iso(record.timestamp)}"
                self._set_aside(record, "ahead_of_broker", detail, event.source)
            else:
                cause = Cause(self._first_version + record.offset, record.timestamp)
                if isinstance(event, calls.Mark):
                    result = self._mark(event, cause)
                elif event.feed == "live":
                    result = self._live(event, record, cause)
                else:
                    result = self._history(event, record, cause)
        except UndecodableError as error:
            self._set_aside(record, error.reason, error.detail)
        except Exception as error:  # noqa: BLE001 - one event that trips a bug must not stop a queue
            self._set_aside(record, "internal_error", f"{type(error).__name__}: {error}")
        self.results[result] += 1

    def _history(self, event: calls.LegFact, record: Record, cause: Cause) -> str:
        if isinstance(event, calls.FinishedLeg):
            return self._finished(event, cause, "history")
        self._set_aside(record, "wrong_type", "the history feed holds finished legs only")
        return "quarantined"

    def _live(self, event: calls.LegFact, record: Record, cause: Cause) -> str:
        monitor = self.monitors.get(event.queue) or self._monitor(event.queue)
        boundary = monitor.windows.boundary
        if (
            boundary is not None
            and event.at < boundary - LATE_WITHIN_MS
            and event.leg_id not in monitor.legs.pack_of
        ):
            if isinstance(event, calls.FinishedLeg):
                return self._finished(event, cause, "live")
            detail = f"at {iso(event.at)}, the queue's watermark is {iso(boundary)}"
            self._set_aside(record, "too_old", detail, event.source)
            return "quarantined"
        if self._reconciling and isinstance(event, calls.Present):
            self._seen(event)
        applied = monitor.apply(event, cause)
        if self.clocks.observe(event.source, event.at, cause.known_at, replay=event.replay):
            self._advance(event.source, cause)
        return "applied" if applied else "duplicate"

    def _seen(self, event: calls.Present) -> None:
        """A platform snapshot in progress names the leg."""
        if event.source in self._reconciling:
            self._reconciling[event.source][1].append(event.leg_id)

    def _finished(self, event: calls.FinishedLeg, cause: Cause, feed: calls.Feed) -> str:
        """A leg in one event: needs no state, is idempotent by its key at any age."""
        monitor = self.monitors.get(event.queue)
        if monitor is not None and event.leg_id in monitor.legs.pack_of:
            return "duplicate"  # the live feed told it already, and in more detail
        leg = new_leg(event)
        absorb(leg, event)
        leg.version, leg.known_at = cause.version, cause.known_at
        leg.key_at = event.arrived_at
        targets, version = self._book.at(event.queue, event.arrived_at)
        closed = arrived_out_of_hours(targets, event.arrived_at)
        verdict = judge(leg, targets, out_of_hours=closed)
        counted = contributions(leg, verdict)
        entry = Entry(leg, verdict, counted, version, event.arrived_at)
        row = leg_row(event.queue, entry, targets, feed)
        if row is not None:
            self._outputs.append(Output("legs", event.queue.encode(), encode(row)))
        return "applied"

    def _mark(self, event: calls.Mark, cause: Cause) -> str:
        if isinstance(event, calls.Restarted):
            self._restarts[event.source] = max(event.at, self._restarts.get(event.source, 0))
            for monitor in self._monitors_of(event.source):
                monitor.restarted(event.source, event.at, cause)
        elif isinstance(event, calls.SnapshotBegin):
            self._reconciling[event.source] = (event.at, [])
        elif isinstance(event, calls.SnapshotEnd):
            began_at, seen = self._reconciling.pop(event.source, (0, []))
            for monitor in self._monitors_of(event.source):
                monitor.reconcile(event.source, began_at, set(seen), cause)
        if self.clocks.observe(event.source, event.at, cause.known_at, replay=event.replay):
            self._advance(event.source, cause)
        if isinstance(event, calls.EndOfInput):
            self.clocks.end(event.source)
            for monitor in self._monitors_of(event.source):
                monitor.is_changed = True
        return "applied"

    def _advance(self, source: str, cause: Cause) -> None:
        """Event time moves on for every queue that hears from this source."""
        clocks = self.clocks
        own = floor_step(clocks.sources[source].clock - DISORDER_MS)
        for monitor in self.monitors.values():
            sources = monitor.sources
            if source not in sources:
                continue
            target = own
            if len(sources) > 1:
                clock = clocks.clock(sources)
                if clock is None:
                    continue
                target = floor_step(clock - DISORDER_MS)
            if target <= monitor.quiet_to:
                monitor.passed_to = max(monitor.passed_to, target)
            else:
                monitor.advance(target, cause)

    def _monitors_of(self, source: str) -> list[QueueMonitor]:
        return [monitor for monitor in self.monitors.values() if source in monitor.sources]

    def _set_aside(self, record: Record, reason: Reason, detail: str, source: str = "") -> None:
        row = quarantined(f"calls-{self.partition}", record, reason, detail, source)
        self._outputs.append(_quarantine_output(record, row))
        self.reasons[reason] = self.reasons.get(reason, 0) + 1

    # ---- state out and in --------------------------------------------------------------------

    def checkpoint(self) -> Checkpoint | None:
        if self.next_offset is None or (
            self.next_offset == self._durable_next and not self._has_changes()
        ):
            return None
        pieces: list[tuple[bytes, bytes | None]] = []
        outputs, self._outputs = self._outputs, []
        for queue, monitor in self.monitors.items():
            if monitor.is_dirty or monitor.legs.touched or monitor.windows.touched:
                pieces += _pieces(queue, monitor)
                outputs += self._rows(queue, monitor)
                self._pending_totals.append(_totals(monitor))
                monitor.is_dirty = False
        pieces.append((_CURSOR, self._cursor(self.next_offset)))
        self._durable_next = self.next_offset
        return Checkpoint(pieces, outputs)

    def _has_changes(self) -> bool:
        return bool(self._outputs) or any(m.is_dirty for m in self.monitors.values())

    def _cursor(self, next_offset: int) -> bytes:
        return _pack(
            Cursor(next_offset, self.epoch, self.clocks.appended_at, self.clocks.sources,
                   self._reconciling, self.results, self.reasons,
                   max((each.version for each in self._versions), default=0), self._restarts,
                   {queue: monitor.passed_to for queue, monitor in self.monitors.items()
                    if monitor.passed_to > (monitor.windows.boundary or 0)})
        )  # fmt: skip

    def _rows(self, queue: str, monitor: QueueMonitor) -> list[Output]:
        key = queue.encode()
        rows = []
        for entry in monitor.dirty_legs.values():
            verdict = entry.verdict
            moment = verdict.arrived_at if verdict.arrived_at is not None else 0
            row = leg_row(queue, entry, self._book.at(queue, moment)[0], "live")
            if row is not None:
                rows.append(Output("legs", key, encode(row)))
        rows += [Output("minutes", key, encode(row)) for row in monitor.minute.rows.values()]
        rows += [Output("alerts", a.alert_id.encode(), encode(a)) for a in monitor.alerts.values()]
        rows += [self._unplaced(queue, leg) for leg in monitor.unplaced]
        monitor.dirty_legs, monitor.minute.rows, monitor.alerts = {}, {}, {}
        monitor.unplaced = []
        return rows

    def _unplaced(self, queue: str, leg: Leg) -> Output:
        row = Quarantined(
            origin=f"calls-{self.partition}",
            position=0,
            reason="too_old",
            detail=f"leg {leg.leg_id}: neither its start nor its wait ever came",
            known_at=leg.known_at,
            original=encode(leg).decode(),
            original_key=queue,
            source=leg.source,
        )
        self.reasons["too_old"] = self.reasons.get("too_old", 0) + 1
        return Output("quarantine", queue.encode(), encode(row))

    def commit_done(self) -> None:
        for totals in self._pending_totals:
            self._totals[totals.queue] = totals
        self._pending_totals = []

    def committed_totals(self) -> list[QueueTotals]:
        return list(self._totals.values())

    def load(self, key: bytes, value: bytes | None) -> None:
        if not key.startswith(_PREFIX):
            return
        if value is None:
            self._loaded.pop(key, None)
        else:
            self._loaded[key] = value

    def start(self, first_offset: int) -> None:
        pieces, self._loaded = self._loaded, {}
        versions = self._versions
        if _CURSOR in pieces:
            with reading_piece(_CURSOR):
                self._restore_cursor(pieces.pop(_CURSOR))
            # what was published since is applied to counts that were made by what held then
            self.set_targets([each for each in versions if each.version <= self._counted_by])
        for key, value in pieces.items():
            with reading_piece(key):
                self._restore(key[len(_PREFIX) :].decode(), value)
        if self.next_offset is None:
            self.next_offset = first_offset
        for monitor in self.monitors.values():
            clock = self.clocks.clock(monitor.sources & self.clocks.sources.keys())
            monitor.restored(clock, self._passed.get(monitor.queue, 0))
            self._pending_totals.append(_totals(monitor))
        self.commit_done()
        self.set_targets(versions)

    def _restore_cursor(self, value: bytes) -> None:
        cursor = _unpack_cursor(value)
        self.next_offset = self._durable_next = cursor.next_offset
        self.clocks = Clocks(cursor.sources, cursor.appended_at)
        self._reconciling = dict(cursor.reconciling)
        self.results, self.reasons = cursor.results, cursor.reasons
        self._counted_by = cursor.targets_version
        self._restarts = cursor.restarts
        self._passed = cursor.passed

    def _restore(self, piece: str, value: bytes) -> None:
        kind, _, rest = piece.partition("|")
        queue = rest if kind == "queue" else rest.rpartition("|")[0]
        monitor = self._monitor(queue)
        if kind == "queue":
            monitor.restore(_unpack_queue(value))
        elif kind == "buckets":
            monitor.windows.restore(_unpack_buckets(value))
        elif kind == "legs":
            monitor.restore_legs(LegStore.decode(value))

    def _monitor(self, queue: str) -> QueueMonitor:
        monitor = self.monitors.get(queue)
        if monitor is None:
            monitor = QueueMonitor(queue, self._book, self.roster, self._restarts)
            self.monitors[queue] = monitor
        return monitor

    def set_targets(self, versions: list[TargetsVersion]) -> None:
        self._versions = list(versions)
        self._book = TargetsBook(versions)
        applied_to = max(0, (self.next_offset or 1) - 1)
        for monitor in self.monitors.values():
            monitor.set_book(
                self._book, version_of(self.epoch, applied_to), self.clocks.appended_at
            )

    # ---- what boards and exporters read ------------------------------------------------------

    def changed_snapshots(self, now: int) -> list[QueueSnapshot]:
        shown = []
        for monitor in self.monitors.values():
            if not monitor.sources:
                continue
            if monitor.is_changed or now - monitor.shown_at >= IDLE_SHOWN_EVERY_MS:
                monitor.is_changed = False
                monitor.shown_at = now
                shown.append(self._snapshot(monitor, now))
        return shown

    def snapshots(self, now: int) -> list[QueueSnapshot]:
        return [self._snapshot(m, now) for m in self.monitors.values() if m.sources]

    def unexplained_legs(self) -> dict[str, int]:
        return {queue: unexplained_legs(monitor) for queue, monitor in self.monitors.items()}

    def _snapshot(self, monitor: QueueMonitor, now: int) -> QueueSnapshot:
        return snapshot(
            monitor,
            self.clocks,
            now=now,
            version=version_of(self.epoch, self.next_offset or 0),
            partition=self.partition,
        )


def _pieces(queue: str, monitor: QueueMonitor) -> list[tuple[bytes, bytes | None]]:
    """The changed pieces of one queue: itself, minutes of buckets, minutes of legs."""
    name = queue.encode()
    found: list[tuple[bytes, bytes | None]] = [(_PREFIX + b"queue|" + name, _pack(monitor.state()))]
    for start in monitor.windows.touched:
        held = monitor.windows.minute_of_buckets(start)
        key = b"%bbuckets|%b|%d" % (_PREFIX, name, start // MINUTE)
        found.append((key, _pack(held) if held else None))
    monitor.windows.touched.clear()
    found += [
        (b"%blegs|%b|%d" % (_PREFIX, name, minute), monitor.legs.encode(minute))
        for minute in monitor.legs.touched
    ]
    monitor.legs.touched.clear()
    return found


def _totals(monitor: QueueMonitor) -> QueueTotals:
    return QueueTotals(monitor.queue, Counts(*monitor.added), Counts(*monitor.reversed))


def _quarantine_output(record: Record, row: Quarantined) -> Output:
    return Output("quarantine", record.key or b"", encode(row))
