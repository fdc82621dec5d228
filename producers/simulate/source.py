"""A simulation as a source: its events, with ticks in between and `end_of_input` at the end."""

from producers.simulate.engine import Simulation
from producers.simulate.nodes import Nodes
from producers.simulate.reporter import Said
from schemas.agents import AgentState
from schemas.calls import EndOfInput, Restarted, SourceMark, Tick
from schemas.millis import SECOND

CATCHING_UP_TICK_MS = 5 * SECOND
LIVE_TICK_MS = (
    CATCHING_UP_TICK_MS // 2
)  # on each boundary of decisions, and once in between: figures are never 5 s old
_TOPICS = ("calls", "agents")


class Source:
    """Advances a simulation. A tick at t means that everything up to t has been reported before it."""

    def __init__(
        self, simulation: Simulation, tick_ms: int = CATCHING_UP_TICK_MS, nodes: Nodes | None = None
    ) -> None:
        self.simulation = simulation
        self._nodes = nodes
        self.at = simulation.run.start
        self.tick_ms = tick_ms
        self.ended = False

    def go_on_from(self, to: int) -> None:
        """Skip everything up to `to`: an earlier run with the same seed has sent it."""
        self.simulation.advance(to)
        self.at = to
        self.ended = self.simulation.finished_at is not None

    def upto(self, to: int) -> list[Said]:
        """(topic, event) of everything up to and including `to`, in the order of time."""
        said: list[Said] = []
        while not self.ended and self.at < to:
            tick_at = (self.at // self.tick_ms + 1) * self.tick_ms
            self.at = min(tick_at, to)
            said += self.simulation.advance(self.at)
            if self.simulation.finished_at is not None:
                self.at = self.simulation.finished_at
                said += self._marks(EndOfInput, "end", self.at)
                self.ended = True
            elif self.at == tick_at and not self.simulation.is_silent:
                said += self._marks(Tick, "tick", tick_at)
        return self._spread(said)

    def restarted(self) -> list[Said]:
        """The first events of a run that does not continue the run before.

        All agents are logged out, because an agent who is off duty now would stay available for ever.
        """
        simulation, run = self.simulation, self.simulation.run
        said = self._marks(Restarted, "restarted", run.start)
        said += [
            (
                "agents",
                AgentState(
                    event_id=f"{simulation.name}:{person.agent}:0",
                    at=run.start,
                    source=run.source,
                    agent=person.agent,
                    routing_state="logged_out",
                    since=run.start,
                    queues=person.queues,
                ),
            )
            for person in simulation.centre.people
        ]
        return self._spread(said)

    def _spread(self, said: list[Said]) -> list[Said]:
        return said if self._nodes is None else self._nodes.spread(said)

    def _marks(self, kind: type[SourceMark], word: str, at: int) -> list[Said]:
        simulation = self.simulation
        event_id = f"{simulation.name}:{word}:{at}"
        mark = kind(event_id=event_id, at=at, source=simulation.run.source)
        return [(topic, mark) for topic in _TOPICS]
