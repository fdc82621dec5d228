"""One queue: its legs, its line, its windows and days, its minute rows and alerts.

The order inside one record is fixed: facts are absorbed first, then event time moves on. What
boards see is made by streams.core.snapshot from what stands here.
"""

from collections.abc import Iterator

from msgspec.structs import replace

from schemas.alerts import Alert, RuleName
from schemas.calls import Disposition, LegFact, WrapStarted
from schemas.millis import DAY, MINUTE
from schemas.targets_book import Judged, TargetsBook
from schemas.timing import DISORDER_MS, LATE_WITHIN_MS, STEP_MS
from streams.core.alert_rules import Cause, evaluate
from streams.core.alerting import Progress
from streams.core.closing import at_restart, at_restarts, by_age, by_snapshot, least_cap
from streams.core.leg import Leg, absorb, arrival, changes_no_verdict, judged_at, new_leg
from streams.core.leg_store import Entry, LegStore, Pack
from streams.core.line import Line
from streams.core.lookout import look, quiet_until, still_quiet
from streams.core.minute_cut import MinuteCut
from streams.core.queue_state import QueueState
from streams.core.roster import Roster
from streams.core.tally import Tally
from streams.core.verdict import (
    DOUBTFUL_AFTER,
    Contribution,
    Verdict,
    arrived_out_of_hours,
    contributions,
    counts,
    difference,
    judge,
    judge_service,
    recount_service,
    touches_service_only,
)
from streams.core.windows import floor_step

_TIDY_EVERY_MS = 5 * MINUTE  # a look at every pack of legs, which once a minute would be dear
JUMP_MS = 5 * MINUTE  # a larger step of event time is a gap: nothing is cut in between


