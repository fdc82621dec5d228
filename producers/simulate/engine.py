"""The simulation of calls, one step after another; the same seed gives the same bytes.

Rule 1: nothing here reads a clock or a global random generator; time is that of the agenda.
Rule 2: each subject has its own random stream: with other staff the same people call at the same times.
"""

from msgspec import Struct

from producers.simulate.agenda import Agenda
from producers.simulate.arrivals import BLOCK_MS, Arrivals
from producers.simulate.callers import Answering, Callers
from producers.simulate.centre import Burst, Centre, Episode
from producers.simulate.episodes import Episodes
from producers.simulate.floor import Floor
from producers.simulate.outage import Outage
from producers.simulate.people import Agent, Leg, Visit
from producers.simulate.reporter import Reporter, Said
from producers.simulate.staff import Staff
from schemas.millis import MINUTE
from schemas.opening import is_open
from schemas.privacy import TokenKey

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class Run(Struct, frozen=True):
    """Start and seed of a simulation; its end is a time, a number of calls, or open."""

    start: int
    seed: int
    key: TokenKey
    until: int | None = None  # no new calls from then on; open calls are finished
    calls: int | None = None  # exactly so many legs come into a queue; open calls are finished
    source: str = "simulator"


class Simulation:
    """One centre from `run.start` on; `advance` continues it and returns the events of the platform."""

    def __init__(self, centre: Centre, run: Run) -> None:
        self.centre = centre
        self.run = run
        # Part of every id: runs with different starts, seeds or scenarios have no id in common.
        self.name = f"{centre.scenario.code}{_base36(run.start)}-{_base36(run.seed)}"
        self.finished_at: int | None = None  # all agents are logged out; nothing happens after it
        self.offered = 0
        self.open: dict[str, Leg] = {}  # queued and not yet complete; wrap-up counts as open
        self.complete: list[Leg] | None = None  # a list if a ledger is kept; its owner empties it
        self._demands = centre.demands
        self._index = {demand.queue: place for place, demand in enumerate(centre.demands)}
        seed = f"{centre.name}/{run.seed}/{run.start}"
        self._episodes = Episodes(centre, seed, run.start)
        self._arrivals = Arrivals(centre, seed, self._episodes)
        self._callers = Callers(centre.scenario, seed, run.key)
        self._answering = Answering(centre.scenario, seed)
        self._report = Reporter(self.name, run.source, centre.demands)
        self._floor = Floor(len(centre.demands))
        self._agenda = Agenda()
        self._staff = Staff(centre, seed, self._agenda, self._floor, self._report, self._episodes)
        self._staff.offer, self._staff.deserted = self._offer, self._deserted
        self._outage = Outage(
            self._agenda, self._staff, self._report, self._episodes, self._call, self._done
        )
        self._legs = 0
        self._closing = False
        self._staff.begin(run.start)
        self._agenda.plan(run.start, self._half_hour, None)
        if run.until is not None:
            self._agenda.plan(run.until, self._close, None)
        for episode in centre.scenario.episodes:
            self._agenda.plan(run.start + episode.after_min * MINUTE, self._begins, episode)

    @property
    def is_silent(self) -> bool:
        """The platform hangs: it reports nothing, not even ticks."""
        return self._outage.is_silent

    def advance(self, to: int) -> list[Said]:
        """Everything that happens up to and including `to`, in the order of its time."""
        for at in self._agenda.due(to):
            if self._closing and not self.open and not self._outage.is_silent:
                self._finish(at)
        return self._report.take()

    def _close(self, at: int, _: None) -> None:  # noqa: ARG002 - a step of the agenda
        self._closing = True

    def _finish(self, at: int) -> None:
        """After the last call: log out all agents; otherwise they would be shown as available for ever."""
        self._agenda.clear()
        for agent in self._staff.agents:
            if agent.mode != "out":
                self._staff.log_out(at, agent)
        self.finished_at = at

    def _begins(self, at: int, episode: Episode) -> None:
        """What an episode does at its beginning; its lasting effects are read from `Episodes`."""
        if episode.every_min is not None:
            self._agenda.plan(at + episode.every_min * MINUTE, self._begins, episode)
        if episode.missing_share:
            self._staff.go_missing(at)
        if episode.burst is not None:
            self._bursts(at, episode.burst)
        if episode.restart is not None:
            self._outage.begins(at, episode.restart, self.open)

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

    def _bursts(self, at: int, burst: Burst) -> None:
        queue, until = self._index[burst.queue], self.run.until
        times, area, draw = self._episodes.burst(burst, self._demands[queue], at)
        for arrival in times:
            visit = Visit(
                queue, self._callers.new_caller(draw), burst.topic, area, redials=burst.redials
            )
            if until is None or arrival < until:
                self._agenda.plan(arrival, self._call, visit)

    def _call(self, at: int, visit: Visit) -> None:
        """A caller reaches a queue: refused, answered by somebody free, or waiting."""
        if self._closing or self._outage.turns_away(at, visit):
            return
        turn = None if visit.contact_id else self._episodes.wrong_turn(visit.queue, at)
        queue = visit.queue if turn is None else self._index[turn.to]
        demand = self._demands[queue]
        leg_id = f"{self.name}-{self._legs}"
        leg = Leg(leg_id, visit.contact_id or leg_id, queue, at, visit, misled=turn)
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
        if turn is None:
            after, leg.leaves = self._callers.leaves_after(demand)
        else:
            after = self._episodes.within(turn.hangs_up_ms)
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
        if outcome != "abandoned":
            return
        visit, turn = leg.visit, leg.misled
        again = self._callers.redials_after(visit.tries, turn.redials if turn else visit.redials)
        if again is not None:
            self._agenda.plan(at + again, self._call, visit.again())

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
        missed, after = self._answering.rings()
        step = self._missed if missed else self._answered
        self._agenda.plan(at + after, step, (leg, agent), agent)

    def _missed(self, at: int, offer: tuple[Leg, Agent]) -> None:
        leg, agent = offer
        self._report.offer_over(leg, at, agent, missed=True)
        leg.state, leg.agent = "waiting", None
        leg.missed_offers += 1
        self._floor.waits(leg)
        self._staff.missed(at, agent, self._answering.pause_ms())
        other = self._floor.longest_idle(leg.queue)
        # No agent is idle while callers wait, so the oldest is this leg, unless the queue lost its last agent.
        oldest = self._floor.oldest((leg.queue,)) if other is not None else None
        if other is not None and oldest is not None:
            self._offer(at, oldest, other)

    def _deserted(self, at: int, queue: int) -> None:
        """The last agent of the queue has logged out: waiting callers leave (exited, empty)."""
        for leg in self._floor.everybody(queue):
            self._leave(at, leg, "exited", "empty")

    def _answered(self, at: int, offer: tuple[Leg, Agent]) -> None:
        leg, agent = offer
        leg.state, leg.outcome = "talking", "answered"
        leg.answered_at = leg.left_at = at
        self._report.answered(leg, at, agent)
        self._staff.becomes(at, agent, "talking")
        talk = self._talk_ms(at, leg, agent)
        hold = self._callers.hold() if talk > MINUTE else None
        if hold is None:
            self._agenda.plan(at + talk, self._ended, (leg, agent), agent)
            return
        share, length = hold
        before = int(talk * share)
        self._agenda.plan(at + before, self._held, (leg, agent, length, talk - before), agent)

    def _talk_ms(self, at: int, leg: Leg, agent: Agent) -> int:
        if leg.misled is not None:
            return self._callers.short_talk_ms()
        slower = self._episodes.handling(leg.queue, at)
        return self._callers.talk_ms(self._demands[leg.queue], agent.ln_shift, slower)

    def _held(self, at: int, call: tuple[Leg, Agent, int, int]) -> None:
        leg, agent, length, _ = call
        leg.held_at = at
        self._report.held(leg, at)
        self._staff.becomes(at, agent, "hold")
        self._agenda.plan(at + length, self._unheld, call, agent)

    def _unheld(self, at: int, call: tuple[Leg, Agent, int, int]) -> None:
        leg, agent, _, rest = call
        leg.hold_ms = at - leg.held_at
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
        wrap = self._answering.wrap_ms(demand, self._episodes.handling(leg.queue, at))
        self._agenda.plan(at + wrap, self._wrap_over, (leg, agent), agent)
        if moves and target is not None:
            self._call(
                at,
                Visit(
                    self._index[target],
                    leg.visit.caller,
                    leg.visit.topic,
                    leg.visit.area,
                    contact_id=leg.contact_id,
                ),
            )

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
