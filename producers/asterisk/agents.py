"""The states of agents, from lines of queue_log; a line that changes no state gives no event. Pure.

Asterisk pauses a member in each queue separately. An agent is not ready if paused in all of his known
queues, and names those in which he is paused if he is not. `PAUSEALL` is followed by one `PAUSE` for each
queue; those change nothing more.
"""

from collections.abc import Iterator

from msgspec import Struct, field

from producers.asterisk.lines import NOBODY, Line
from schemas.agents import Activity, AgentState, RoutingState

_LOGINS = frozenset({"AGENTLOGIN", "AGENTCALLBACKLOGIN"})
_LOGOFFS = frozenset({"AGENTLOGOFF", "AGENTCALLBACKLOGOFF"})
_ENDS = frozenset(
    {
        "COMPLETEAGENT",
        "COMPLETECALLER",
        "TRANSFER",
        "BLINDTRANSFER",
        "ATTENDEDTRANSFER",
        "AGENTDUMP",
    }
)

LONGEST_REASON = 200  # the codec refuses a state with a longer one


class Agent(Struct, omit_defaults=True):
    """What is known of one agent so far; `told` is the last state that was given as an event."""

    queues: set[str] = field(default_factory=set)
    paused: dict[str, str] = field(default_factory=dict)  # queue -> reason
    paused_all: str | None = None  # the reason; None while he is not paused in all queues
    logged_out: bool = False
    activity: Activity = "idle"
    since: int = 0
    told: tuple[str, str, str, tuple[str, ...]] | None = None
    told_not_ready: tuple[
        str, ...
    ] = ()  # beside `told`, which is read from what a former release noted

    def routing(self) -> tuple[RoutingState, str]:
        if self.logged_out:
            return "logged_out", ""
        if self.paused_all is not None:
            return "not_ready", self.paused_all
        if self.queues and self.queues <= self.paused.keys():
            return "not_ready", self.paused[min(self.queues)]
        return "available", ""

    def not_ready_queues(self) -> tuple[str, ...]:
        """The queues in which an available agent is paused."""
        if self.routing()[0] != "available":
            return ()
        return tuple(sorted(self.queues & self.paused.keys()))


class AgentBook:
    """The agents of one node."""

    def __init__(self, source: str, agents: dict[str, Agent] | None = None) -> None:
        self._source = source
        self.agents = agents or {}

    def states(self, line: Line, line_id: str) -> Iterator[AgentState]:
        """The states that begin with this line."""
        if line.verb == "QUEUESTART":
            for name, agent in self.agents.items():
                if agent.activity != "idle":
                    agent.activity = "idle"
                    yield from self._changed(name, agent, line.at, line_id)
            return
        if line.agent in ("", NOBODY):
            return
        known = self.agents.get(line.agent)
        agent = known or Agent()
        if _apply(agent, line):
            self.agents[line.agent] = agent
            yield from self._changed(line.agent, agent, line.at, line_id)

    def _changed(self, name: str, agent: Agent, at: int, line_id: str) -> Iterator[AgentState]:
        routing, reason = agent.routing()
        now = (routing, agent.activity, reason, tuple(sorted(agent.queues)))
        not_ready = agent.not_ready_queues()
        if now == agent.told and not_ready == agent.told_not_ready:
            return
        if agent.told is None or now[:3] != agent.told[:3]:
            agent.since = at
        agent.told, agent.told_not_ready = now, not_ready
        yield AgentState(
            event_id=f"{name}:agent_state:{line_id}",
            at=at,
            source=self._source,
            agent=name,
            routing_state=routing,
            activity=agent.activity,
            reason=reason[:LONGEST_REASON],
            since=agent.since,
            queues=now[3],
            not_ready_queues=not_ready,
        )


def _apply(agent: Agent, line: Line) -> bool:
    """Apply the line to the agent; False for a verb that does not concern agents."""
    verb, queue = line.verb, "" if line.queue == NOBODY else line.queue
    if verb == "ADDMEMBER":
        _serve(agent, queue)
        if line.text(0).upper() == "PAUSED":
            agent.paused[queue] = ""
        else:  # a new member is not paused, whatever holds in other queues
            agent.paused_all = None
            agent.paused.pop(queue, None)
    elif verb == "REMOVEMEMBER":
        agent.queues.discard(queue)
        agent.paused.pop(queue, None)
        agent.logged_out = not agent.queues
    elif verb == "PAUSEALL" or (verb == "PAUSE" and not queue):
        agent.paused_all = line.text(0)
        agent.paused = dict.fromkeys(agent.queues, line.text(0))
    elif verb == "UNPAUSEALL" or (verb == "UNPAUSE" and not queue):
        agent.paused_all = None
        agent.paused.clear()
    elif verb == "PAUSE":
        _serve(agent, queue)  # only a member of a queue is paused there
        agent.paused[queue] = line.text(0)
    elif verb == "UNPAUSE":
        # No login where queues are known: Wazo writes it for each queue of who has logged off.
        agent.logged_out &= bool(agent.queues)
        agent.queues.add(queue)
        agent.paused_all = None
        agent.paused.pop(queue, None)
    elif verb in _LOGINS:
        agent.logged_out = False
    elif verb in _LOGOFFS:
        agent.logged_out, agent.activity = True, "idle"
    elif verb == "CONNECT":
        _serve(agent, queue)
        agent.activity = "talking"
    elif verb in _ENDS:
        agent.activity = "idle"
    else:
        return False
    return True


def _serve(agent: Agent, queue: str) -> None:
    if queue:
        agent.queues.add(queue)
    agent.logged_out = False
