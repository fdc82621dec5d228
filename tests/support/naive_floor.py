"""A naive recount of a log of events: everything is derived anew from all facts, with plain loops.

It shares no code with streams.core; it knows the rules from docs/definitions.md. Slow, and easy to
believe. Openings, priorities and agents are left out.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from schemas import calls
from schemas.calls import Event, LegEvent

EXITS: dict[type[LegEvent], str] = {
    calls.Abandoned: "abandoned", calls.Exited: "exited", calls.Transferred: "transferred",
    calls.CallbackRequested: "callback", calls.Dropped: "dropped",
}  # fmt: skip
STALE_AFTER_MS = 30_000
Promise = tuple[int, int, int]  # valid from, answer within, short below


@dataclass
class Belief:
    """What is believed of one leg."""

    outcome: str
    arrived_at: int | None
    left_at: int | None = None
    wait_ms: int | None = None
    ended_at: int | None = None
    talk_ms: int | None = None
    wrapped_at: int | None = None
    wrap_ms: int | None = None
    missed: list[int] = field(default_factory=list)
    is_callback: bool = False
    source: str = ""  # of which node it is


@dataclass
class Facts:
    """All that was told of one leg, and the snapshots of its platform that no longer named it."""

    source: str
    told: dict[str, LegEvent] = field(default_factory=dict)
    unnamed: list[int] = field(default_factory=list)
    former_restarts: list[int] = field(default_factory=list)

    def times(self, *kinds: type[LegEvent]) -> list[int]:
        return sorted(event.at for event in self.told.values() if isinstance(event, kinds))


@dataclass
class Naive:
    """One partition. `tell` in the order of the log; every question is answered from scratch."""

    legs: dict[tuple[str, str], Facts] = field(default_factory=dict)
    restarts: dict[str, list[int]] = field(default_factory=dict)
    clocks: dict[str, tuple[int, int]] = field(default_factory=dict)  # (event time, append time)
    senders: dict[str, set[str]] = field(default_factory=dict)
    appended_at: int = 0
    seen: dict[str, tuple[int, set[str]]] = field(default_factory=dict)

    def tell(self, event: Event, appended_at: int) -> None:
        if event.feed == "history":
            return
        self.appended_at = max(self.appended_at, appended_at)
        clock = self.clocks.get(event.source, (event.at, 0))[0]
        self.clocks[event.source] = (max(clock, event.at), appended_at)
        if isinstance(event, LegEvent):
            leg = self.legs.setdefault((event.queue, event.leg_id), Facts(event.source))
            if (
                isinstance(event, calls.Queued)
                and leg.source != event.source
                and _arrival(leg) is None
            ):
                # It is of the node whose queue it is in, unless the one that told of it before told the wait, too: then
                # it was counted for that one already. What the former one's restarts closed until then stays closed.
                leg.former_restarts = list(self.restarts.get(leg.source, []))
                leg.source = event.source
            leg.told.setdefault(event.event_id, event)
            self.senders.setdefault(event.queue, set()).add(event.source)
            if isinstance(event, calls.Present) and event.source in self.seen:
                self.seen[event.source][1].add(event.leg_id)
        elif isinstance(event, calls.Restarted):
            known = self.restarts.setdefault(event.source, [])
            self.restarts[event.source] = sorted({*known, event.at})
        elif isinstance(event, calls.SnapshotBegin):
            self.seen[event.source] = (event.at, set())
        elif isinstance(event, calls.SnapshotEnd):
            self._reconcile(event.source)

    def _reconcile(self, source: str) -> None:
        began_at, named = self.seen.pop(source, (0, set()))
        for (_, leg_id), facts in self.legs.items():
            known = self.believe(facts)
            if (
                facts.source == source
                and known.outcome == "open"
                and known.arrived_at is not None
                and known.arrived_at < began_at
                and leg_id not in named
            ):
                facts.unnamed.append(began_at)

    def believe(self, facts: Facts) -> Belief:
        refused = facts.times(calls.Rejected)
        if refused:
            return Belief("rejected", refused[0], refused[0], source=facts.source)
        arrived_at = _arrival(facts)
        missed = sorted(
            {(e.at, e.agent) for e in facts.told.values() if isinstance(e, calls.OfferMissed)}
        )
        found = self._left(facts, arrived_at)
        found.missed, found.source = [at for at, _ in missed], facts.source
        queued = [event for event in facts.told.values() if isinstance(event, calls.Queued)]
        if queued:
            found.is_callback = min(queued, key=lambda event: event.at).channel == "callback"
        if found.left_at is not None and arrived_at is not None:
            found.left_at = max(found.left_at, arrived_at)
            if found.wait_ms is None:
                found.wait_ms = found.left_at - arrived_at
        if found.outcome == "answered" and found.left_at is not None:
            self._serve(facts, found, found.left_at)
        return found

    def _left(self, facts: Facts, arrived_at: int | None) -> Belief:
        answers = sorted(
            (e.at, e.agent, -1 if e.wait_ms is None else e.wait_ms)
            for e in facts.told.values()
            if isinstance(e, calls.Answered)
        )
        if answers:
            at, _, told = answers[0]
            return Belief("answered", arrived_at, at, None if told < 0 else told)
        resumed = max(facts.times(calls.Resumed), default=0)
        exits = sorted(
            (e.at, EXITS[type(e)], -1 if e.wait_ms is None else e.wait_ms)
            for e in facts.told.values()
            if type(e) in EXITS and e.at > resumed
        )
        if exits:
            at, outcome, told = exits[0]
            return Belief(outcome, arrived_at, at, None if told < 0 else told)
        ended = facts.times(calls.Ended)
        if ended:
            return Belief("answered", arrived_at, ended[0])
        return self._given_up(facts, arrived_at)

    def _given_up(self, facts: Facts, arrived_at: int | None) -> Belief:
        """The first restart of its platform, or the first complete snapshot without it, ends a leg."""
        signs = facts.times(calls.Resumed, calls.Present)
        since = max([arrived_at or min(facts.times(LegEvent)), *signs])
        ends = [
            (at, "dropped")
            for at in [*facts.former_restarts, *self.restarts.get(facts.source, [])]
            if at > since
        ]
        ends += [(at, "ghost") for at in facts.unnamed if at > since]
        if not ends:
            return Belief("open", arrived_at)
        at, outcome = min(ends)
        return Belief(outcome, arrived_at, at)

    def _serve(self, facts: Facts, found: Belief, left_at: int) -> None:
        ended, started = facts.times(calls.Ended), facts.times(calls.WrapStarted)
        lost = [
            at
            for at in [*facts.former_restarts, *self.restarts.get(facts.source, [])]
            if at > left_at
        ]
        if ended:
            found.ended_at = max(ended[0], left_at)
            if facts.times(calls.Answered):
                found.talk_ms = max(0, ended[0] - left_at)
        elif lost:
            found.ended_at = lost[0]
        wrapped = facts.times(calls.WrapEnded)
        if wrapped and (started or ended):
            found.wrapped_at = wrapped[-1]
            found.wrap_ms = max(0, wrapped[-1] - (started or ended)[0])

    # ---- figures -----------------------------------------------------------------------------

    def believed(self, queue: str) -> dict[str, Belief]:
        """Every leg of the queue that can be placed in time."""
        found = {leg: self.believe(facts) for (q, leg), facts in self.legs.items() if q == queue}
        return {leg: each for leg, each in found.items() if each.arrived_at is not None}

    def as_of(self, queue: str) -> int | None:
        """The slowest clock of the sources that are not silent; None when all are."""
        live = [
            at
            for source, (at, appended_at) in self.clocks.items()
            if source in self.senders.get(queue, ())
            and self.appended_at - appended_at <= STALE_AFTER_MS
        ]
        return min(live, default=None)


def _arrival(facts: Facts) -> int | None:
    queued = facts.times(calls.Queued)
    told = [
        e.at - e.wait_ms
        for e in facts.told.values()
        if isinstance(e, calls.Answered | calls.Abandoned) and e.wait_ms is not None
    ]
    return min(queued or told, default=None)


def counts(legs: Iterable[Belief], promises: list[Promise], start: int, end: int) -> dict[str, int]:
    """Everything that happens in `[start, end)`; counters that are 0 are left out."""
    found: dict[str, int] = {}

    def add(at: int | None, name: str, n: int = 1) -> None:
        if at is not None and start <= at < end and n:
            found[name] = found.get(name, 0) + n

    for leg in legs:
        if leg.outcome == "rejected":
            add(leg.arrived_at, "rejected")
            continue
        add(leg.arrived_at, "offered")
        for at in leg.missed:
            add(at, "missed_offers")
        if leg.outcome == "open":
            continue
        promise = _promise(promises, leg.arrived_at or 0)
        wait = leg.wait_ms or 0
        add(leg.left_at, leg.outcome)
        if leg.is_callback:
            for name, n in _of_call_back(leg, promise):
                add(leg.left_at, name, n)
        if leg.outcome in ("answered", "abandoned"):
            add(
                leg.left_at,
                {"answered": "answer", "abandoned": "abandon"}[leg.outcome] + "_wait_ms",
                wait,
            )
            if promise is not None and wait <= promise[1]:
                add(leg.left_at, f"{leg.outcome}_in_target")
        if leg.outcome == "abandoned" and promise is not None and wait < promise[2]:
            add(leg.left_at, "short_abandoned")
        add(leg.ended_at, "service_ended")
        if leg.talk_ms is not None:
            add(leg.ended_at, "service_timed")
            add(leg.ended_at, "talk_hold_ms", leg.talk_ms)
        if leg.wrap_ms is not None:
            add(leg.wrapped_at, "wrap_timed")
            add(leg.wrapped_at, "wrap_ms", leg.wrap_ms)
    return found


def _of_call_back(leg: Belief, promise: Promise | None) -> Iterator[tuple[str, int]]:
    """What a call back counts as besides, when it leaves the queue."""
    wait = leg.wait_ms or 0
    if leg.outcome == "ghost":
        return
    yield "callback_left", 1
    if leg.outcome == "answered":
        yield "callback_answered", 1
        yield "callback_answer_wait_ms", wait
    if leg.outcome in ("answered", "abandoned") and promise is not None:
        yield f"callback_{leg.outcome}_in_target", int(wait <= promise[1])
    if leg.outcome == "abandoned" and promise is not None:
        yield "callback_short_abandoned", int(wait < promise[2])


def _promise(promises: list[Promise], at: int) -> Promise | None:
    """The newest that is valid; a queue's first one holds from the beginning of time."""
    valid = [each for place, each in enumerate(promises) if place == 0 or each[0] <= at]
    return valid[-1] if valid else None


def line(legs: Iterable[Belief], at: int) -> tuple[int, int | None, int]:
    """(waiting, arrival of the first of them, in service) as of `at`: arrived before, not left before."""
    waiting, in_service = [], 0
    for leg in legs:
        if leg.outcome == "rejected" or leg.arrived_at is None:
            continue
        if leg.arrived_at < at and (leg.left_at is None or leg.left_at >= at):
            waiting.append(leg.arrived_at)
        if leg.outcome == "answered" and leg.left_at is not None and leg.left_at < at:
            in_service += leg.ended_at is None or leg.ended_at >= at
    return len(waiting), min(waiting, default=None), in_service
