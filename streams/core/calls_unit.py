"""One partition of `calls`: every queue that lives in it, and the checkpoint that makes it durable.

Rule 1: `apply` never raises for bad input: what cannot be counted goes to quarantine with a reason.
Rule 2: a checkpoint holds the changed pieces, the outputs and the cursor of one moment.
Rule 3: history legs pass by the state: judged, versioned, written.
"""

import msgspec
from msgspec.structs import replace

from schemas import calls
from schemas.codec import UndecodableError, decode_call, encode
from schemas.millis import format_duration
from schemas.quarantine import Reason
from schemas.snapshots import QueueSnapshot, QueueTotals
from schemas.targets import TargetsVersion
from schemas.targets_book import TargetsBook
from schemas.timing import AHEAD_OF_BROKER_MS, DISORDER_MS, IDLE_SHOWN_EVERY_MS, LATE_WITHIN_MS
from schemas.topics import DECISION_BITS, version_of
from streams.core.alert_rules import Cause
from streams.core.calls_pieces import (
    CURSOR,
    PREFIX,
    Cursor,
    decode_cursor,
    decode_queue,
    encode_piece,
    keep,
)
from streams.core.closing import with_restart
from streams.core.leg import absorb, new_leg
from streams.core.leg_row import leg_row
from streams.core.leg_store import Entry, LegStore
from streams.core.limits import Limits, OverLimitError
from streams.core.quarantining import quarantined
from streams.core.queue_monitor import QueueMonitor
from streams.core.queue_outputs import queue_pieces, queue_rows, queue_totals
from streams.core.roster import Roster
from streams.core.snapshot import snapshot, unexplained_legs
from streams.core.unit import Checkpoint, Output, Record, reading_piece
from streams.core.verdict import arrived_out_of_hours, judge
from streams.core.watermark import Clocks
from streams.core.windows import Bucket, floor_step

_KEPT_FOR = format_duration(LATE_WITHIN_MS)
_LIMITS = Limits()

_unpack_buckets = msgspec.msgpack.Decoder(dict[int, Bucket]).decode


