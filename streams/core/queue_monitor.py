"""One queue: its legs, its line, its windows and days, its minute rows and alerts.

The order inside one record is fixed: facts are absorbed first, then event time moves on. What
boards see is made by streams.core.snapshot from what stands here.
"""

import copy
from collections.abc import Iterator

from msgspec import Struct

from schemas.alerts import Alert, RuleName
from schemas.calls import LegFact
from schemas.counters import COUNTERS, Counts
from schemas.millis import DAY, HOUR, MINUTE
from schemas.minutes import MinuteRow
from streams.core.alert_rules import Cause, Seen, evaluate
from streams.core.alerting import Progress
from streams.core.leg import Leg, absorb, arrival, new_leg
from streams.core.leg_store import Entry, EvictedPack, LegStore, Pack
from streams.core.queue_days import Day, Days
from streams.core.roster import Roster
from streams.core.targets_book import Judged, TargetsBook
from streams.core.verdict import DOUBTFUL_AFTER, Contribution, contributions, is_doubtful, judge
from streams.core.watermark import DISORDER_MS
from streams.core.windows import STEP_MS, Windows, floor_step

LATE_WITHIN_MS = 6 * HOUR  # how long closed legs stay in state for late facts and duplicates
JUMP_MS = 5 * MINUTE  # a larger step of event time is a gap: nothing is cut in between
_WIDTH = len(COUNTERS)
_NOTHING = Counts()


class QueueState(Struct, gc=False, array_like=True):
    """What of a queue is neither a leg nor a bucket, as it goes to the state topic."""

    sources: list[str]
    added: list[int]
    reversed: list[int]
    boundary: int | None
    waiting: int
    in_service: int
    days: list[Day]
    progress: dict[RuleName, Progress]
    cut_at: int | None
    cut_emitted: bool
    cut_stale: bool
    replay: bool


