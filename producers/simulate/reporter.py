"""The events of the simulated platform, with stable ids, in the order in which things happen."""

from producers.simulate.centre import Demand
from producers.simulate.people import Agent, Leg, Mode
from schemas import calls
from schemas.agents import Activity, AgentState, RoutingState

Said = tuple[str, calls.LegFact | calls.SourceMark | AgentState]  # topic and event
_SHOWN: dict[Mode, tuple[RoutingState, Activity]] = {
    "out": ("logged_out", "idle"),
    "idle": ("available", "idle"),
    "ringing": ("available", "ringing"),
    "talking": ("available", "talking"),
    "hold": ("available", "hold"),
    "wrap": ("available", "wrap"),
    "away": ("not_ready", "idle"),
}


class Reporter:
    """Collects events until `take`. Ids are made from the run, the leg and the type of the event."""

    def __init__(self, run: str, source: str, demands: tuple[Demand, ...]) -> None:
        self._run = run
        self._source = source
        self._queues = [demand.queue for demand in demands]
        self._said: list[Said] = []
        self._say = self._said.append  # called for each event: looked up once

    def take(self) -> list[Said]:
        said = self._said.copy()
        self._said.clear()
        return said

    def restarted(self, at: int) -> None:
        """The mark for both topics: open legs and logins of this source are lost."""
        mark = calls.Restarted(event_id=f"{self._run}:restarted:{at}", at=at, source=self._source)
        self._said += (("calls", mark), ("agents", mark))

    def queued(self, leg: Leg, at: int) -> None:
        visit = leg.visit
        self._say(
            (
                "calls",
                calls.Queued(
                    event_id=f"{leg.leg_id}:q",
                    at=at,
                    source=self._source,
                    queue=self._queues[leg.queue],
                    leg_id=leg.leg_id,
                    contact_id=leg.contact_id,
                    caller=visit.caller,
                    topic=visit.topic,
                    area=visit.area,
                ),
            )
        )

    def rejected(self, leg: Leg, at: int, *, closed: bool) -> None:
        self._say(
            (
                "calls",
                calls.Rejected(
                    event_id=f"{leg.leg_id}:r",
                    at=at,
                    source=self._source,
                    queue=self._queues[leg.queue],
                    leg_id=leg.leg_id,
                    contact_id=leg.contact_id,
                    caller=leg.visit.caller,
                    reason="closed" if closed else "no_agents",
                ),
            )
        )

    def offered(self, leg: Leg, at: int, agent: Agent) -> None:
        self._say(
            (
                "calls",
                calls.Offered(
                    event_id=f"{leg.leg_id}:o{leg.offers}",
                    at=at,
                    source=self._source,
                    queue=self._queues[leg.queue],
                    leg_id=leg.leg_id,
                    contact_id=leg.contact_id,
                    agent=agent.agent,
                ),
            )
        )

    def offer_over(self, leg: Leg, at: int, agent: Agent, *, missed: bool) -> None:
        kind = calls.OfferMissed if missed else calls.OfferCancelled
        self._say(
            (
                "calls",
                kind(
                    event_id=f"{leg.leg_id}:{'m' if missed else 'c'}{leg.offers}",
                    at=at,
                    source=self._source,
                    queue=self._queues[leg.queue],
                    leg_id=leg.leg_id,
                    contact_id=leg.contact_id,
                    agent=agent.agent,
                ),
            )
        )

    def answered(self, leg: Leg, at: int, agent: Agent) -> None:
        self._say(
            (
                "calls",
                calls.Answered(
                    event_id=f"{leg.leg_id}:a",
                    at=at,
                    source=self._source,
                    queue=self._queues[leg.queue],
                    leg_id=leg.leg_id,
                    contact_id=leg.contact_id,
                    agent=agent.agent,
                ),
            )
        )

    def held(self, leg: Leg, at: int) -> None:
        self._say(
            (
                "calls",
                calls.Held(
                    event_id=f"{leg.leg_id}:h",
                    at=at,
                    source=self._source,
                    queue=self._queues[leg.queue],
                    leg_id=leg.leg_id,
                    contact_id=leg.contact_id,
                ),
            )
        )

    def unheld(self, leg: Leg, at: int) -> None:
        self._say(
            (
                "calls",
                calls.Unheld(
                    event_id=f"{leg.leg_id}:u",
                    at=at,
                    source=self._source,
                    queue=self._queues[leg.queue],
                    leg_id=leg.leg_id,
                    contact_id=leg.contact_id,
                ),
            )
        )

    def ended(self, leg: Leg, at: int, *, transferred: bool, by_caller: bool) -> None:
        self._say(
            (
                "calls",
                calls.Ended(
                    event_id=f"{leg.leg_id}:e",
                    at=at,
                    source=self._source,
                    queue=self._queues[leg.queue],
                    leg_id=leg.leg_id,
                    contact_id=leg.contact_id,
                    by="transfer" if transferred else "caller" if by_caller else "agent",
                ),
            )
        )

    def left(self, leg: Leg, at: int) -> None:
        """The leg left the queue without an answer; how, is in `leg.outcome` and `leg.reason`."""
        event_id, queue = f"{leg.leg_id}:x", self._queues[leg.queue]
        if leg.outcome == "exited":
            reason: calls.ExitReason = "timeout" if leg.reason == "timeout" else "empty"
            self._say(
                (
                    "calls",
                    calls.Exited(
                        event_id=event_id,
                        at=at,
                        source=self._source,
                        queue=queue,
                        leg_id=leg.leg_id,
                        contact_id=leg.contact_id,
                        reason=reason,
                    ),
                )
            )
            return
        kind = calls.CallbackRequested if leg.outcome == "callback" else calls.Abandoned
        self._say(
            (
                "calls",
                kind(
                    event_id=event_id,
                    at=at,
                    source=self._source,
                    queue=queue,
                    leg_id=leg.leg_id,
                    contact_id=leg.contact_id,
                ),
            )
        )

    def wrap(self, leg: Leg, at: int, agent: Agent, *, over: bool) -> None:
        kind = calls.WrapEnded if over else calls.WrapStarted
        self._say(
            (
                "calls",
                kind(
                    event_id=f"{leg.leg_id}:{'z' if over else 'w'}",
                    at=at,
                    source=self._source,
                    queue=self._queues[leg.queue],
                    leg_id=leg.leg_id,
                    contact_id=leg.contact_id,
                    agent=agent.agent,
                ),
            )
        )

    def agent(self, agent: Agent, at: int) -> None:
        """The full state of the agent, which begins now."""
        agent.reports += 1
        routing_state, activity = _SHOWN[agent.mode]
        self._say(
            (
                "agents",
                AgentState(
                    event_id=f"{self._run}:{agent.agent}:{agent.reports}",
                    at=at,
                    source=self._source,
                    agent=agent.agent,
                    routing_state=routing_state,
                    activity=activity,
                    reason=agent.reason if agent.mode == "away" else "",
                    since=at,
                    queues=agent.person.queues,
                ),
            )
        )