class CallsUnit:
    """Satisfies streams.core.unit.Unit and SnapshotSource."""

    def __init__(
        self, partition: int, epoch: int, roster: Roster, limits: Limits = _LIMITS
    ) -> None:
        self.partition = partition
        self._name = f"calls-{partition}"
        self.epoch = epoch
        self._first_version = version_of(epoch, 0)  # a version is this and a shifted offset
        self.roster = roster
        self.next_offset: int | None = None
        self.monitors: dict[str, QueueMonitor] = {}
        self.unconfigured = 0  # queues with a monitor that no targets name
        self._limits = limits
        self.clocks = Clocks()
        self.results = {"applied": 0, "duplicate": 0, "quarantined": 0}
        self.reasons: dict[str, int] = {}
        self._book = TargetsBook()
        self._versions: list[TargetsVersion] = []
        self._counted_by = 0  # the newest version of targets in the state that was loaded
        self._loaded: dict[bytes, bytes] = {}  # pieces, newest of each, until `start`
        self._reconciling: dict[str, tuple[int, list[str]]] = {}
        self._restarts: dict[str, list[int]] = {}  # of each source: older facts may still come
        self._held_up: list[str] = []  # queues in which a bug tripped while time moved on
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
                detail = f"{format_duration(ahead)} ahead of the broker's clock"
                self._set_aside(record, "ahead_of_broker", detail, event.source)
            else:
                version = self._first_version + (record.offset << DECISION_BITS)
                cause = Cause(version, record.timestamp)
                if isinstance(event, calls.Mark):
                    result = self._mark(event, cause)
                elif event.feed == "live":
                    result = self._live(event, record, cause)
                else:
                    result = self._history(event, record, cause)
        except UndecodableError as error:
            self._set_aside(record, error.reason, error.detail)
        except OverLimitError as error:
            self._set_aside(record, error.reason, error.detail, error.source)
        except Exception as error:  # noqa: BLE001 - one event that trips a bug must not stop a queue
            self._set_aside(record, "internal_error", f"{type(error).__name__}: {error}")
        self.results[result] += 1
        if self._held_up:
            self._set_aside(record, "internal_error", f"counted, but {'; '.join(self._held_up)}")
            self._held_up.clear()

    def _history(self, event: calls.LegFact, record: Record, cause: Cause) -> str:
        if isinstance(event, calls.FinishedLeg):
            monitor = self.monitors.get(event.queue)
            if monitor is not None and monitor.legs.holds_placed(event.leg_id):
                return "duplicate"  # the live feed told it already, and in more detail
            return self._finished(event, cause)
        self._set_aside(record, "wrong_type", "the history feed holds finished legs only")
        return "quarantined"

    def _live(self, event: calls.LegFact, record: Record, cause: Cause) -> str:
        if event.source not in self.clocks.sources:
            self._limits.check_source(event, self.clocks.sources)
        monitor = self.monitors.get(event.queue) or self._new_monitor(event)
        boundary = monitor.windows.boundary
        if (
            boundary is not None
            and event.at < boundary - LATE_WITHIN_MS
            and monitor.legs.is_forgotten(event.leg_id, boundary - LATE_WITHIN_MS)
        ):
            if isinstance(event, calls.FinishedLeg):
                # History alone: `live` in a row means that the live counters have it.
                return self._finished(event, cause)
            behind = format_duration(boundary - event.at)
            detail = f"{behind} behind the queue, whose legs are kept for {_KEPT_FOR}"
            self._set_aside(record, "too_old", detail, event.source)
            return "quarantined"
        if self._reconciling and isinstance(event, calls.Present):
            self._seen(event)
        applied = monitor.apply(event, cause)
        if event.source not in monitor.sources:
            self._heard_first(monitor, event.source, cause)
        if self.clocks.observe(event.source, event.at, cause.known_at, replay=event.replay):
            self._advance(event.source, cause)
        return "applied" if applied else "duplicate"

    def _heard_first(self, monitor: QueueMonitor, source: str, cause: Cause) -> None:
        """A new queue begins where its source stands, not where the next step will take it: a minute
        that ends in that step has a row, with or without a restart in between.
        """
        monitor.hear_from(source)
        known = self.clocks.sources.get(source)
        if known is not None and monitor.windows.boundary is None:
            monitor.advance(floor_step(known.clock - DISORDER_MS), cause)

    def _seen(self, event: calls.Present) -> None:
        """A platform snapshot in progress names the leg."""
        if event.source in self._reconciling:
            self._reconciling[event.source][1].append(event.leg_id)

    def _finished(self, event: calls.FinishedLeg, cause: Cause) -> str:
        """A leg in one event: needs no state, is idempotent by its key at any age."""
        leg = new_leg(event)
        absorb(leg, event)
        leg.version, leg.known_at = cause.version, cause.known_at
        leg.key_at = event.arrived_at
        targets, version = self._book.at(event.queue, event.arrived_at)
        closed = arrived_out_of_hours(targets, event.arrived_at)
        verdict = judge(leg, targets, out_of_hours=closed)
        entry = Entry(leg, verdict, version)
        row = leg_row(event.queue, entry, targets, "history")
        if row is not None:
            if event.feed == "live":
                row = replace(row, flags=(*row.flags, "late"))
            self._outputs.append(Output("legs", event.queue.encode(), encode(row)))
        return "applied"

    def _new_monitor(self, event: calls.LegFact) -> QueueMonitor:
        if not self._book.history(event.queue):
            self._limits.check_queue(event, self.unconfigured)
        return self._monitor(event.queue)

    def _mark(self, event: calls.Mark, cause: Cause) -> str:
        self._limits.check_source(event, self.clocks.sources)
        if isinstance(event, calls.Restarted):
            known = self._restarts.get(event.source, [])
            # Told once more, it must not drop who came in that second, after it.
            if event.at not in known:
                self._restarts[event.source] = with_restart(known, event.at, LATE_WITHIN_MS)
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
                if target > monitor.passed_to:
                    monitor.passed_to = target
                continue
            try:
                monitor.advance(target, cause)
            except Exception as error:  # noqa: BLE001 - nor must it stop the time of other queues
                self._held_up.append(f"{monitor.queue}: {type(error).__name__}: {error}")

    def _monitors_of(self, source: str) -> list[QueueMonitor]:
        return [monitor for monitor in self.monitors.values() if source in monitor.sources]

    def _set_aside(self, record: Record, reason: Reason, detail: str, source: str = "") -> None:
        row = quarantined(self._name, record, reason, detail, source)
        self._outputs.append(Output("quarantine", record.key or b"", encode(row)))
        self.reasons[reason] = self.reasons.get(reason, 0) + 1

    # ---- state out and in --------------------------------------------------------------------

    def checkpoint(self) -> Checkpoint | None:
        if self.next_offset is None or (
            self.next_offset == self._durable_next and not self._has_changes()
        ):
            return None
        pieces: list[tuple[bytes, bytes | None]] = []
        outputs, self._outputs = self._outputs, []
        for monitor in self.monitors.values():
            if monitor.is_dirty or monitor.legs.touched or monitor.windows.touched:
                if monitor.unplaced:
                    count = self.reasons.get("too_old", 0) + len(monitor.unplaced)
                    self.reasons["too_old"] = count
                pieces += queue_pieces(monitor)
                outputs += queue_rows(self._name, monitor)
                self._pending_totals.append(queue_totals(monitor))
                monitor.is_dirty = False
        pieces.append((CURSOR, self._cursor(self.next_offset)))
        self._durable_next = self.next_offset
        return Checkpoint(pieces, outputs)

    def _has_changes(self) -> bool:
        return bool(self._outputs) or any(m.is_dirty for m in self.monitors.values())

    def _cursor(self, next_offset: int) -> bytes:
        return encode_piece(
            Cursor(next_offset, self.epoch, self.clocks.appended_at, self.clocks.sources,
                   self._reconciling, self.results, self.reasons,
                   max((each.version for each in self._versions), default=0), {**self._restarts},
                   {queue: monitor.passed_to for queue, monitor in self.monitors.items()
                    if monitor.passed_to > (monitor.windows.boundary or 0)})
        )  # fmt: skip

    def commit_done(self) -> None:
        for totals in self._pending_totals:
            self._totals[totals.queue] = totals
        self._pending_totals = []

    def committed_totals(self) -> list[QueueTotals]:
        return list(self._totals.values())

    def load(self, key: bytes, value: bytes | None) -> None:
        if key.startswith(PREFIX):
            keep(self._loaded, key, value)

    def start(self, first_offset: int) -> None:
        pieces, self._loaded = self._loaded, {}
        versions = self._versions
        if CURSOR in pieces:
            with reading_piece(CURSOR):
                self._restore_cursor(pieces.pop(CURSOR))
            # what was published since is applied to counts that were made by what held then
            self.set_targets([each for each in versions if each.version <= self._counted_by])
        for key, value in pieces.items():
            with reading_piece(key):
                self._restore(key[len(PREFIX) :].decode(), value)
        if self.next_offset is None:
            self.next_offset = first_offset
        for monitor in self.monitors.values():
            clock = self.clocks.clock(monitor.sources & self.clocks.sources.keys())
            monitor.restored(clock, self._passed.get(monitor.queue, 0))
            self._pending_totals.append(queue_totals(monitor))
        self.commit_done()
        newer = sorted(each.version for each in versions if each.version > self._counted_by)
        for version in newer[:-1] if self.monitors else ():
            # one by one: what each changes was known from its own publication on
            self.set_targets([each for each in versions if each.version <= version])
        self.set_targets(versions)

    def _restore_cursor(self, value: bytes) -> None:
        cursor = decode_cursor(value)
        self.next_offset = self._durable_next = cursor.next_offset
        self.clocks = Clocks(cursor.sources, cursor.appended_at)
        self._reconciling = dict(cursor.reconciling)
        self.results, self.reasons = cursor.results, cursor.reasons
        self._counted_by = cursor.targets_version
        self._restarts = {
            source: known if isinstance(known, list) else [known]
            for source, known in cursor.restarts.items()
        }
        self._passed = cursor.passed

    def _restore(self, piece: str, value: bytes) -> None:
        kind, _, rest = piece.partition("|")
        queue = rest if kind == "queue" else rest.rpartition("|")[0]
        monitor = self._monitor(queue)
        if kind == "queue":
            monitor.restore(decode_queue(value))
        elif kind == "buckets":
            monitor.windows.restore(_unpack_buckets(value))
        elif kind == "legs":
            monitor.restore_legs(LegStore.decode(value))

    def _monitor(self, queue: str) -> QueueMonitor:
        monitor = self.monitors.get(queue)
        if monitor is None:
            monitor = QueueMonitor(queue, self._book, self.roster, self._restarts)
            self.monitors[queue] = monitor
            self.unconfigured += not self._book.history(queue)
        return monitor

    def set_targets(self, versions: list[TargetsVersion]) -> None:
        self._versions = list(versions)
        self._book = TargetsBook(versions)
        self.unconfigured = sum(not self._book.history(queue) for queue in self.monitors)
        applied_to = version_of(self.epoch, max(0, (self.next_offset or 1) - 1))
        # What is judged again is known from the publication on, not since the last record.
        published_at = max((each.published_at for each in versions), default=0)
        known_at = max(self.clocks.appended_at, published_at)
        for monitor in self.monitors.values():
            monitor.set_book(self._book, applied_to, known_at)

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
