"""What happened in one queue: its legs, their counts, and who stands in line.

A fact goes in, and the legs that it changed come out as changes. streams.core.queue_decisions decides
what follows from these as time passes.
"""

from collections.abc import Iterator

from msgspec.structs import replace

from schemas.calls import Disposition, LegFact, Queued, WrapStarted
from schemas.identity import LegKey, node_of
from schemas.millis import DAY, SECOND
from schemas.targets import Targets
from schemas.targets_book import Judged, TargetsBook
from schemas.timing import LATE_WITHIN_MS
from streams.core.aging import Aging
from streams.core.closing import (
    at_restart,
    at_restarts,
    by_age,
    by_platform_snapshot,
    least_cap,
    was_given_up_after,
)
from streams.core.leg import Leg, absorb, arrival, changes_no_verdict, judged_at, key_of, new_leg
from streams.core.leg_store import COLD_AFTER_MS, Entry, LegStore, Pack, entry_of
from streams.core.leg_telling import LegTelling
from streams.core.line import Line
from streams.core.open_hours import OpenHours
from streams.core.outbox import Outbox
from streams.core.plain_facts import PLAIN, begins, begun, count_arrival
from streams.core.tally import Tally
from streams.core.unit import Cause
from streams.core.verdict import (
    DOUBTFUL_AFTER,
    Change,
    Verdict,
    contributions,
    counts,
    difference,
    judge,
    judge_service,
    recount_service,
    touches_service_only,
)


