"""What is known of one leg: facts with their times, absorbed in any order, each at most once.

Rule 1: absorbing is commutative and idempotent; for a duplicate `absorb` changes nothing and returns False.
Rule 2: a fact never erases another; streams.core.verdict decides what all of them mean together.
"""

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from schemas import calls
from schemas.calls import Channel, Direction
from schemas.identity import LegKey, leg_key

EXIT_OUTCOME: dict[type[calls.LegEvent], str] = {
    calls.Abandoned: "abandoned",
    calls.Exited: "exited",
    calls.Transferred: "transferred",
    calls.CallbackRequested: "callback",
    calls.Dropped: "dropped",
    calls.Rejected: "rejected",
}
NOT_TOLD = -1  # the platform tells no wait of its own: the times do
UNKNOWN = -2  # neither do the times: nobody told when the caller left
_COUNT_NOWHERE: set[type[Any]] = {calls.Offered, calls.OfferCancelled, calls.Disposition}


class Leg(Struct, gc=False, array_like=True, omit_defaults=True):
    """The facts of one leg; encoded as a list in the order of these fields (streams.core.state_format)."""

    leg_id: str
    placed_at: int  # time of the first event seen: decides the leg's piece of state, never changes
    source: str
    key_at: int = 0  # first arrival time that was emitted: sort key in the archive, never changes
    version: int = 0
    known_at: int = 0
    last_at: int = 0  # newest event time of its facts, or of its closing without a fact
    contact_id: str = ""
    channel: Channel = "voice"
    direction: Direction = "inbound"
    caller: str = ""
    topic: str = ""
    area: str = ""
    priority: int = 0
    replay: bool = False
    queued_at: int | None = None
    derived_arrival_at: int | None = None  # from the platform's own wait, for a missing `queued`
    answered_at: int | None = None
    agent: str = ""
    answer_wait_ms: int | None = None  # the platform's own wait, reported with the answer
    exits: tuple[
        tuple[int, str, str, int], ...
    ] = ()  # (at, outcome, reason, reported wait, NOT_TOLD or UNKNOWN)
    resumed_at: int | None = None
    ended_at: int | None = None
    ended_by: str = ""
    end_wait_ms: int | None = None  # reported with the end; used if `answered` is missing
    talk_ms: int | None = None
    hold_ms: int | None = None  # measured by the platform
    held: tuple[int, ...] = ()
    unheld: tuple[int, ...] = ()
    wrap_started_at: int | None = None
    wrap_ended_at: int | None = None
    offers: tuple[tuple[int, str], ...] = ()
    missed: tuple[tuple[int, str], ...] = ()
    missed_extra: int = 0  # missed offers of a finished leg, of which the platform sends no times
    cancelled: tuple[tuple[int, str], ...] = ()
    disposition: str = ""
    disposition_at: int = 0
    closed_at: int | None = None  # closed by streams.core.closing, as no fact reports the end
    closed_as: str = ""
    closed_reason: str = ""
    service_closed_at: int | None = None  # when the conversation was given up: its end is not known
    overtaken: int = 0  # callers who arrived later and were answered while this one waited
    conflict: bool = False  # two agents answered, or the platform contradicts itself
    seen_at: int | None = None  # newest platform snapshot that names it
    visit_at: int = 0  # when this stay began, if the platform tells stays with one id apart by it
    queued_again_at: int = 0  # newest `queued` later than the first; 0: there was none
    position: int = 0  # in the platform's line at its arrival, from 1; 0: not told
    put_ahead: bool = (
        False  # it entered ahead of others, so it overtakes nobody (streams.core.line)
    )


def new_leg(event: calls.LegFact) -> Leg:
    """An empty leg, with the id and place that its first event gives; `absorb` the event as well."""
    first = event.arrived_at if isinstance(event, calls.FinishedLeg) else event.at
    visit_at = event.visit_at or 0
    return Leg(event.leg_id, first, event.source, replay=event.replay, visit_at=visit_at)


def key_of(leg: Leg) -> LegKey:
    return leg_key(leg.leg_id, leg.source, leg.visit_at)


def absorb(leg: Leg, event: calls.LegFact) -> bool:
    """Write the event's fact into `leg`; False when everything in it was known before."""
    changed = _ABSORB[type(event)](leg, event)
    if event.contact_id and not leg.contact_id:
        leg.contact_id = event.contact_id
        changed = True
    if event.at > leg.last_at:
        leg.last_at = event.at
    return changed


