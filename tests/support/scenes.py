"""A scenario of the simulator as the board reads it, by the real core: `scene("sick-leave", start, 80)`; without Kafka."""

from collections.abc import Sequence

from producers.contract import RawRecord
from producers.simulate.engine import Run, Simulation
from producers.simulate.faults.catalogue import SOURCES, FaultyRun, chain
from producers.simulate.faults.feed import FaultyFeed
from producers.simulate.live import Feed, Reported
from producers.simulate.nodes import Nodes
from producers.simulate.scenarios import centre_of, faults_of
from producers.simulate.source import Source
from schemas.agents import AgentState, RosterEntry
from schemas.calls import LegFact, SourceMark
from schemas.codec import decode_as, encode
from schemas.millis import MINUTE, SECOND
from schemas.privacy import key_from_secret
from schemas.queues_toml import parse_queues
from schemas.targets import TargetsVersion
from streams.core.agents_unit import AgentsUnit
from streams.core.calls_unit import CallsUnit
from streams.core.roster import Roster
from streams.core.rule_catalogue import RULE_TABLES
from streams.core.unit import Record
from tests.support.floors import ZONE, healthy
from tests.support.floors import Record as Read
from tests.support.sources import ROOT
from tests.support.story import Outputs

_KEY = key_from_secret(b"a secret of scenes")
_STEP_MS = 15 * SECOND
_PROCESSES = ("stream", "archive", "notify", "simulate")


class Scene:
    """One partition of calls and one of agents, fed by the simulator."""

    def __init__(self, scenario: str, start: int, seed: int) -> None:
        self._source = _feed(scenario, Run(start, seed=seed, key=_KEY))
        self._roster, self._entries = Roster(), dict[str, bytes]()
        self._calls, self._agents = CallsUnit(0, 1, self._roster), AgentsUnit(0, 1)
        self._outputs = Outputs()
        self._said = {"calls": 0, "agents": 0}
        queues = parse_queues((ROOT / "deploy" / "queues.toml").read_text(), RULE_TABLES).queues
        self._targets = TargetsVersion(1, 0, 0, ZONE, queues)
        self._calls.set_targets([self._targets])
        self._calls.start(0)
        self._agents.start(0)

    def upto(self, at: int) -> None:
        """What a platform tells badly is carried second by second: the broker's time says how late it is."""
        step = SECOND if isinstance(self._source, FaultyFeed) else at - self._source.at
        while self._source.at < at:
            self._carry(min(at, self._source.at + step))

    def _carry(self, at: int) -> None:
        told = self._source.upto(at)
        if agents := self._records("agents", told, at):
            self._agents.apply(agents)
            self._take_roster()
        if calls := self._records("calls", told, at):
            self._calls.apply(calls)
            self._outputs.take(self._calls)

    def _records(self, topic: str, told: Sequence[Reported], at: int) -> list[Record]:
        """With the time of the broker: of an event that is told as it happens its own."""
        of_topic = [event for of, event in told if of == topic]
        first = self._said[topic]
        self._said[topic] += len(of_topic)
        if isinstance(self._source, FaultyFeed):
            return [Record(first + n, at, b"", _value(each)) for n, each in enumerate(of_topic)]
        return [
            Record(first + n, each.at, b"", encode(each))
            for n, each in enumerate(of_topic)
            if not isinstance(each, RawRecord)
        ]

    def _take_roster(self) -> None:
        checkpoint = self._agents.checkpoint()
        if checkpoint is None:
            return
        for output in checkpoint.outputs:
            if output.topic == "roster":
                entry = decode_as(RosterEntry, output.value)
                self._roster.update(entry)
                self._entries[entry.agent] = output.value
        self._agents.commit_done()

    def read(self, at: int) -> list[Read]:
        """What stands in the topics of the board."""
        firing = [each for each in self._outputs.alerts.values() if each.state == "firing"]
        return [
            ("targets", b"1", encode(self._targets)),
            *(("snapshots", s.queue.encode(), encode(s)) for s in self._calls.snapshots(at)),
            *(("roster", agent.encode(), entry) for agent, entry in self._entries.items()),
            *(("alerts", a.alert_id.encode(), encode(a)) for a in firing),
            *(("health", f"{name}/1".encode(), encode(healthy(name, at))) for name in _PROCESSES),
        ]


def _value(event: LegFact | SourceMark | AgentState | RawRecord) -> bytes:
    return event.value if isinstance(event, RawRecord) else encode(event)


def _feed(scenario: str, run: Run) -> Feed:
    simulation, faults = Simulation(centre_of(scenario), run), faults_of(scenario)
    if not faults:
        return Source(simulation)
    nodes = Nodes(simulation.centre, simulation.name, SOURCES)
    source = Source(simulation, nodes=nodes)
    return FaultyFeed(source, chain(faults, run.seed, FaultyRun(simulation.name, nodes.names, run.start)))  # fmt: skip


def scene(scenario: str, start: int, minutes: int, seed: int = 2) -> list[Read]:
    """What the board has read so many minutes after the start."""
    shown, end = Scene(scenario, start, seed), start + minutes * MINUTE
    for at in range(start + _STEP_MS, end + 1, _STEP_MS):
        shown.upto(at)
    return shown.read(end)
