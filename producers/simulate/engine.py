"""The event-driven floor: what calls do, one step after another; the same seed gives the same bytes.

Rule 1: nothing here reads a clock or a global lot; time is the agenda's.
Rule 2: streams of lots are apart: with other staff the same people call at the same times.
"""

from math import exp, log
from random import Random

from msgspec import Struct

from producers.simulate.agenda import Agenda
from producers.simulate.arrivals import BLOCK_MS, Arrivals
from producers.simulate.callers import Callers
from producers.simulate.centre import Centre
from producers.simulate.floor import Floor
from producers.simulate.people import Agent, Leg, Visit
from producers.simulate.reporter import Reporter, Said
from producers.simulate.staff import Staff
from schemas.millis import MINUTE, SECOND
from schemas.opening import is_open
from schemas.privacy import TokenKey

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_LONGEST_WRAP_MS = 10 * MINUTE
_SHORT_TALK_MS = 10 * SECOND


class Run(Struct, frozen=True):
    """Where a simulation begins and what its lots are; bounded by a time, by a count, or not at all."""

    start: int
    seed: int
    key: TokenKey
    until: int | None = None  # nobody calls from here on; open calls are finished
    calls: int | None = None  # so many legs are offered, exactly; open calls are finished
    source: str = "simulator"