def arrival(leg: Leg) -> int | None:
    """When the caller entered the queue: from `queued`, else from an event's own wait, else unknown."""
    return leg.queued_at if leg.queued_at is not None else leg.derived_arrival_at


def judged_at(leg: Leg) -> int:
    """The instant whose targets judge the leg."""
    moment = arrival(leg)
    return leg.placed_at if moment is None else moment


def changes_no_verdict(event: calls.LegFact, leg: Leg) -> bool:
    """Whether the fact changes no counter (half of all events), or only together with a later fact."""
    kind = type(event)
    return kind in _COUNT_NOWHERE or (kind is calls.WrapStarted and leg.wrap_ended_at is None)


def answer_time(leg: Leg) -> int | None:
    """When an agent took the call; derived from the end of the conversation if `answered` is missing.

    If that end has neither talk time nor wait, its own time is returned: the latest possible answer.
    """
    if leg.answered_at is not None or leg.ended_at is None:
        return leg.answered_at
    if leg.talk_ms is not None:
        return leg.ended_at - leg.talk_ms
    arrived_at = arrival(leg)
    if arrived_at is None or leg.end_wait_ms is None:
        return leg.ended_at
    return min(arrived_at + leg.end_wait_ms, leg.ended_at)


def last_sign(leg: Leg) -> int:
    """The newest time at which the platform reported that the leg still waits (resumed, present); 0: never."""
    return max(leg.resumed_at or 0, leg.seen_at or 0)


def _told_wait(leg: Leg, wait_ms: int | None, left_at: int) -> bool:
    """Derive the arrival from the platform's own wait. The earliest one holds, in any order of events."""
    if wait_ms is None:
        return False
    derived = left_at - wait_ms
    if leg.derived_arrival_at is not None and leg.derived_arrival_at <= derived:
        return False
    leg.derived_arrival_at = derived
    return True


def _queued(leg: Leg, event: Any) -> bool:
    if leg.queued_at is not None and event.at >= leg.queued_at:
        return _queued_again(leg, event.at)  # the first arrival holds
    former, leg.queued_at = leg.queued_at, event.at
    if former is not None:
        _queued_again(leg, former)
    elif not leg.key_at:
        # Another source told of the call before: the leg is of the node whose queue it is in. Else that node's
        # own file would be a second call. If that source told the wait, too, the leg is placed and its row may be in
        # the archive, under a key that never changes; whether it is written yet must not matter.
        leg.source = event.source
    leg.channel, leg.direction, leg.priority = event.channel, event.direction, event.priority
    leg.caller, leg.topic, leg.area = event.caller, event.topic, event.area
    leg.position = event.position
    return True


def _queued_again(leg: Leg, at: int) -> bool:
    if at <= max(leg.queued_at or 0, leg.queued_again_at):
        return False
    leg.queued_again_at = at
    return True


def _resumed(leg: Leg, event: Any) -> bool:
    if leg.resumed_at is not None and leg.resumed_at >= event.at:
        return False
    leg.resumed_at = event.at
    return True


def _answered(leg: Leg, event: Any) -> bool:
    dated = event.wait_ms is not None and _told_wait(leg, event.wait_ms, event.at)
    if leg.answered_at is None or (event.at, event.agent) < (leg.answered_at, leg.agent):
        leg.conflict |= leg.answered_at is not None and event.agent != leg.agent
        leg.answered_at, leg.agent, leg.answer_wait_ms = event.at, event.agent, event.wait_ms
        return True
    if event.agent != leg.agent and not leg.conflict:
        leg.conflict = True
        return True
    return dated


def _exit(leg: Leg, event: Any) -> bool:
    told = event.wait_ms if event.wait_ms is not None else NOT_TOLD
    fact = (event.at, EXIT_OUTCOME[type(event)], getattr(event, "reason", ""), told)
    if fact in leg.exits:
        return False
    _told_wait(leg, event.wait_ms, event.at)
    if isinstance(event, calls.Rejected):
        leg.direction, leg.caller = event.direction, event.caller
    leg.exits = tuple(sorted((*leg.exits, fact)))
    return True


def _ended(leg: Leg, event: Any) -> bool:
    if leg.ended_at is not None and leg.ended_at <= event.at:
        return False
    leg.ended_at, leg.ended_by = event.at, event.by
    leg.talk_ms, leg.end_wait_ms = event.talk_ms, event.wait_ms
    if event.talk_ms is not None:
        _told_wait(leg, event.wait_ms, event.at - event.talk_ms)
    return True


