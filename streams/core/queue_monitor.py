"""One queue: its legs, what is decided as time passes, and what is not written yet.

The order inside one record is fixed: facts are absorbed first, then event time moves on.
streams.core.snapshot makes what boards see from this state.
"""

from schemas.alerts import NotEvaluated
from schemas.calls import LegFact
from schemas.snapshots import QueueTotals
from schemas.targets import Targets
from schemas.targets_book import TargetsBook
from schemas.timing import DISORDER_MS
from streams.core.attention import RaisedRule
from streams.core.calls_pieces import Piece, QueueState, encode_queue
from streams.core.idle_turns import turn
from streams.core.leg import Leg
from streams.core.leg_report import Reported
from streams.core.outbox import Outbox
from streams.core.profiles import Profiles
from streams.core.queue_decisions import QueueDecisions
from streams.core.queue_legs import QueueLegs
from streams.core.roster import Roster
from streams.core.unit import Cause, Output
from streams.core.windows import Bucket, floor_step


class QueueMonitor:
    """Everything that is true about one queue, as a pure function of its events."""

    def __init__(
        self,
        queue: str,
        book: TargetsBook,
        roster: Roster,
        profiles: Profiles,
        restarts: dict[str, list[int]],
    ) -> None:
        self.queue = queue
        self.roster = roster
        self.sources: set[str] = set()
        self._outbox = Outbox()
        self.legs = QueueLegs(queue, book, restarts, self._outbox)
        self.decisions = QueueDecisions(self.legs, roster, profiles, self._outbox)
        self._shown_at = 0

    # ---- facts and time ----------------------------------------------------------------------

    def apply(self, event: LegFact, cause: Cause) -> bool:
        """Absorb one live fact; False when it was a duplicate. Raises before anything is changed."""
        changes = self.legs.apply(event, cause)
        if changes is None:
            return False
        self.decisions.consider(changes)
        return True

    def is_long_past(self, event: LegFact) -> bool:
        """Whether the event is older than what the queue keeps, and its leg is not in the state any more."""
        kept_since = self.decisions.keeps_since
        return event.at < kept_since and self.legs.is_forgotten(event, kept_since)

    def advance(self, target: int, cause: Cause) -> None:
        """The watermark of the queue has come to the boundary `target`."""
        self.decisions.advance(target, cause)

    def hear_from(self, source: str) -> None:
        """A source sent an event of this queue, perhaps a duplicate: its clock counts from now on."""
        self.sources.add(source)
        self._outbox.is_state_changed = self.legs.is_changed = True

    def restarted(self, source: str, at: int, cause: Cause) -> None:
        """The platform restarted: close what was open at that source."""
        self.decisions.consider(self.legs.restarted(source, at, cause))

    def close_missing(self, source: str, began_at: int, seen: set[str], cause: Cause) -> None:
        """A platform snapshot is complete: a caller who waits here and is not in it is a ghost."""
        self.decisions.consider(self.legs.close_missing(source, began_at, seen, cause))

    def set_book(self, book: TargetsBook, offset_version: int, known_at: int) -> None:
        """New targets: legs in state whose targets changed are judged again."""
        changes = self.legs.set_book(book, offset_version, known_at)
        self.decisions.ask_again()
        self.decisions.consider(changes)

    # ---- questions ---------------------------------------------------------------------------

    def firing(self) -> list[str]:
        """The rules whose alert fires."""
        return self.decisions.firing()

    def raised(self, targets: Targets, at: int) -> tuple[list[RaisedRule], dict[str, NotEvaluated]]:
        """The alert rules that are raised as of `at`, with the sentence for people; those that cannot be evaluated."""
        return self.decisions.raised(targets, at)

    def totals(self) -> QueueTotals:
        """Everything ever counted, and everything ever taken back."""
        return QueueTotals(self.queue, *self.legs.tally.totals())

    def passed_to(self) -> int | None:
        """The boundary up to which time passed with nothing computed; None if the windows are as far."""
        passed = self.decisions.passed_to
        return passed if passed > (self.legs.windows.boundary or 0) else None

    def idle_boundary(self, clock: int | None) -> int | None:
        """The boundary of an idle queue, if it is not the one of its clock; None else.

        An idle queue is not written each time that time moves on. Most are where their clock is; but a source that was
        silent for a while does not take back what time has passed without it, and where all are silent there is no clock.
        """
        boundary = self.legs.windows.boundary
        if boundary == _boundary_of(clock) or not self.decisions.is_idle():
            return None
        return boundary

    def is_to_be_shown(self, now: int, number: int = 0) -> bool:
        """Whether a snapshot is due: something changed since the last one, or an idle queue of that number had its turn since."""
        if not self.sources:
            return False
        if not self.legs.is_changed and turn(now, number) == turn(self._shown_at, number):
            return False
        self.legs.is_changed = False
        self._shown_at = now
        return True

    def note_change(self) -> None:
        """A snapshot is due, though no leg changed."""
        self.legs.is_changed = True

    # ---- state -------------------------------------------------------------------------------

    @property
    def has_unwritten_state(self) -> bool:
        return self._outbox.is_state_changed

    def take_unwritten(self, origin: str) -> tuple[list[Piece], list[Output], int] | None:
        """Changed pieces, rows, and how many of these are legs set aside; None if nothing changed."""
        outbox, legs = self._outbox, self.legs
        if not outbox.has_something:
            return None
        set_aside = len(outbox.unplaced)
        pieces = outbox.take_pieces(self.queue, self._state, legs.windows, legs.store)
        return pieces, outbox.take_rows(origin, self.queue, self._targets_at), set_aside

    def take_reports(self) -> list[Output]:
        """What rules across queues are told, unwritten so far."""
        return self._outbox.take_reports(self.queue)

    def _targets_at(self, moment: int) -> Targets | None:
        return (self.legs.sole or self.legs.book.at(self.queue, moment))[0]

    def _state(self) -> bytes:
        legs, minute = self.legs, self.decisions.minute
        tally, windows = legs.tally, legs.windows
        return encode_queue(
            sources=sorted(self.sources),
            added=tally.added,
            reversed=tally.reversed,
            boundary=windows.boundary,
            waiting=windows.waiting,
            in_service=windows.in_service,
            days=tally.days.freeze(),
            progress=self.decisions.progress,
            cut_at=minute.at,
            cut_emitted=minute.is_emitted,
            cut_stale=minute.is_stale,
            replay=legs.replay,
            replay_shift_ms=legs.replay_shift_ms,
            agent_minutes=self.decisions.agent_minutes,
            ends=self.decisions.ends,
            arrived_before=windows.arrived_before,
            knows_topics=legs.telling.reported.topics,
            knows_callers=legs.telling.reported.callers,
            knows_contacts=legs.telling.reported.contacts,
        )

    def restore(self, state: QueueState) -> None:
        self.sources = set(state.sources)
        self.legs.tally.restore(state.added, state.reversed, state.days)
        self.legs.windows.restore_line(
            state.boundary, state.waiting, state.in_service, state.arrived_before
        )
        self.legs.restore_replay(replay=state.replay, shift_ms=state.replay_shift_ms)
        self.legs.telling.reported = Reported(
            state.knows_topics, state.knows_callers, state.knows_contacts
        )
        self.decisions.restore(
            state.progress,
            state.cut_at,
            state.agent_minutes,
            state.ends,
            is_emitted=state.cut_emitted,
            is_stale=state.cut_stale,
        )

    def restore_buckets(self, buckets: dict[int, Bucket]) -> None:
        self.legs.windows.restore(buckets)

    def restore_legs(self, legs: list[Leg], piece: bytes | None) -> None:
        """`piece`: the legs as bytes that `decode_own_legs` reads, None where a former release wrote them."""
        self.legs.restore(legs, piece)

    def restored(self, clock: int | None, idle_boundary: int | None, passed_to: int) -> None:
        """All pieces are in: compute what is derived from them. `clock`: the queue's clock, if it has one;
        `idle_boundary`: what the method of that name returned.
        """
        self.legs.restored(self.decisions.minute.at or 0)
        boundary = _boundary_of(clock) if idle_boundary is None else idle_boundary
        self.decisions.restored(boundary, passed_to)
        self._outbox.clear_pieces()


def _boundary_of(clock: int | None) -> int | None:
    return None if clock is None else floor_step(clock - DISORDER_MS)