class QueueMonitor:
    """Everything that is true about one queue, as a pure function of its events."""

    def __init__(self, queue: str, book: TargetsBook, roster: Roster) -> None:
        self.queue = queue
        self.book = book
        self.roster = roster
        self.sources: set[str] = set()
        self.legs = LegStore()
        self.windows = Windows()
        self.days = Days()
        self.added = [0] * _WIDTH
        self.reversed = [0] * _WIDTH
        self.waiting: dict[str, Entry] = {}  # in the line, in order of arrival
        self.off_line: dict[str, Entry] = {}  # open, but out of hours, not inbound or not placed yet
        self.serving: dict[str, Entry] = {}
        self.left_lately: dict[str, tuple[int, int]] = {}  # (arrived, left) since the last cut
        self.progress: dict[RuleName, Progress] = {}
        self.cut_at: int | None = None  # the newest minute row
        self.cut_emitted = False
        self.cut_stale = False  # a late fact changed what that row says
        self.replay = False
        self.dirty_legs: dict[str, Entry] = {}
        self.minute_rows: dict[int, MinuteRow] = {}
        self.alerts: dict[str, Alert] = {}
        self.unplaced: list[Leg] = []  # left the state without ever being countable
        self.is_dirty = True
        self.is_changed = True  # since the last snapshot
        self.shown_at = 0

    # ---- facts -------------------------------------------------------------------------------

    def knows(self, leg_id: str) -> bool:
        return self.legs.pack_of(leg_id) is not None

    def apply(self, event: LegFact, cause: Cause) -> bool:
        """Absorb one live fact; False when it was a duplicate. Raises before anything is changed."""
        pack = self.legs.pack_of(event.leg_id)
        if pack is None:
            old, leg = None, new_leg(event)
        else:
            if pack.cold is not None:
                self._thaw(pack)
            old = pack.entries[event.leg_id]
            leg = copy.copy(old.leg)
        if not absorb(leg, event):
            return False
        self._install(old, leg, cause)
        if event.source not in self.sources:
            self.sources.add(event.source)
        self.replay = event.replay
        return True

    def _install(self, old: Entry | None, leg: Leg, cause: Cause) -> Entry:
        moment = arrival(leg)
        targets, version = self.book.at(self.queue, leg.placed_at if moment is None else moment)
        verdict = judge(leg, targets)
        counted = contributions(leg, verdict)
        leg.version, leg.known_at = cause
        if leg.key_at == 0 and verdict.arrived_at is not None:
            leg.key_at = verdict.arrived_at
        entry = Entry(leg, verdict, counted, version)  # from here on nothing may fail
        before = old.counted if old is not None else ()
        if counted != before:
            self._count(before, counted)
        was_open = old is None or old.verdict.outcome == "open"
        self._place(entry, was_open=was_open)
        self.legs.put(entry)
        self.dirty_legs[leg.leg_id] = entry
        self.is_dirty = self.is_changed = True
        return entry

    def _count(
        self, before: tuple[Contribution, ...], after: tuple[Contribution, ...]
    ) -> None:
        common = len(before)
        if after[:common] == before:  # the usual life of a leg only adds
            plus, minus = after[common:], ()
        else:
            plus = tuple(c for c in after if c not in before)
            minus = tuple(c for c in before if c not in after)
        for at, counter, n in plus:
            self.added[counter] += n
            self._move(at, counter, n)
        for at, counter, n in minus:
            self.reversed[counter] += n
            self._move(at, counter, -n)

    def _move(self, at: int, counter: int, n: int) -> None:
        self.windows.add(at, counter, n)
        self.days.add(at, counter, n, self.book.at(self.queue, at)[0])
        if self.cut_at is not None and at < self.cut_at:
            self.cut_stale = True

    def _place(self, entry: Entry, *, was_open: bool) -> None:
        """Keep the lines of waiting and served callers in step with the verdict."""
        leg, verdict = entry.leg, entry.verdict
        leg_id = leg.leg_id
        if was_open or verdict.outcome == "open":
            self.waiting.pop(leg_id, None)
            self.off_line.pop(leg_id, None)
        if verdict.outcome == "open":
            self.left_lately.pop(leg_id, None)
            if entry.counted and not verdict.out_of_hours:
                self._join_line(entry)
            else:
                self.off_line[leg_id] = entry
        elif entry.counted and not verdict.out_of_hours and verdict.left_at is not None:
            if verdict.left_at >= (self.cut_at or 0) and verdict.arrived_at is not None:
                self.left_lately[leg_id] = (verdict.arrived_at, verdict.left_at)
            if was_open and verdict.outcome == "answered":
                self._overtake(entry)
        if verdict.outcome == "answered" and verdict.service_ended_at is None:
            self.serving[leg_id] = entry
        else:
            self.serving.pop(leg_id, None)

    def _join_line(self, entry: Entry) -> None:
        last = next(reversed(self.waiting.values()), None)
        self.waiting[entry.leg.leg_id] = entry
        if last is not None and _arrived(last) > _arrived(entry):
            line = sorted(self.waiting.values(), key=_arrived)
            self.waiting = {each.leg.leg_id: each for each in line}

    def _overtake(self, answered: Entry) -> None:
        """Callers ahead of an answered one, in line and priority, were passed over once more."""
        arrived_at, priority = _arrived(answered), answered.leg.priority
        for leg_id, entry in self.waiting.items():
            if _arrived(entry) >= arrived_at:
                break
            if entry.leg.priority != priority:
                continue
            leg = copy.copy(entry.leg)
            leg.overtaken += 1
            if leg.overtaken == DOUBTFUL_AFTER:
                leg.version, leg.known_at = answered.leg.version, answered.leg.known_at
            passed = Entry(leg, entry.verdict, entry.counted, entry.targets_version)
            self.waiting[leg_id] = passed
            self.legs.put(passed)
            if leg.overtaken == DOUBTFUL_AFTER:
                self.dirty_legs[leg_id] = passed

    def _thaw(self, pack: Pack) -> None:
        for leg in self.legs.thaw(pack):
            pack.entries[leg.leg_id] = self._judged(leg)

    def _judged(self, leg: Leg) -> Entry:
        moment = arrival(leg)
        targets, version = self.book.at(self.queue, leg.placed_at if moment is None else moment)
        verdict = judge(leg, targets)
        return Entry(leg, verdict, contributions(leg, verdict), version)

    # ---- what a source says of itself --------------------------------------------------------

    def restarted(self, source: str, at: int, cause: Cause) -> None:
        """What was open at that source is gone: waiting callers dropped, conversations unknown."""
        for entry in [*self.waiting.values(), *self.off_line.values()]:
            if entry.leg.source == source and entry.leg.placed_at <= at:
                self._close(entry, at, "dropped", "restart", cause)
        for entry in list(self.serving.values()):
            if entry.leg.source == source:
                self._close_service(entry, at, cause)

    def reconcile(self, source: str, began_at: int, seen: set[str], cause: Cause) -> None:
        """A platform snapshot is complete: who waits here but not there is a ghost."""
        for leg_id, entry in list(self.waiting.items()):
            if entry.leg.source == source and _arrived(entry) < began_at and leg_id not in seen:
                self._close(entry, began_at, "ghost", "snapshot", cause)

    def _close(self, entry: Entry, at: int, outcome: str, reason: str, cause: Cause) -> None:
        leg = copy.copy(entry.leg)
        leg.closed_at, leg.closed_as, leg.closed_reason = at, outcome, reason
        self._install(entry, leg, cause)

    def _close_service(self, entry: Entry, at: int, cause: Cause) -> None:
        leg = copy.copy(entry.leg)
        leg.service_closed_at = max(at, leg.answered_at or at)
        self._install(entry, leg, cause)

    def set_book(self, book: TargetsBook, offset_version: int, known_at: int) -> None:
        """New targets: legs in state whose targets changed are judged again."""
        before: list[Judged] = self.book.history(self.queue)
        self.book = book
        if book.history(self.queue) == before:
            return
        for pack in list(self.legs.packs.values()):
            if pack.cold is not None:
                self._thaw_old(pack)
            for entry in list(pack.entries.values()):
                moment = arrival(entry.leg)
                at = entry.leg.placed_at if moment is None else moment
                if book.at(self.queue, at)[1] != entry.targets_version:
                    version = max(entry.leg.version, offset_version) + 1
                    self._install(entry, copy.copy(entry.leg), Cause(version, known_at))

    def _thaw_old(self, pack: Pack) -> None:
        """A cold leg was counted by the old book; judge it by that before it is judged anew."""
        for leg in self.legs.thaw(pack):
            entry = self._judged(leg)
            entry.targets_version = -1
            pack.entries[leg.leg_id] = entry

    # ---- time --------------------------------------------------------------------------------

    def advance(self, clock: int, cause: Cause) -> None:
        """Event time of the queue has come to `clock`; its watermark is 5 s behind."""
        target = floor_step(clock - DISORDER_MS)
        windows = self.windows
        boundary = windows.boundary
        if boundary is None:
            windows.jump(target)
            self.is_dirty = True
            return
        if target <= boundary:
            return
        if self.is_idle():
            windows.boundary = target
            if target // MINUTE != boundary // MINUTE:
                self._tidy(target)
            return
        self.is_dirty = self.is_changed = True
        if target - boundary > JUMP_MS:
            windows.jump(target)
            self._boundary(target, cause, minute=target - target % MINUTE)
            return
        for _ in range(boundary, target, STEP_MS):
            here = windows.step()
            self._boundary(here, cause, minute=here if here % MINUTE == 0 else None)

    def is_idle(self) -> bool:
        """Nothing in any window, nobody in line or served, no alert open: time may just pass."""
        return not (
            self.waiting or self.serving or self.off_line or self.progress
        ) and self.windows.is_idle()  # fmt: skip

    def _boundary(self, here: int, cause: Cause, minute: int | None) -> None:
        if self.cut_stale and self.cut_at is not None:
            self._cut(self.cut_at, cause)
            self.cut_stale = False
        targets = self.book.at(self.queue, here)[0]
        if targets is not None and (self.progress or self.waiting or self.windows.buckets):
            for alert in evaluate(targets, self._seen(here), self.progress, cause):
                self.alerts[alert.alert_id] = alert
            for name in [n for n, p in self.progress.items() if p.stage == "inactive"]:
                del self.progress[name]
        if minute is not None and minute != self.cut_at:
            self._cap(here, cause)
            self.cut_emitted = False
            self._cut(minute, cause)
            self.cut_at, self.cut_stale = minute, False
            kept = {i: times for i, times in self.left_lately.items() if times[1] >= minute}
            self.left_lately = kept
            self._tidy(here)

    def _seen(self, at: int) -> Seen:
        firm = [entry for entry in self.waiting.values() if not is_doubtful(entry.leg, entry.verdict)]
        oldest = self._oldest_arrival(at, firm)
        n = sum(1 for entry in firm if _arrived(entry) < at) + sum(
            1 for arrived, left in self.left_lately.values() if arrived < at <= left
        )
        return Seen(
            at,
            n,
            at - oldest if oldest is not None else None,
            self.windows.at(at)[30],
            self.roster.agents_of(self.queue),
        )

    def _oldest_arrival(self, at: int, line: list[Entry]) -> int | None:
        """Arrival of the one who has waited longest as of `at`: still in line, or left since."""
        arrivals = [_arrived(entry) for entry in line]
        arrivals += [arrived for arrived, left in self.left_lately.values() if left >= at]
        return min((arrived for arrived in arrivals if arrived < at), default=None)

    def _cap(self, watermark: int, cause: Cause) -> None:
        """Nobody waits for two hours in truth, and no conversation lasts twelve."""
        for entry in [*self.waiting.values(), *self.off_line.values()]:
            arrived_at = entry.verdict.arrived_at
            if arrived_at is None:
                continue
            targets = self.book.at(self.queue, arrived_at)[0]
            cap = targets.waiting_cap_ms if targets else 2 * HOUR
            if arrived_at + cap <= watermark:
                self._close(entry, arrived_at + cap, "ghost", "waiting_cap", cause)
        for entry in list(self.serving.values()):
            answered_at = entry.leg.answered_at or 0
            targets = self.book.at(self.queue, answered_at)[0]
            cap = targets.service_cap_ms if targets else 12 * HOUR
            if answered_at + cap <= watermark:
                self._close_service(entry, answered_at + cap, cause)

    def _cut(self, at: int, cause: Cause) -> None:
        """The minute row as of `at`; none while the windows and the line are empty."""
        counts = self.windows.at(at)
        waiting, in_service = self.windows.line_at(at)
        is_empty = not (waiting or in_service) and counts[60] == _NOTHING
        if is_empty and not self.cut_emitted:
            return
        oldest = self._oldest_arrival(at, list(self.waiting.values()))
        targets = self.book.at(self.queue, at)[0]
        self.cut_emitted = True
        self.minute_rows[at] = MinuteRow(
            queue=self.queue,
            at=at,
            version=cause.version,
            known_at=cause.known_at,
            waiting=waiting,
            oldest_wait_ms=at - oldest if oldest is not None else None,
            doubtful=sum(
                is_doubtful(e.leg, e.verdict) and _arrived(e) < at for e in self.waiting.values()
            ),
            in_service=in_service,
            windows=counts,
            agents=self.roster.agents_of(self.queue),
            answer_within_ms=targets.answer_within_ms if targets else None,
            short_abandon_ms=targets.short_abandon_ms if targets else None,
            goal=targets.goal if targets else None,
            formula=targets.formula if targets else None,
            replay=self.replay,
        )

    def _tidy(self, watermark: int) -> None:
        for gone in self.legs.evict(watermark - LATE_WITHIN_MS):
            self._forget(gone)
        self.legs.chill(watermark)
        self.days.forget(watermark - DAY)

    def _forget(self, gone: EvictedPack) -> None:
        for leg in gone.unplaced:
            self.off_line.pop(leg.leg_id, None)
            self.unplaced.append(leg)

    # ---- state -------------------------------------------------------------------------------

    def state(self) -> QueueState:
        windows = self.windows
        return QueueState(
            sorted(self.sources), self.added, self.reversed, windows.boundary, windows.waiting,
            windows.in_service, self.days.freeze(), self.progress, self.cut_at, self.cut_emitted,
            self.cut_stale, self.replay,
        )  # fmt: skip

    def restore(self, state: QueueState) -> None:
        self.sources = set(state.sources)
        self.added, self.reversed = state.added, state.reversed
        self.windows.boundary = state.boundary
        self.windows.waiting, self.windows.in_service = state.waiting, state.in_service
        self.days.thaw(state.days)
        self.progress = state.progress
        self.cut_at, self.cut_emitted = state.cut_at, state.cut_emitted
        self.cut_stale, self.replay = state.cut_stale, state.replay

    def restore_legs(self, legs: list[Leg]) -> None:
        for leg in legs:
            self.legs.put(self._judged(leg))

    def restored(self, clock: int | None) -> None:
        """All pieces are in: rebuild what is derived from them."""
        self.legs.touched.clear()
        self.windows.touched.clear()
        self.windows.resum()
        for entry in sorted(self._entries(), key=lambda each: each.leg.placed_at):
            self._place(entry, was_open=False)
        if self.is_idle() and clock is not None:
            # an idle queue's boundary moves without being written; it stood at the watermark
            self.windows.boundary = max(
                self.windows.boundary or 0, floor_step(clock - DISORDER_MS)
            )
        self.is_dirty = False

    def _entries(self) -> Iterator[Entry]:
        for pack in self.legs.packs.values():
            yield from pack.entries.values()


def _arrived(entry: Entry) -> int:
    return entry.verdict.arrived_at or 0