def _add(times: tuple[Any, ...], fact: Any) -> tuple[Any, ...]:
    return times if fact in times else tuple(sorted((*times, fact)))


def _held(leg: Leg, event: Any) -> bool:
    before = leg.held
    leg.held = _add(before, event.at)
    return leg.held is not before


def _unheld(leg: Leg, event: Any) -> bool:
    before = leg.unheld
    leg.unheld = _add(before, event.at)
    return leg.unheld is not before


def _offered(leg: Leg, event: Any) -> bool:
    before = leg.offers
    leg.offers = _add(before, (event.at, event.agent))
    return leg.offers is not before


def _missed(leg: Leg, event: Any) -> bool:
    before = leg.missed
    leg.missed = _add(before, (event.at, event.agent))
    return leg.missed is not before


def _cancelled(leg: Leg, event: Any) -> bool:
    before = leg.cancelled
    leg.cancelled = _add(before, (event.at, event.agent))
    return leg.cancelled is not before


def _wrap_started(leg: Leg, event: Any) -> bool:
    if leg.wrap_started_at is not None and leg.wrap_started_at <= event.at:
        return False
    leg.wrap_started_at = event.at
    return True


def _wrap_ended(leg: Leg, event: Any) -> bool:
    if leg.wrap_ended_at is not None and leg.wrap_ended_at >= event.at:
        return False
    leg.wrap_ended_at = event.at
    return True


def _disposition(leg: Leg, event: Any) -> bool:
    if (leg.disposition_at, leg.disposition) >= (event.at, event.code):
        return False
    leg.disposition_at, leg.disposition = event.at, event.code
    return True


def _present(leg: Leg, event: Any) -> bool:
    dated = _told_wait(leg, event.wait_ms, event.at)  # the wait so far, not the final wait
    if leg.seen_at is not None and leg.seen_at >= event.at:
        return dated
    leg.seen_at = event.at
    return True


def _finished(leg: Leg, event: Any) -> bool:
    """Replace all facts: a finished leg is complete, and one that is sent again corrects the former."""
    before = tuple(getattr(leg, name) for name in leg.__struct_fields__)
    leg.queued_at = event.arrived_at if event.outcome != "rejected" else None
    leg.channel, leg.direction, leg.priority = event.channel, event.direction, event.priority
    leg.caller, leg.topic, leg.area = event.caller, event.topic, event.area
    leg.hold_ms = event.hold_ms
    leg.answered_at, leg.ended_at = event.answered_at, event.ended_at
    leg.answer_wait_ms = event.wait_ms
    leg.agent, leg.missed_extra = event.agent, event.missed_offers
    leg.wrap_ended_at, leg.disposition = event.wrap_ended_at, event.disposition
    leg.exits, leg.closed_at, leg.closed_as, leg.closed_reason = (), None, "", ""
    left_at = event.left_at if event.left_at is not None else event.at
    if event.outcome == "open":
        pass
    elif event.outcome == "ghost":
        leg.closed_at, leg.closed_as, leg.closed_reason = left_at, "ghost", event.reason
    elif event.outcome == "answered":
        leg.answered_at = left_at if leg.answered_at is None else leg.answered_at
    else:
        told = event.wait_ms if event.wait_ms is not None else NOT_TOLD
        told = UNKNOWN if event.wait_unknown else told
        leg.exits = ((left_at, event.outcome, event.reason, told),)
    return before != tuple(getattr(leg, name) for name in leg.__struct_fields__)


_ABSORB: dict[type[Any], Callable[[Leg, Any], bool]] = {
    calls.Queued: _queued,
    calls.Resumed: _resumed,
    calls.Offered: _offered,
    calls.OfferMissed: _missed,
    calls.OfferCancelled: _cancelled,
    calls.Answered: _answered,
    calls.Held: _held,
    calls.Unheld: _unheld,
    calls.Ended: _ended,
    calls.Abandoned: _exit,
    calls.Exited: _exit,
    calls.Transferred: _exit,
    calls.Dropped: _exit,
    calls.Rejected: _exit,
    calls.CallbackRequested: _exit,
    calls.WrapStarted: _wrap_started,
    calls.WrapEnded: _wrap_ended,
    calls.Disposition: _disposition,
    calls.Present: _present,
    calls.FinishedLeg: _finished,
}