class QueueMonitor:
    """Everything that is true about one queue, as a pure function of its events."""

    def __init__(
        self, queue: str, book: TargetsBook, roster: Roster, restarts: dict[str, list[int]]
    ) -> None:
        self.queue = queue
        self.book = book
        self.roster = roster
        self.sources: set[str] = set()
        self.legs = LegStore()
        self.tally = Tally(lambda at: self.book.at(queue, at)[0])
        self.windows = self.tally.windows
        self.line = Line()
        self.progress: dict[RuleName, Progress] = {}
        self.minute = MinuteCut(queue)
        self.replay, self.replay_shift_ms = False, 0
        self.restarts = restarts  # of each source, shared by the queues of a partition
        self.dirty_legs: dict[str, Entry] = {}
        self.alerts: dict[str, Alert] = {}
        self.unplaced: list[Leg] = []  # left the state without ever being countable
        self.is_dirty = True
        self.is_changed = True  # since the last snapshot
        self.shown_at = 0
        self.quiet_to = 0  # up to this boundary nothing is decided, unless a new fact comes
        self.passed_to = 0  # up to this one nothing was, though nobody stepped there
        self._sole, self._least_cap = book.sole(queue), least_cap(book.history(queue))

    def judged_by(self, moment: int) -> Judged:
        """The targets valid at `moment`; most queues have had one version ever."""
        return self._sole or self.book.at(self.queue, moment)

    # ---- facts -------------------------------------------------------------------------------

    def apply(self, event: LegFact, cause: Cause) -> bool:
        """Absorb one live fact; False when it was a duplicate. Raises before anything is changed."""
        old = self.legs.entry_of.get(event.leg_id) or self._thawed(event.leg_id)
        if old is None:
            leg = new_leg(event)
        elif changes_no_verdict(event, old.leg):
            return self._note(old, event, cause)
        else:
            leg = replace(old.leg)
        if not absorb(leg, event):
            return False
        if old is not None and touches_service_only(event, old.verdict, old.leg, leg):
            entry = self._serve(old, leg, cause)
        else:
            entry = self._install(old, leg, cause)
        if self.restarts and (closed := self._lost_since(entry)) is not None:
            self._install(entry, closed, cause)
        if event.replay or self.replay:
            self.replay, self.replay_shift_ms = event.replay, event.replay_shift_ms
        return True

    def _note(self, entry: Entry, event: LegFact, cause: Cause) -> bool:
        """A fact that counts nowhere, half of all events: written into the leg as it stands.

        The row of an open leg shows none, and keeps its version whenever checkpoints fall.
        """
        leg = entry.leg
        if not absorb(leg, event):
            return False
        self.legs.touch(leg)
        self.is_dirty = self.is_changed = True
        is_late = entry.verdict.outcome != "open" and not isinstance(event, WrapStarted)
        if is_late or isinstance(event, Disposition):  # of an open leg a row follows anyway
            leg.version, leg.known_at = cause.version, cause.known_at
            self.dirty_legs[leg.leg_id] = entry
        return True

    def _install(self, old: Entry | None, leg: Leg, cause: Cause) -> Entry:
        """Judge the leg whole, and count what that changes."""
        moment = arrival(leg)
        judged_by_at = leg.placed_at if moment is None else moment
        targets, version = self.judged_by(judged_by_at)
        before = old.verdict if old is not None else None
        if old is None or moment != arrival(old.leg) or version != old.targets_version:
            closed = arrived_out_of_hours(targets, judged_by_at)
        else:
            closed = old.verdict.out_of_hours  # asking the calendar again costs as much as the rest
        verdict = judge(leg, targets, out_of_hours=closed)
        plus, minus = difference(contributions(old.leg, old.verdict) if old else (),
                                 contributions(leg, verdict))  # fmt: skip
        if leg.key_at == 0 and verdict.arrived_at is not None:
            leg.key_at = verdict.arrived_at
        # From here on nothing may fail.
        entry = old or Entry(leg, verdict, version)
        if old is None:
            self.legs.add(entry, self._judged)
        self._put(entry, leg, verdict, version, cause)
        self._count(plus, minus)
        was_open = before is None or before.outcome == "open"
        has_moved = before is not None and before.arrived_at != verdict.arrived_at
        self.line.place(entry, was_open=was_open, has_moved=has_moved, since=self.minute.at or 0)
        if was_open and verdict.outcome == "answered" and counts(leg, verdict):
            self._overtake(entry, cause)
        if self.quiet_to:  # with several versions of targets, any of them may rule
            sole = self._sole
            self.quiet_to = still_quiet(self.quiet_to, before, verdict, sole[0]) if sole else 0
        return entry

    def _serve(self, entry: Entry, leg: Leg, cause: Cause) -> Entry:
        """The conversation went on or ended: what came before the answer stands as it was judged."""
        verdict = judge_service(entry.verdict, leg)
        plus, minus = recount_service(entry.leg, entry.verdict, leg, verdict)
        self._put(entry, leg, verdict, entry.targets_version, cause)  # nor may it from here
        self._count(plus, minus)
        self.line.serve(entry)
        return entry

    def _put(
        self, entry: Entry, leg: Leg, verdict: Verdict, targets_version: int, cause: Cause
    ) -> None:
        entry.leg, entry.verdict, entry.targets_version = leg, verdict, targets_version
        leg.version, leg.known_at = cause.version, cause.known_at
        self.legs.touch(leg)
        self.dirty_legs[leg.leg_id] = entry
        self.is_dirty = self.is_changed = True

    def _count(self, plus: tuple[Contribution, ...], minus: tuple[Contribution, ...]) -> None:
        late = self.tally.count(plus, minus)
        if late is not None:
            self.minute.note_change(late)
            self.quiet_to = 0

    def _overtake(self, answered: Entry, cause: Cause) -> None:
        """Callers ahead of an answered one, in line and priority, were passed over once more."""
        for entry in self.line.passed_over_by(answered):
            leg = entry.leg
            leg.overtaken += 1
            self.legs.touch(leg)
            if leg.overtaken == DOUBTFUL_AFTER:
                leg.version, leg.known_at = cause.version, cause.known_at
                self.dirty_legs[leg.leg_id] = entry

    def _thawed(self, leg_id: str) -> Entry | None:
        """A leg that lies cold, if there is one of this id."""
        pack = self.legs.cold_of.get(leg_id)
        if pack is None:
            return None
        self.legs.thaw(pack, self._judged)
        return self.legs.entry_of[leg_id]

    def _judged(self, leg: Leg, book: TargetsBook | None = None) -> Entry:
        """The entry of a leg that was counted already, by the targets that it was counted by."""
        moment = judged_at(leg)
        targets, version = (book or self.book).at(self.queue, moment)
        verdict = judge(leg, targets, out_of_hours=arrived_out_of_hours(targets, moment))
        return Entry(leg, verdict, version)

    # ---- what a source says of itself --------------------------------------------------------

    def hear_from(self, source: str) -> None:
        """A source that spoke of this queue, be it in a duplicate: its clock holds from now on."""
        self.sources.add(source)
        self.is_dirty = self.is_changed = True

    def restarted(self, source: str, at: int, cause: Cause) -> None:
        """What was open at that source is gone: waiting callers dropped, conversations unknown.

        A restart that is told late may also end what was given up since. Such legs are warm.
        """
        for entry in list(self.legs.entry_of.values()):
            if entry.leg.source == source:
                self._close(entry, at_restart(entry, at), cause)

    def _lost_since(self, entry: Entry) -> Leg | None:
        """A fact from before a restart may come after it."""
        return at_restarts(entry, self.restarts.get(entry.leg.source, []))

    def reconcile(self, source: str, began_at: int, seen: set[str], cause: Cause) -> None:
        """A platform snapshot is complete: who waits here but not there is a ghost."""
        for entry in self.line.open_entries():
            if entry.leg.source == source and entry.leg.leg_id not in seen:
                self._close(entry, by_snapshot(entry, began_at), cause)

    def _close(self, entry: Entry, closed: Leg | None, cause: Cause) -> None:
        if closed is not None:
            self._install(entry, closed, cause)

    def set_book(self, book: TargetsBook, offset_version: int, known_at: int) -> None:
        """New targets: legs in state whose targets changed are judged again."""
        former, self.book = self.book, book
        self._sole, self._least_cap = book.sole(self.queue), least_cap(book.history(self.queue))
        self.quiet_to = 0
        if book.history(self.queue) == former.history(self.queue):
            return
        for pack in list(self.legs.packs.values()):
            if pack.cold is not None and not self._warm_for(book, former, pack):
                continue
            for entry in list(pack.entries):
                if book.at(self.queue, judged_at(entry.leg))[1] != entry.targets_version:
                    version = max(entry.leg.version, offset_version) + 1
                    self._install(entry, replace(entry.leg), Cause(version, known_at))

    def _warm_for(self, book: TargetsBook, former: TargetsBook, pack: Pack) -> bool:
        """Thaw a cold pack in which a leg changes its targets; it was counted by the former ones."""
        moments = [judged_at(leg) for leg in self.legs.decode(pack.cold or b"")]
        if all(book.at(self.queue, at)[1] == former.at(self.queue, at)[1] for at in moments):
            return False
        self.legs.thaw(pack, lambda leg: self._judged(leg, former))
        return True

    # ---- time --------------------------------------------------------------------------------

    def advance(self, target: int, cause: Cause) -> None:
        """The watermark of the queue has come to the boundary `target`."""
        windows = self.windows
        boundary = windows.boundary
        if boundary is None:
            windows.jump(target)
            self.minute.next_minute(target - target % MINUTE)  # late facts may still give it a row
            self.is_dirty = True
            return
        if target <= boundary:
            return
        if self.is_idle():
            windows.boundary = target
            if target // MINUTE != boundary // MINUTE:
                self.minute.next_minute(target - target % MINUTE)
            if target // _TIDY_EVERY_MS != boundary // _TIDY_EVERY_MS:
                self._tidy(target)
            return
        whole = target - target % MINUTE
        if whole <= boundary and self._may_pass(target):
            return
        self.is_dirty = self.is_changed = True
        if target - boundary > JUMP_MS:
            self._cut_again(boundary, cause)
            windows.jump(target)
            self._boundary(target, cause, minute=whole)
            return
        passed_to = max(boundary, min(self.passed_to, target))
        if passed_to == target:
            windows.leap(target)
        for here in range(passed_to + STEP_MS, target + STEP_MS, STEP_MS):
            windows.leap(here)
            self._boundary(here, cause, minute=here if here % MINUTE == 0 else None)

    def _may_pass(self, target: int) -> bool:
        """Nothing is decided up to `target`: the boundary may stay behind until the minute is over."""
        if self.progress or self.minute.is_stale:
            return False
        last = target - target % MINUTE + MINUTE - STEP_MS  # in this minute
        until = quiet_until(self.judged_by(target)[0], self.line, self.windows, last)
        if until < target:
            return False
        self.passed_to, self.quiet_to = target, until
        return True

    def is_idle(self) -> bool:
        """Nothing in any window, nobody in line or served, no alert open: time may just pass."""
        return not self.progress and self.line.is_empty() and self.windows.is_idle()

    def _boundary(self, here: int, cause: Cause, minute: int | None) -> None:
        self._cut_again(here, cause)
        self._alert(here, cause)
        if minute is not None and minute != self.minute.at:
            former = self.minute.at or 0
            self._cap(here, cause)
            self.minute.next_minute(minute)
            self._cut(cause)
            self.line.forget_left_before(minute)
            if minute // _TIDY_EVERY_MS != former // _TIDY_EVERY_MS:
                self._tidy(here)

    def _alert(self, here: int, cause: Cause) -> None:
        """Ask the alert rules as of the boundary `here`; calm queues are passed by at once."""
        targets = self.book.at(self.queue, here)[0]
        if targets is None:
            if not self.progress:
                return
            targets = self.book.without_rules(self.queue, here)  # what is open is taken back
        seen = look(
            here, targets, self.line, self.windows, lambda: self.roster.agents_of(self.queue),
            is_watched=bool(self.progress), replay=self.replay,
        )  # fmt: skip
        if seen is None:
            return
        for alert in evaluate(targets, seen, self.progress, cause):
            self.alerts[alert.alert_id] = alert

    def _cap(self, watermark: int, cause: Cause) -> None:
        youngest = watermark - self._least_cap
        for entry in (*self.line.open_entries(), *self.line.serving.values()):
            if (entry.verdict.arrived_at or 0) <= youngest:
                targets = self.book.at(self.queue, judged_at(entry.leg))[0]
                self._close(entry, by_age(entry, targets, watermark), cause)

    def _cut_again(self, here: int, cause: Cause) -> None:
        """A late fact changed the newest row, and the watermark is not a minute past it yet."""
        if self.minute.is_stale and here - (self.minute.at or 0) <= MINUTE:
            self._cut(cause)

    def _cut(self, cause: Cause) -> None:
        at = self.minute.at or 0
        targets = self.book.at(self.queue, at)[0]
        agents = self.roster.agents_of(self.queue)
        self.minute.cut(self.windows, self.line, targets, agents, cause, replay=self.replay)

    def _tidy(self, watermark: int) -> None:
        for gone in self.legs.evict(watermark - LATE_WITHIN_MS):
            for leg in gone.unplaced:
                self.line.off_line.pop(leg.leg_id, None)
                self.unplaced.append(leg)
        self.legs.chill(watermark)
        self.tally.days.forget(watermark - DAY)

    # ---- state -------------------------------------------------------------------------------

    def state(self) -> QueueState:
        windows, tally = self.windows, self.tally
        return QueueState(
            sorted(self.sources), tally.added, tally.reversed, windows.boundary, windows.waiting,
            windows.in_service, tally.days.freeze(), self.progress, self.minute.at,
            self.minute.is_emitted, self.minute.is_stale, self.replay, self.replay_shift_ms,
        )  # fmt: skip

    def restore(self, state: QueueState) -> None:
        self.sources = set(state.sources)
        self.tally.added, self.tally.reversed = state.added, state.reversed
        self.windows.boundary = state.boundary
        self.windows.waiting, self.windows.in_service = state.waiting, state.in_service
        self.tally.days.thaw(state.days)
        self.progress = state.progress
        self.minute.restore(state.cut_at, is_emitted=state.cut_emitted, is_stale=state.cut_stale)
        self.replay, self.replay_shift_ms = state.replay, state.replay_shift_ms

    def restore_legs(self, legs: list[Leg]) -> None:
        for leg in legs:
            self.legs.add(self._judged(leg), self._judged)
            self.legs.touch(leg)

    def restored(self, clock: int | None, passed_to: int) -> None:
        """All pieces are in: rebuild what is derived from them."""
        self.passed_to = passed_to
        self.legs.touched.clear()
        self.windows.touched.clear()
        self.windows.resum()
        for entry in sorted(self._entries(), key=lambda each: each.leg.placed_at):
            since = self.minute.at or 0
            self.line.place(entry, was_open=False, has_moved=False, since=since)
        if self.is_idle() and clock is not None:
            # an idle queue's boundary moves without being written; it stood at the watermark
            boundary = max(self.windows.boundary or 0, floor_step(clock - DISORDER_MS))
            self.windows.boundary = boundary
            if boundary // MINUTE != (self.minute.at or 0) // MINUTE:
                self.minute.next_minute(boundary - boundary % MINUTE)
        self.is_dirty = False

    def _entries(self) -> Iterator[Entry]:
        for pack in self.legs.packs.values():
            yield from pack.entries
