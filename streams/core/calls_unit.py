"""One partition of `calls`: all its queues, and the checkpoint that makes their state durable.

Rule 1: `apply` never raises for bad input: what cannot be counted goes to quarantine with a reason.
Rule 2: a checkpoint holds the changed pieces, the outputs and the cursor of one moment.
Rule 3: a leg of feed `history` does not enter the state: it is judged, given a version and written.
"""

from collections.abc import Callable, Iterator

from schemas import calls
from schemas.alerts import Firing
from schemas.codec import UndecodableError, decode_call, encode
from schemas.millis import format_duration
from schemas.quarantine import Reason
from schemas.snapshots import QueueSnapshot, QueueTotals
from schemas.targets import TargetsVersion
from schemas.targets_book import TargetsBook
from schemas.timing import AHEAD_OF_BROKER_MS, DISORDER_MS, LATE_WITHIN_MS
from schemas.topics import DECISION_BITS, version_of
from streams.core import probe
from streams.core.across_queues import OpenAcross
from streams.core.calls_pieces import CURSOR, Cursor, Piece
from streams.core.calls_state import LoadedState
from streams.core.history_leg import history_leg_row
from streams.core.limits import Limits, OverLimitError
from streams.core.partition_sources import PartitionSources
from streams.core.profiles import Profiles
from streams.core.quarantining import quarantined
from streams.core.queue_monitor import QueueMonitor
from streams.core.reported_clocks import ReportedClocks
from streams.core.roster import Roster
from streams.core.rule_catalogue import across_queues
from streams.core.snapshot import snapshot
from streams.core.state_format import FORMAT, encode_piece
from streams.core.uncalled import Uncalled
from streams.core.unit import Cause, Checkpoint, Output, Record
from streams.core.windows import floor_step

_KEPT_FOR = format_duration(LATE_WITHIN_MS)
_LIMITS = Limits()