class QueueLegs:
    """All that the facts say about one queue. Methods that judge legs return the changes."""

    def __init__(
        self, queue: str, book: TargetsBook, restarts: dict[str, list[int]], outbox: Outbox
    ) -> None:
        self.queue = queue
        self.book = book
        self.store = LegStore(outbox.leg_minutes)
        self.tally = Tally(lambda at: self.book.at(queue, at)[0], outbox.bucket_minutes.add)
        self.windows = self.tally.windows
        self.line = Line()
        self._hours = OpenHours()
        self.restarts = restarts  # of each source, shared by the queues of a partition
        self.replay, self.replay_shift_ms = False, 0  # old traffic shown again, later by this shift
        self.telling = LegTelling(queue, lambda at: self.judged_by(at)[0], outbox.reports)
        self.is_changed = True  # since the last snapshot
        self._outbox = outbox
        self.sole, self._aging = book.sole(queue), Aging(least_cap(book.history(queue)))
        self.telling.set_book(book)

    def judged_by(self, moment: int) -> Judged:
        """The targets valid at `moment`. Most queues only ever had one version, which `sole` keeps."""
        return self.sole or self.book.at(self.queue, moment)

    # ---- facts -------------------------------------------------------------------------------

    def apply(self, event: LegFact, cause: Cause) -> list[Change] | None:
        """Absorb one live fact; None when it was a duplicate. Raises before anything is changed."""
        store, visit_at = self.store, event.visit_at
        # Most events are of a warm leg of their own source: one look finds it.
        node = store.node_of.get(event.source, "")
        key = event.leg_id, node, 0 if visit_at is None else visit_at // SECOND
        entry = store.entry_of.get(key)
        if entry is not None:
            change = self._plainly(entry, event, cause)
        elif type(event) is Queued and node and store.is_unknown(key):
            entry, change = self._begin(event, key, cause)
        else:
            entry, change = self._found(event), None
        if entry is None or change is None:
            judged = self._wholly(entry, event, cause)
            if isinstance(judged, bool):
                return [] if judged else None
            entry, change = judged
        changes = [change]
        if self.restarts:  # a fact of before a restart may be read after it
            closed = at_restarts(entry, self.restarts.get(entry.leg.source, []))
            if closed is not None:
                changes.append(self._install(entry, closed, cause)[1])
        if event.replay or self.replay:
            self.replay, self.replay_shift_ms = event.replay, event.replay_shift_ms
        return changes

    def _begin(self, event: Queued, key: LegKey, cause: Cause) -> tuple[Entry, Change]:
        """`_install` for a caller of whom nothing was told before."""
        at = event.at
        targets, version = self.sole or self.book.at(self.queue, at)
        leg = begun(event, cause.version, cause.known_at)
        verdict = begins(leg, out_of_hours=self._hours.is_closed(targets, at))
        entry = Entry(leg, verdict, version, key)
        # Nothing may fail from here on: a half counted leg could not be undone.
        self.store.add(entry, self._judged)
        self._outbox.legs[key] = entry
        self._outbox.is_state_changed = self.is_changed = True
        late_at = count_arrival(self.tally, leg, verdict)
        self.line.enter(entry)
        self._aging.note(at)
        if leg.position:
            leg.put_ahead = self.line.is_put_ahead(entry)
        if leg.topic or leg.area or leg.contact_id:
            self.telling.of_leg(None, leg, verdict)
        return entry, Change(verdict, None, False, late_at)  # noqa: FBT003 - a field of a tuple

    def _plainly(self, entry: Entry, event: LegFact, cause: Cause) -> Change | None:
        """`_install` or `_serve` for a fact that is plain; None for another, of which nothing is absorbed then."""
        plain = PLAIN.get(type(event))
        if plain is None:
            return None
        leg, old = entry.leg, entry.verdict
        targets, version = self.sole or self.book.at(self.queue, old.arrived_at or 0)
        if version != entry.targets_version:
            return None
        verdict = plain.judge(event, leg, old, targets)
        if verdict is None:
            return None
        is_of_service, former = plain.is_of_service, None
        if leg.contact_id or leg.topic or leg.area or event.contact_id:
            former = self.telling.before(event, leg, old, is_of_service=is_of_service)
        # Nothing may fail from here on.
        absorb(leg, event)
        leg.version, leg.known_at = cause.version, cause.known_at
        entry.verdict = verdict
        self.store.touch(leg)
        self._outbox.legs[entry.key] = entry  # these three as `_changed`
        self._outbox.is_state_changed = self.is_changed = True
        late_at = plain.count_in(self.tally, event, leg, verdict)
        if is_of_service:
            self.line.serve(entry)
        else:
            self.line.take_out(entry)
            if verdict.outcome == "answered" and leg.direction == "inbound":
                self._overtake(entry, cause)
        if former is not None:
            tell = self.telling.of_service if is_of_service else self.telling.of_leg
            tell(former, leg, verdict)
        return Change(verdict, None if is_of_service else old, is_of_service, late_at)

    def _wholly(
        self, old: Entry | None, event: LegFact, cause: Cause
    ) -> tuple[Entry, Change] | bool:
        """Absorb a fact and judge the whole leg; True if it changed no counter, False if it was a duplicate."""
        if old is None:
            leg = new_leg(event)
        elif changes_no_verdict(event, old.leg):
            return self._note(old, event, cause)
        else:
            leg = replace(old.leg)
        if not absorb(leg, event):
            if old is not None and leg.last_at > old.leg.last_at:
                self._keep_longer(old, leg.last_at)
            return False
        if old is not None and touches_service_only(event, old.verdict, old.leg, leg):
            return old, self._serve(old, leg, cause)
        return self._install(old, leg, cause)

    def is_forgotten(self, event: LegFact, older_than: int) -> bool:
        """Whether the leg of the event is no longer in the state, or treated as if it were not."""
        return self.store.is_forgotten(self.store.find(event), older_than)

    def _note(self, entry: Entry, event: LegFact, cause: Cause) -> bool:
        """Absorb a fact that changes no counter (half of all events); False when it was a duplicate.

        The row of an open leg shows no such fact, so it keeps its version: else its versions would depend on
        when checkpoints happen. It shows the contact, which any fact may be the first to tell.
        """
        leg = entry.leg
        contact_id, last_at = leg.contact_id, leg.last_at
        if not absorb(leg, event):
            if leg.last_at > last_at:
                self._keep_longer(entry, leg.last_at)
            return False
        self.store.touch(leg)
        self._outbox.is_state_changed = self.is_changed = True
        is_late = entry.verdict.outcome != "open" and not isinstance(event, WrapStarted)
        # Other facts of an open leg come with its next row.
        if is_late or isinstance(event, Disposition) or leg.contact_id != contact_id:
            leg.version, leg.known_at = cause.version, cause.known_at
            self._outbox.legs[entry.key] = entry
        return True

    def _keep_longer(self, entry: Entry, last_at: int) -> None:
        """A fact that says nothing new is a sign of life all the same. It is written: when a leg leaves the state
        must not depend on whether a restart forgot of it.
        """
        entry.leg.last_at = last_at
        self.store.touch(entry.leg)
        self._outbox.is_state_changed = True

    def _install(self, old: Entry | None, leg: Leg, cause: Cause) -> tuple[Entry, Change]:
        """Judge the whole leg, and count the difference to its former verdict."""
        moment = arrival(leg)
        judged_by_at = leg.placed_at if moment is None else moment
        targets, version = self.judged_by(judged_by_at)
        before = old.verdict if old is not None else None
        former = (old.leg, old.verdict) if old is not None else None
        if old is None or moment != arrival(old.leg) or version != old.targets_version:
            closed = self._hours.is_closed(targets, judged_by_at)
        else:
            closed = old.verdict.out_of_hours  # opening hours cost as much as all the rest
        verdict = judge(leg, targets, out_of_hours=closed)
        plus, minus = difference(
            contributions(old.leg, old.verdict) if old else (), contributions(leg, verdict)
        )
        if leg.key_at == 0 and verdict.arrived_at is not None:
            leg.key_at = leg.visit_at or verdict.arrived_at
        # Nothing may fail from here on: a half counted leg could not be undone.
        entry = old or entry_of(leg, verdict, version)
        if old is None:
            self.store.add(entry, self._judged)
        self._put(entry, leg, verdict, version, cause)
        late_at = self.tally.count(plus, minus)
        was_open = before is None or before.outcome == "open"
        has_moved = before is not None and before.arrived_at != verdict.arrived_at
        self.line.place(entry, was_open=was_open, has_moved=has_moved)
        if verdict.arrived_at is not None and not entry.is_settled:
            self._aging.note(verdict.left_at or verdict.arrived_at)
        if leg.position and (old is None or has_moved):
            leg.put_ahead = self.line.is_put_ahead(entry)
        if was_open and verdict.outcome == "answered" and counts(leg, verdict):
            self._overtake(entry, cause)
        self.telling.of_leg(former, leg, verdict)
        return entry, Change(verdict, before, False, late_at)  # noqa: FBT003 - a field of a tuple

    def _serve(self, entry: Entry, leg: Leg, cause: Cause) -> Change:
        """Judge only the service of the leg: arrival, answer and wait did not change."""
        verdict, was = judge_service(entry.verdict, leg), (entry.leg, entry.verdict)
        plus, minus = recount_service(entry.leg, entry.verdict, leg, verdict)
        self._put(
            entry, leg, verdict, entry.targets_version, cause
        )  # nothing may fail from here on
        late_at = self.tally.count(plus, minus)
        self.line.serve(entry)
        self.telling.of_service(was, leg, verdict)
        return Change(verdict, None, True, late_at)  # noqa: FBT003 - a field of a tuple

    def _put(
        self, entry: Entry, leg: Leg, verdict: Verdict, targets_version: int, cause: Cause
    ) -> None:
        if leg.source != entry.leg.source:
            self._outbox.legs.pop(entry.key, None)
            self.line.leave(entry.key)
            self.store.move_to_node_of(entry, leg)
        entry.leg, entry.verdict, entry.targets_version = leg, verdict, targets_version
        leg.version, leg.known_at = cause.version, cause.known_at
        self._changed(entry)

    def _changed(self, entry: Entry) -> None:
        """The leg has another verdict: it goes to the archive and to the state."""
        self.store.touch(entry.leg)
        outbox = self._outbox
        outbox.legs[entry.key] = entry
        outbox.is_state_changed = self.is_changed = True

    def _overtake(self, answered: Entry, cause: Cause) -> None:
        """Count for those who wait longer that one who came later and queued behind was answered first."""
        for entry in self.line.passed_over_by(answered):
            leg = entry.leg
            leg.overtaken += 1
            self.store.touch(leg)
            if leg.overtaken == DOUBTFUL_AFTER:
                leg.version, leg.known_at = cause.version, cause.known_at
                self._outbox.legs[entry.key] = entry

    def _found(self, event: LegFact) -> Entry | None:
        """The leg of the event if it is known; one in a cold pack is made warm."""
        key = self.store.find(event)
        return self.store.entry_of.get(key) or self._thawed(key)

    def _thawed(self, key: LegKey) -> Entry | None:
        """The leg of this key if it is in a cold pack, which is made warm."""
        pack = self.store.cold_of.get(key)
        if pack is None:
            return None
        self.store.thaw(pack, self._judged)
        return self.store.entry_of[key]

    def _judged(self, leg: Leg, book: TargetsBook | None = None) -> Entry:
        """The entry of a leg that was counted already, with the verdict by which it was counted."""
        moment = judged_at(leg)
        targets, version = (book or self.book).at(self.queue, moment)
        verdict = judge(leg, targets, out_of_hours=self._hours.is_closed(targets, moment))
        return entry_of(leg, verdict, version)

    # ---- legs that are closed without a fact of their own ------------------------------------

    def restarted(self, source: str, at: int, cause: Cause) -> list[Change]:
        """Close what was open at that source: waiting callers are dropped, the end of conversations is unknown.

        A restart that is reported late may also close legs that were given up since: those in cold packs, too,
        or it would depend on when checkpoints were made whether they are looked at.
        """
        for pack in self.store.cold_packs(node_of(source), at):
            if any(
                leg.source == source and was_given_up_after(leg, at) for leg in pack.cold_legs()
            ):
                self.store.thaw(pack, self._judged)
        mine = [each for each in self.store.entry_of.values() if each.leg.source == source]
        return self._close(((entry, at_restart(entry, at)) for entry in mine), cause)

    def close_missing(
        self, source: str, began_at: int, seen: set[str], cause: Cause
    ) -> list[Change]:
        """A platform snapshot is complete: a caller who waits here and is not in it is a ghost."""
        missing = [
            entry
            for entry in self.line.open_entries()
            if entry.leg.source == source and entry.leg.leg_id not in seen
        ]
        return self._close(((e, by_platform_snapshot(e, began_at)) for e in missing), cause)

    def close_aged(self, watermark: int, cause: Cause) -> list[Change]:
        """Close legs that wait longer than the queue's waiting cap, or talk longer than its service cap."""
        aged = self._aging.reached(watermark, self.line, self._targets_of)
        closings = ((each, by_age(each, self._targets_of(each), watermark)) for each in aged)
        return self._close(closings, cause)

    def _targets_of(self, entry: Entry) -> Targets | None:
        return self.book.at(self.queue, judged_at(entry.leg))[0]

    def _close(self, closings: Iterator[tuple[Entry, Leg | None]], cause: Cause) -> list[Change]:
        found = [(entry, closed) for entry, closed in closings if closed is not None]
        return [self._install(entry, closed, cause)[1] for entry, closed in found]

    def set_book(self, book: TargetsBook, offset_version: int, known_at: int) -> list[Change]:
        """New targets: legs in state whose targets changed are judged again."""
        former, self.book = self.book, book
        self.telling.set_book(book)
        self.sole = book.sole(self.queue)
        self._aging = Aging(least_cap(book.history(self.queue)))
        if book.history(self.queue) == former.history(self.queue):
            return []
        changes = []
        for pack in list(self.store.packs.values()):
            if pack.cold is not None and not self._warm_for(book, former, pack):
                continue
            for entry in list(pack.entries):
                if book.at(self.queue, judged_at(entry.leg))[1] != entry.targets_version:
                    version = max(entry.leg.version, offset_version) + 1
                    cause = Cause(version, known_at)
                    changes.append(self._install(entry, replace(entry.leg), cause)[1])
        return changes

    def _warm_for(self, book: TargetsBook, former: TargetsBook, pack: Pack) -> bool:
        """Thaw a cold pack in which a leg gets other targets. Its verdicts come from the former targets, by
        which it was counted.
        """
        moments = [judged_at(leg) for leg in pack.cold_legs()]
        if all(book.at(self.queue, at)[1] == former.at(self.queue, at)[1] for at in moments):
            return False
        self.store.thaw(pack, lambda leg: self._judged(leg, former))
        return True

    # ---- what leaves the state ---------------------------------------------------------------

    def tidy(self, watermark: int) -> None:
        """Evict legs and days that no fact can change any more, and make quiet packs cold."""
        gone = self.store.evict(watermark - LATE_WITHIN_MS)
        for leg in (leg for pack in gone for leg in pack.unplaced):
            self.line.leave(key_of(leg))
            self._outbox.unplaced.append(leg)
        if left := {key for pack in gone for key in pack.keys}:
            self._outbox.set_apart(left, self.queue, lambda at: self.judged_by(at)[0])
        self.store.chill(watermark)
        if self.tally.days.forget(watermark - DAY):
            self._outbox.is_state_changed = True

    def restore(self, legs: list[Leg], piece: bytes | None) -> None:
        """One minute of legs from the state; call `restored` when all are in."""
        self.store.restore(legs, piece, self._judged)

    def restore_replay(self, *, replay: bool, shift_ms: int) -> None:
        self.replay, self.replay_shift_ms = replay, shift_ms

    def restored(self, minute_at: int) -> None:
        """All pieces are in: compute the sums and the line from them."""
        self.windows.resum()
        self.line.begin_minute(minute_at)
        self.store.thaw_since(minute_at - COLD_AFTER_MS, self._judged)
        entries = [entry for pack in self.store.packs.values() for entry in pack.entries]
        for entry in sorted(entries, key=lambda each: each.leg.placed_at):
            self.line.place(entry, was_open=False, has_moved=False)