class Simulation:
    """One centre from `run.start` on; `advance` moves it and returns what the platform said."""

    def __init__(self, centre: Centre, run: Run) -> None:
        self.centre = centre
        self.run = run
        # Part of every id: two runs with other starts, seeds or scenarios share none.
        self.name = f"{centre.scenario.code}{_base36(run.start)}-{_base36(run.seed)}"
        self.finished_at: int | None = None  # everybody went home; nothing happens after it
        self.offered = 0
        self.open: dict[str, Leg] = {}  # queued and not yet complete, wrap-up included
        self.complete: list[Leg] | None = None  # where somebody keeps a ledger, he takes them out
        self._demands = centre.demands
        self._scenario = centre.scenario
        self._index = {demand.queue: place for place, demand in enumerate(centre.demands)}
        lots = f"{centre.name}/{run.seed}/{run.start}"
        self._arrivals = Arrivals(centre, lots)
        self._callers = Callers(centre.scenario, lots, run.key)
        self._lot = Random(f"{lots}/agents")
        self._report = Reporter(self.name, run.source, centre.demands)
        self._floor = Floor(len(centre.demands))
        self._agenda = Agenda()
        self._staff = Staff(centre, lots, self._agenda, self._floor, self._report)
        self._staff.offer, self._staff.deserted = self._offer, self._deserted
        self._legs = 0
        self._closing = False
        self._staff.begin(run.start)
        self._agenda.plan(run.start, self._half_hour, None)
        if run.until is not None:
            self._agenda.plan(run.until, self._close, None)

    def advance(self, to: int) -> list[Said]:
        """Everything that happens up to and including `to`, in the order of its time."""
        while (at := self._agenda.step(to)) is not None:
            if self._closing and not self.open:
                self._finish(at)
        return self._report.take()

    def _close(self, at: int, _: None) -> None:  # noqa: ARG002  a step of the agenda
        self._closing = True

    def _finish(self, at: int) -> None:
        """The last call is complete: everybody goes home, so that no agent stays available for ever."""
        self._agenda.clear()
        for agent in self._staff.agents:
            if agent.mode != "out":
                self._staff.log_out(at, agent)
        self.finished_at = at

    # Callers.

    def _half_hour(self, at: int, _: None) -> None:
        start = at - at % BLOCK_MS
        until = self.run.until
        for arrival, queue in self._arrivals.block(start, at):
            if until is None or arrival < until:
                self._agenda.plan(arrival, self._first_call, queue)
        if until is None or start + BLOCK_MS < until:
            self._agenda.plan(start + BLOCK_MS, self._half_hour, None)

    def _first_call(self, at: int, queue: int) -> None:
        caller = self._callers.new_caller()
        self._call(at, Visit(queue, caller, *self._callers.subject(self._demands[queue])))

    def _call(self, at: int, visit: Visit) -> None:
        """A caller reaches a queue: refused, answered by somebody free, or waiting."""
        if self._closing:
            return
        demand, queue = self._demands[visit.queue], visit.queue
        leg = Leg(f"{self.name}-{self._legs}", queue, at, visit)
        self._legs += 1
        closed = not is_open(demand.opening, self.centre.time_zone, at)
        let_in = self._callers.is_let_in() if closed else self._floor.staffed[queue] > 0
        if not let_in:
            self._refuse(at, leg, closed=closed)
            return
        self.open[leg.leg_id] = leg
        self.offered += 1
        if self.offered == self.run.calls:
            self._closing = True
        self._report.queued(leg, at)
        after, leg.leaves = self._callers.leaves_after(demand)
        self._agenda.plan(at + after, self._patience_over, leg)
        agent = self._floor.longest_idle(queue)
        if agent is None:
            self._floor.waits(leg)
        else:
            self._offer(at, leg, agent)

    def _refuse(self, at: int, leg: Leg, *, closed: bool) -> None:
        leg.outcome, leg.reason = "rejected", "closed" if closed else "no_agents"
        leg.left_at = at
        self._report.rejected(leg, at, closed=closed)
        self._done(leg)

    def _patience_over(self, at: int, leg: Leg) -> None:
        if leg.state not in ("waiting", "ringing"):
            return
        agent, ringing = leg.agent, leg.state == "ringing"
        if ringing and agent is not None:
            self._report.offer_over(leg, at, agent, missed=False)
        self._leave(at, leg, leg.leaves, "timeout" if leg.leaves == "exited" else "")
        if ringing and agent is not None:
            self._staff.is_free(at, agent)

    def _leave(self, at: int, leg: Leg, outcome: str, reason: str) -> None:
        leg.outcome, leg.reason, leg.left_at, leg.agent = outcome, reason, at, None
        self._report.left(leg, at)
        self._done(leg)
        again = self._callers.redials_after(leg.visit.tries) if outcome == "abandoned" else None
        if again is not None:
            visit = leg.visit
            self._agenda.plan(at + again, self._call, Visit(
                visit.queue, visit.caller, visit.topic, visit.area, visit.tries + 1,
            ))  # fmt: skip

    def _done(self, leg: Leg) -> None:
        leg.state = "complete"
        self.open.pop(leg.leg_id, None)
        if self.complete is not None:
            self.complete.append(leg)

    # Calls at agents.

    def _offer(self, at: int, leg: Leg, agent: Agent) -> None:
        leg.state, leg.agent = "ringing", agent
        leg.offers += 1
        self._report.offered(leg, at, agent)
        self._staff.becomes(at, agent, "ringing")
        scenario = self._scenario
        if self._lot.random() < scenario.missed_offer_share:
            after = self._lot.randrange(*scenario.missed_ring_ms)
            self._agenda.plan(at + after, self._missed, (leg, agent), agent)
        else:
            after = self._lot.randrange(*scenario.ring_ms)
            self._agenda.plan(at + after, self._answered, (leg, agent), agent)

    def _missed(self, at: int, offer: tuple[Leg, Agent]) -> None:
        leg, agent = offer
        self._report.offer_over(leg, at, agent, missed=True)
        leg.state, leg.agent = "waiting", None
        leg.missed_offers += 1
        self._floor.waits(leg)
        self._staff.missed(at, agent, self._lot.randrange(*self._scenario.missed_pause_ms))
        other = self._floor.longest_idle(leg.queue)
        # Nobody is idle while others wait, so the oldest is this leg, if the queue was not deserted.
        oldest = self._floor.oldest((leg.queue,)) if other is not None else None
        if other is not None and oldest is not None:
            self._offer(at, oldest, other)

    def _deserted(self, at: int, queue: int) -> None:
        """The last agent of the queue went home: who still waits is sent away."""
        for leg in self._floor.everybody(queue):
            self._leave(at, leg, "exited", "empty")

    def _answered(self, at: int, offer: tuple[Leg, Agent]) -> None:
        leg, agent = offer
        leg.state, leg.outcome = "talking", "answered"
        leg.answered_at = leg.left_at = at
        self._report.answered(leg, at, agent)
        self._staff.becomes(at, agent, "talking")
        talk = self._callers.talk_ms(self._demands[leg.queue])
        if talk >= _SHORT_TALK_MS:
            talk = int(talk * exp(agent.ln_shift))
        hold = self._callers.hold() if talk > MINUTE else None
        if hold is None:
            self._agenda.plan(at + talk, self._ended, (leg, agent), agent)
            return
        share, leg.hold_ms = hold
        before = int(talk * share)
        self._agenda.plan(at + before, self._held, (leg, agent, talk - before), agent)

    def _held(self, at: int, call: tuple[Leg, Agent, int]) -> None:
        leg, agent, _ = call
        self._report.held(leg, at)
        self._staff.becomes(at, agent, "hold")
        self._agenda.plan(at + leg.hold_ms, self._unheld, call, agent)

    def _unheld(self, at: int, call: tuple[Leg, Agent, int]) -> None:
        leg, agent, rest = call
        self._report.unheld(leg, at)
        self._staff.becomes(at, agent, "talking")
        self._agenda.plan(at + rest, self._ended, (leg, agent), agent)

    def _ended(self, at: int, call: tuple[Leg, Agent]) -> None:
        leg, agent = call
        demand = self._demands[leg.queue]
        target = self._callers.transfer_target(demand)
        moves = target is not None and not self._closing and self._is_staffed(at, target)
        leg.state, leg.ended_at = "wrap", at
        self._report.ended(leg, at, transferred=moves, by_caller=self._callers.hangs_up_first())
        self._report.wrap(leg, at, agent, over=False)
        self._staff.becomes(at, agent, "wrap")
        wrap_s = self._lot.lognormvariate(log(demand.wrap_median_s), self._scenario.wrap_ln_sd)
        wrap = min(_LONGEST_WRAP_MS, max(SECOND, int(wrap_s * SECOND)))
        self._agenda.plan(at + wrap, self._wrap_over, (leg, agent), agent)
        if moves and target is not None:
            self._call(at, Visit(
                self._index[target], leg.visit.caller, leg.visit.topic, leg.visit.area,
                contact_id=leg.contact_id,
            ))  # fmt: skip

    def _wrap_over(self, at: int, call: tuple[Leg, Agent]) -> None:
        leg, agent = call
        leg.wrap_ended_at = at
        self._report.wrap(leg, at, agent, over=True)
        self._done(leg)
        self._staff.is_free(at, agent)

    def _is_staffed(self, at: int, queue: str) -> bool:
        index = self._index[queue]
        opening = self._demands[index].opening
        return self._floor.staffed[index] > 0 and is_open(opening, self.centre.time_zone, at)


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits or "0"