class CallsUnit:
    """Satisfies streams.core.unit.Unit and SnapshotSource."""

    def __init__(
        self,
        partition: int,
        epoch: int,
        roster: Roster,
        limits: Limits = _LIMITS,
        profiles: Profiles | None = None,
        across: OpenAcross | None = None,
    ) -> None:
        self.partition = partition
        self._name = f"calls-{partition}"
        self.epoch = epoch
        self._first_version = version_of(epoch, 0)  # a version is this and a shifted offset
        self.roster = roster
        self._profiles = Profiles() if profiles is None else profiles
        self._across = OpenAcross() if across is None else across
        self.next_offset: int | None = None
        self.monitors: dict[str, QueueMonitor] = {}
        self.unconfigured = 0  # queues with a monitor that no targets name
        self.results = {"applied": 0, "duplicate": 0, "quarantined": 0}
        self.reasons: dict[str, int] = {}
        self._limits = limits
        self._sources = PartitionSources()
        self._book = TargetsBook()
        self._versions: list[TargetsVersion] = []
        self._held_up: list[str] = []  # queues whose time could not move on because of a bug
        # Not written yet; what is unwritten of one queue is in its outbox.
        self._outputs: list[Output] = []
        self._heard = False  # anything but ticks, also what changed nothing
        self._told_clocks = ReportedClocks(partition)
        self._names: list[Piece] = []
        self._durable: tuple[int, int] | None = None  # of the last checkpoint: next offset, targets
        self._totals: dict[str, QueueTotals] = {}
        self._pending_totals: list[QueueTotals] = []
        self._loaded = LoadedState()  # until `start`
        self._uncalled = Uncalled(roster, self._empty, limits.unconfigured_queues)

    # ---- records in --------------------------------------------------------------------------

    def apply(self, records: list[Record]) -> None:
        for record in records:
            self._apply_one(record)
        self.next_offset = records[-1].offset + 1

    def _apply_one(self, record: Record) -> None:
        try:
            event = decode_call(record.value or b"")
            if event.at - record.timestamp > AHEAD_OF_BROKER_MS and type(event) is not calls.Probe:
                ahead = event.at - record.timestamp
                detail = f"{format_duration(ahead)} ahead of the broker's clock"
                result = self._set_aside(record, "ahead_of_broker", detail, event.source)
            else:
                version = self._first_version + (record.offset << DECISION_BITS)
                cause = Cause(version, record.timestamp)
                if isinstance(event, calls.LegEvent):
                    of_feed = self._live if event.feed == "live" else self._history
                    result = of_feed(event, record, cause)
                elif isinstance(event, calls.Mark):
                    result = self._mark(event, cause)
                else:
                    answer = probe.answer(event, record, self.partition, self._first_version)
                    self._outputs.append(answer)
                    return
        except UndecodableError as error:
            result = self._set_aside(record, error.reason, error.detail)
        except OverLimitError as error:
            result = self._set_aside(record, error.reason, error.detail, error.source)
        except Exception as error:  # noqa: BLE001 - a bug in one event must not stop the queue
            result = self._set_aside(record, "internal_error", f"{type(error).__name__}: {error}")
        self.results[result] += 1
        if self._held_up:
            self._set_aside(record, "internal_error", f"counted, but {'; '.join(self._held_up)}")
            self._held_up.clear()

    def _history(self, event: calls.LegFact, record: Record, cause: Cause) -> str:
        if isinstance(event, calls.FinishedLeg):
            monitor = self.monitors.get(event.queue)
            # The live feed reported it already, in more detail. What was corrected is written all the same: in
            # history it holds until the live feed tells more of the call; walls keep what they have counted.
            if (
                not event.corrects
                and monitor is not None
                and monitor.legs.store.holds_placed(event)
            ):
                self._heard = True
                return "duplicate"
            return self._finished(event, cause)
        return self._set_aside(record, "wrong_type", "the history feed holds finished legs only")

    def _live(self, event: calls.LegFact, record: Record, cause: Cause) -> str:
        sources = self._sources
        clocks, source, at = sources.clocks, event.source, event.at
        if source not in clocks.sources:
            self._limits.check_source(event, clocks.sources)
        monitor = self.monitors.get(event.queue) or self._new_monitor(event)
        # No queue is further than the newest clock, so hardly any event has to be asked about.
        if at < clocks.newest - LATE_WITHIN_MS and monitor.is_long_past(event):
            return self._long_past(event, record, cause, monitor)
        if sources.snapshots and isinstance(event, calls.Present):
            sources.note_present(event)
        applied = monitor.apply(event, cause)
        if source not in monitor.sources:
            self._heard_first(monitor, source, cause)
        if clocks.observe(source, at, cause.known_at, replay=event.replay):
            self._advance(source, cause)
        self._heard |= not applied
        return "applied" if applied else "duplicate"

    def _long_past(
        self, event: calls.LegFact, record: Record, cause: Cause, monitor: QueueMonitor
    ) -> str:
        """A fact of a leg that is not in the state any more."""
        if isinstance(event, calls.FinishedLeg):
            # Written as history: feed `live` in a row means that the live counters have the leg.
            return self._finished(event, cause)
        behind = format_duration((monitor.decisions.reached or 0) - event.at)
        detail = f"{behind} behind the queue, whose legs are kept for {_KEPT_FOR}"
        return self._set_aside(record, "too_old", detail, event.source)

    def _heard_first(self, monitor: QueueMonitor, source: str, cause: Cause) -> None:
        """A new queue begins at the clock that its source has now, before this event moves it on.

        Else a minute that ends in that move would have no row, unless a restart came in between.
        """
        monitor.hear_from(source)
        known = self._sources.clocks.sources.get(source)
        if known is not None and monitor.legs.windows.boundary is None:
            monitor.advance(floor_step(known.clock - DISORDER_MS), cause)

    def _finished(self, event: calls.FinishedLeg, cause: Cause) -> str:
        """A leg in one event: it needs no state, and is idempotent by its key at any age."""
        row = history_leg_row(event, cause, self._book)
        if row is not None:
            self._outputs.append(Output("legs", event.queue.encode(), encode(row)))
        return "applied"

    def _new_monitor(self, event: calls.LegFact) -> QueueMonitor:
        if not self._book.history(event.queue):
            self._limits.check_queue(event, self.unconfigured)
        return self._monitor(event.queue)

    def _mark(self, event: calls.Mark, cause: Cause) -> str:
        self._limits.check_source(event, self._sources.clocks.sources)
        sources = self._sources
        self._heard |= not isinstance(event, calls.Tick)
        if isinstance(event, calls.Restarted):
            if sources.note_restart(event):
                for monitor in self._monitors_of(event.source):
                    monitor.restarted(event.source, event.at, cause)
        elif isinstance(event, calls.SnapshotBegin):
            sources.begin_snapshot(event)
        elif isinstance(event, calls.SnapshotEnd):
            began_at, seen = sources.end_snapshot(event)
            for monitor in self._monitors_of(event.source):
                monitor.close_missing(event.source, began_at, seen, cause)
        if sources.clocks.observe(event.source, event.at, cause.known_at, replay=event.replay):
            self._advance(event.source, cause)
        if isinstance(event, calls.EndOfInput):
            sources.clocks.end(event.source)
            for monitor in self._monitors_of(event.source):
                monitor.note_change()
        return "applied"

    def _advance(self, source: str, cause: Cause) -> None:
        """Event time moves on for every queue that has events of this source."""
        clocks = self._sources.clocks
        own = floor_step(clocks.sources[source].clock - DISORDER_MS)
        for monitor in self.monitors.values():
            sources = monitor.sources
            if source not in sources:
                continue
            target = own
            if len(sources) > 1:
                clock = clocks.clock(sources)  # never None: this source has just been heard of
                target = own if clock is None else floor_step(clock - DISORDER_MS)
            try:
                monitor.advance(target, cause)
            except Exception as error:  # noqa: BLE001 - a bug in one queue must not stop the others
                self._held_up.append(f"{monitor.queue}: {type(error).__name__}: {error}")

    def _monitors_of(self, source: str) -> list[QueueMonitor]:
        return [monitor for monitor in self.monitors.values() if source in monitor.sources]

    def _set_aside(self, record: Record, reason: Reason, detail: str, source: str = "") -> str:
        row = quarantined(self._name, record, reason, detail, source)
        self._outputs.append(Output("quarantine", record.key or b"", encode(row)))
        self.reasons[reason] = self.reasons.get(reason, 0) + 1
        return "quarantined"

    # ---- state out and in --------------------------------------------------------------------

    @property
    def is_pressing(self) -> bool:
        judged_by = self._durable and self._durable[1]
        if self._heard or judged_by not in (None, self._targets_version()):
            return True
        return self._told_clocks.is_due(self._sources.clocks) or self._has_changes()

    def checkpoint(self) -> Checkpoint | None:
        # Targets alone are a reason: the cursor tells others that no leg is judged by former ones.
        if self.next_offset is None:
            return None
        reached = (self.next_offset, self._targets_version())
        if reached == self._durable and not self._has_changes():
            return None
        pieces, self._names = self._names, []
        outputs, self._outputs, self._heard = self._outputs, [], False
        for monitor in self.monitors.values():
            unwritten = monitor.take_unwritten(self._name)
            if unwritten is None:
                continue
            changed, rows, set_aside = unwritten
            pieces += changed
            outputs += rows
            if set_aside:
                self.reasons["too_old"] = self.reasons.get("too_old", 0) + set_aside
            self._pending_totals.append(monitor.totals())
        outputs += self.take_reports()
        pieces.append((CURSOR, self._cursor(self.next_offset)))
        self._durable = reached
        return Checkpoint(pieces, outputs)

    def take_reports(self) -> list[Output]:
        """What rules across queues are told, unwritten so far; a clock stands after all that it has passed."""
        told = [output for monitor in self.monitors.values() for output in monitor.take_reports()]
        return told + self._told_clocks.take(self._sources.clocks)

    def _has_changes(self) -> bool:
        return bool(self._outputs) or any(m.has_unwritten_state for m in self.monitors.values())

    def _cursor(self, next_offset: int) -> bytes:
        sources, clocks = self._sources, self._sources.clocks
        passed = {queue: at.passed_to() for queue, at in self.monitors.items()}
        idle = {
            q: at.idle_boundary(sources.clock_of(at.sources)) for q, at in self.monitors.items()
        }
        return encode_piece(
            Cursor(
                format=FORMAT,
                next_offset=next_offset,
                epoch=self.epoch,
                appended_at=clocks.appended_at,
                sources=clocks.sources,
                platform_snapshots=self._sources.snapshots,
                results=self.results,
                reasons=self.reasons,
                targets_version=self._targets_version(),
                restarts=self._sources.restarts,
                passed={queue: to for queue, to in passed.items() if to is not None},
                boundaries={queue: at for queue, at in idle.items() if at is not None},
            )
        )

    def _targets_version(self) -> int:
        return max((each.version for each in self._versions), default=0)

    def commit_done(self) -> None:
        self._totals |= {totals.queue: totals for totals in self._pending_totals}
        self._pending_totals = []

    def committed_totals(self) -> list[QueueTotals]:
        return list(self._totals.values())

    def load(self, key: bytes, value: bytes | None) -> None:
        self._loaded.load(key, value)

    def start(self, first_offset: int) -> None:
        state, self._loaded = self._loaded, LoadedState()
        versions, counted_by = self._versions, 0
        passed, boundaries = dict[str, int](), dict[str, int]()
        self.next_offset = first_offset
        if (cursor := state.cursor()) is not None:
            self.next_offset = cursor.next_offset
            self._durable = (cursor.next_offset, cursor.targets_version)
            self.results, self.reasons = cursor.results, cursor.reasons
            self._sources.restore(cursor)
            passed, boundaries = cursor.passed, cursor.boundaries
            counted_by = cursor.targets_version
            # The counts in state were made by these versions; newer ones are applied below.
            self.set_targets([each for each in versions if each.version <= counted_by])
        state.restore(self._monitor)
        self._names = state.missing_names()
        for queue, monitor in self.monitors.items():
            clock = self._sources.clock_of(monitor.sources)
            monitor.restored(clock, boundaries.get(queue), passed.get(queue, 0))
            self._pending_totals.append(monitor.totals())
        self.commit_done()
        newer = sorted(each.version for each in versions if each.version > counted_by)
        for version in newer[:-1] if self.monitors else ():
            # One by one: what a version changes was known from its own publication on.
            self.set_targets([each for each in versions if each.version <= version])
        self.set_targets(versions)

    def _monitor(self, queue: str) -> QueueMonitor:
        monitor = self.monitors.get(queue)
        if monitor is None:
            monitor = self.monitors[queue] = self._empty(queue)
            self.unconfigured += not self._book.history(queue)
        return monitor

    def _empty(self, queue: str) -> QueueMonitor:
        return QueueMonitor(queue, self._book, self.roster, self._profiles, self._sources.restarts)

    def set_targets(self, versions: list[TargetsVersion]) -> None:
        self._versions = list(versions)
        self._book = TargetsBook(versions)
        self._told_clocks.is_wanted = bool(across_queues(self._book))
        self.unconfigured = sum(not self._book.history(queue) for queue in self.monitors)
        # Below the first record, too: legs may be of another partition. Known from the publication on, not from a record.
        applied_to = max(0, version_of(self.epoch, self.next_offset or 0) - (1 << DECISION_BITS))
        published_at = max((each.published_at for each in versions), default=0)
        known_at = max(self._sources.clocks.appended_at, published_at)
        for monitor in self.monitors.values():
            monitor.set_book(self._book, applied_to, known_at)
        self._uncalled.forget()

    # ---- what boards and exporters read ------------------------------------------------------

    def set_home(self, is_home: Callable[[str], bool]) -> None:
        self._uncalled.set_home(is_home)

    def changed_snapshots(self, now: int) -> list[QueueSnapshot]:
        return [
            self._snapshot(each, now)
            for n, each in enumerate(self._shown())
            if each.is_to_be_shown(now, n)
        ]

    def snapshots(self, now: int) -> list[QueueSnapshot]:
        return [self._snapshot(each, now) for each in self._shown()]

    def _shown(self) -> Iterator[QueueMonitor]:
        yield from (each for each in self.monitors.values() if each.sources)
        yield from self._uncalled.monitors(self.monitors, self._sources.clocks, self._book)

    def firing(self) -> list[Firing]:
        found = self.monitors.items()
        return [one for q, at in found for one in self._across.firing(q, at.firing())]

    def source_times(self) -> dict[str, int]:
        return self._sources.times()

    def sources_behind_ms(self) -> dict[str, int]:
        return self._sources.behind_ms()

    def _snapshot(self, monitor: QueueMonitor, now: int) -> QueueSnapshot:
        return snapshot(
            monitor,
            self._sources.clocks,
            self._across,
            now=now,
            version=version_of(self.epoch, self.next_offset or 0),
            partition=self.partition,
            uncalled=monitor.queue not in self.monitors,
        )
