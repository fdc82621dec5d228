"""A seeded ledger: legs and shifts with what must become of them, and the events that tell them."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from producers.leg_events import leg_events
from schemas import calls
from schemas.agents import AgentState
from schemas.calls import FinishedLeg, LegFact, Queued
from schemas.millis import HOUR, MINUTE, SECOND, from_iso
from tests.chaos.shifts import Shifts, shifts
from tests.support.names import unique
from tests.support.recount import Recorded

START = from_iso("2026-03-02T08:00:00Z")
_OUTCOMES = {
    "answered": 60, "abandoned": 18, "exited": 5, "transferred": 3, "callback": 3, "dropped": 2,
    "rejected": 4, "open": 5,
}  # fmt: skip
_REASONS = {"exited": "timeout", "rejected": "full"}
# On, beside and far from the limits: 5 s short, 20 s target.
_WAITS = (0, 4_999, 5 * SECOND, 20 * SECOND, 20_001)


@dataclass
class Ledger:
    """Legs by id, and their events in the order of their times; `sources` are the nodes that report."""

    queues: Sequence[str]
    sources: Sequence[str]
    legs: dict[str, Recorded] = field(default_factory=dict)
    source_of: dict[str, str] = field(default_factory=dict)
    quarantined: dict[str, int] = field(default_factory=dict)  # records expected there, by reason
    shifts: Shifts = field(default_factory=Shifts)

    def told(self) -> list[LegFact | AgentState]:
        """Events of legs and states of agents, as they happen beside each other."""
        facts: list[tuple[int, LegFact | AgentState]] = [(fact.at, fact) for fact in self.events()]
        return [event for _, event in sorted([*facts, *self.shifts.told], key=lambda each: each[0])]

    def events(self, legs: Iterable[Recorded] | None = None) -> list[LegFact]:
        told = self.legs.values() if legs is None else legs
        facts = [fact for leg in told for fact in leg_events(_row(leg, self.source_of[leg.leg_id]))]
        return sorted(facts, key=lambda fact: fact.at)

    def history(self) -> list[LegFact]:
        """The closed legs as a back-fill tells them: one event a leg, of the history feed."""
        return [
            row for leg in self.legs.values()
            if isinstance(row := _row(leg, self.source_of[leg.leg_id], feed="history"), FinishedLeg)
        ]  # fmt: skip

    def add(self, leg: Recorded, source: str) -> None:
        self.legs[leg.leg_id] = leg
        self.source_of[leg.leg_id] = source

    def fresh(self) -> list[LegFact | AgentState]:
        """One more call on every queue, answered at once, and of every agent one more state.

        The ledger expects them from now on.
        """
        last = max(leg.ended_at or leg.left_at or leg.arrived_at for leg in self.legs.values())
        fresh = []
        for queue in self.queues:
            at = last + SECOND
            leg = Recorded(unique("fresh"), queue, at, "answered", at + SECOND, at + 2 * SECOND)
            self.add(leg, self.sources[0])
            fresh.append(leg)
        return [*self.events(fresh), *self.shifts.fresh()]

    def moved(self, source: str, by_ms: int) -> None:
        """What the ledger expects when the clock of `source` is wrong by so much."""
        for leg in list(self.legs.values()):
            if self.source_of[leg.leg_id] == source:
                times = ("arrived_at", "left_at", "ended_at", "wrap_ended_at")
                told = {name: getattr(leg, name) for name in times}
                moved: Any = {name: at + by_ms for name, at in told.items() if at is not None}
                self.legs[leg.leg_id] = replace(leg, **moved)


def ledger(
    queues: Sequence[str], seed: int, legs: int, *, start: int = START, span_ms: int = 30 * MINUTE,
    sources: int = 2, agents: int = 0,
) -> Ledger:  # fmt: skip
    """`legs` legs that arrive within `span_ms`, spread over the queues; each source has its share.

    `agents` people work beside them all the time.

    The span is shorter than any cap by which the stream closes a leg by itself.
    """
    assert span_ms < HOUR
    chance = random.Random(seed)
    name = unique(f"leg-{seed}")
    made = Ledger(queues, [f"{name}-node{number}" for number in range(sources)])
    for number in range(legs):
        made.add(
            _leg(chance, f"{name}-{number}", chance.choice(queues), start, span_ms),
            chance.choice(made.sources),
        )
    if agents:
        made.shifts = shifts(queues, made.sources[0], chance, agents, start, span_ms)
        made.quarantined = {"ahead_of_broker": made.shifts.ahead}
    return made


def _leg(chance: random.Random, leg_id: str, queue: str, start: int, span_ms: int) -> Recorded:
    outcome = chance.choices(list(_OUTCOMES), list(_OUTCOMES.values()))[0]
    arrived_at = start + chance.randrange(span_ms)
    if outcome == "open":
        return Recorded(leg_id, queue, arrived_at, outcome)
    if outcome == "rejected":
        return Recorded(leg_id, queue, arrived_at, outcome, arrived_at)
    left_at = arrived_at + chance.choice((*_WAITS, chance.randrange(2 * MINUTE)))
    if outcome != "answered":
        return Recorded(leg_id, queue, arrived_at, outcome, left_at)
    ended_at = left_at + chance.randrange(SECOND, 5 * MINUTE)
    wrapped = ended_at + chance.randrange(MINUTE) if chance.random() < 0.5 else None
    return Recorded(leg_id, queue, arrived_at, outcome, left_at, ended_at, wrapped)


def _row(leg: Recorded, source: str, feed: calls.Feed = "live") -> FinishedLeg | Queued:
    """The leg as the record that `leg_events` takes apart."""
    names: dict[str, Any] = {
        "source": source, "queue": leg.queue, "leg_id": leg.leg_id, "event_id": f"{leg.leg_id}:leg",
        "feed": feed,
    }  # fmt: skip
    if leg.outcome == "open":
        return Queued(at=leg.arrived_at, **names)
    assert leg.left_at is not None
    outcome: Any = leg.outcome
    return FinishedLeg(
        at=leg.left_at, outcome=outcome, arrived_at=leg.arrived_at, left_at=leg.left_at,
        answered_at=leg.left_at if leg.outcome == "answered" else None, ended_at=leg.ended_at,
        wrap_ended_at=leg.wrap_ended_at,
        reason=_REASONS.get(leg.outcome, ""), agent="ann" if leg.outcome == "answered" else "", **names,
    )  # fmt: skip
