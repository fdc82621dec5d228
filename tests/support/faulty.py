"""A simulated stretch with faults, and what three parties make of it: the floor, the recount, the core.

The core gets what Kafka would hold: events as bytes, each in the partition of its queue, marks in all.
"""

import csv
import io
from dataclasses import dataclass

from msgspec.structs import replace

from producers.contract import RawRecord
from producers.simulate.centre import Centre, Scenario
from producers.simulate.engine import Run, Simulation
from producers.simulate.faults.catalogue import FaultyRun, chain
from producers.simulate.faults.expected import write_expected
from producers.simulate.faults.feed import FaultyFeed
from producers.simulate.faults.parcel import Fault
from producers.simulate.faults.recount import Recount
from producers.simulate.ledger import Ledger
from producers.simulate.live import Reported
from producers.simulate.municipality import municipality
from producers.simulate.nodes import Nodes
from producers.simulate.source import CATCHING_UP_TICK_MS, LIVE_TICK_MS, Source
from schemas.agents import AgentState
from schemas.calls import LegFact, Mark, SourceMark
from schemas.codec import encode
from schemas.legs import LegRow
from schemas.millis import HOUR, MINUTE, SECOND, from_iso, iso
from schemas.privacy import key_from_secret
from schemas.quarantine import Quarantined
from schemas.queues_toml import parse_queues
from schemas.targets import Targets, TargetsVersion
from streams.core.calls_unit import CallsUnit
from streams.core.roster import Roster
from streams.core.rule_catalogue import RULE_TABLES
from streams.core.unit import Record
from streams.plumbing.partitions import partition_of
from tests.support.sources import ROOT
from tests.support.story import Outputs
from tests.support.unexplained import unexplained_by_queue

KEY = key_from_secret(b"a secret of tests")
MORNING = from_iso("2026-11-25T07:00:00+02:00")
PARTITIONS = 2
# Somebody must wait for a restart or a snapshot to have anything to lose.
BUSY = Scenario("busy", "y", volume=1.4)
_AT_ONCE = 20_000  # records between two checkpoints

Line = dict[str, str]


class HandClock:
    """Stands where it is put."""

    def __init__(self) -> None:
        self.now = 0
        self.stopped = False

    def now_ms(self) -> int:
        return self.now

    def wait(self, duration_ms: int) -> None:
        self.now += duration_ms


class Topic:
    """The records of topic `calls`, by partition, appended at the clock's time."""

    def __init__(self, clock: HandClock) -> None:
        self._clock = clock
        self.partitions: list[list[Record]] = [[] for _ in range(PARTITIONS)]

    def send_call(self, event: LegFact) -> None:
        self.send_bytes("calls", event.queue, encode(event))

    def send_agent(self, event: AgentState) -> None:
        """Agents have no part in the ledger."""

    def send_mark(self, topic: str, mark: SourceMark) -> None:
        if topic == "calls":
            for partition in range(PARTITIONS):
                self._append(partition, mark.source.encode(), encode(mark))

    def send_bytes(self, topic: str, key: str, value: bytes) -> None:
        if topic == "calls":
            data = key.encode()
            self._append(partition_of(data, PARTITIONS), data, value)

    def flush(self) -> None:
        """Everything is there."""

    def _append(self, partition: int, key: bytes, value: bytes) -> None:
        records = self.partitions[partition]
        records.append(Record(len(records), self._clock.now, key, value))


def small_centre() -> Centre:
    """Three centres of the municipality: enough for three nodes, and a fifth of the events."""
    whole = municipality(BUSY)
    demands = tuple(each for each in whole.demands if each.centre in {"water", "hr", "fleet"})
    queues = {each.queue for each in demands}
    people = tuple(each for each in whole.people if set(each.queues) <= queues)
    return replace(whole, demands=demands, people=people)


@dataclass(frozen=True)
class Played:
    delivered: list[Reported]
    topic: Topic
    faults: dict[str, Fault]
    truth: dict[str, Line]
    expected: dict[str, Line]
    refused: dict[str, int]


def play(
    faults: tuple[str, ...], seed: int, *, hours: float = 3, sources: int = 3, live: bool = False,
    start: int = MORNING,
) -> Played:  # fmt: skip
    """A bounded run to its end; `live` has it sent as it happens, else a day later and at once."""
    until = start + int(hours * HOUR)
    simulation = Simulation(small_centre(), Run(start, seed, KEY, until=until))
    simulation.complete = []
    nodes = Nodes(simulation.centre, "node", sources)
    tick_ms = LIVE_TICK_MS if live else CATCHING_UP_TICK_MS
    source = Source(simulation, tick_ms, nodes)
    struck = chain(faults, seed, FaultyRun(simulation.name, nodes.names, start))
    feed = FaultyFeed(source, struck)
    clock, recount = HandClock(), Recount()
    topic = Topic(clock)
    delivered: list[Reported] = []
    while not feed.ended:
        assert feed.at < start + 48 * HOUR, "the run does not end"
        clock.now = feed.at + (SECOND if live else 24 * HOUR)
        step = feed.upto(feed.at + (SECOND if live else 10 * MINUTE))
        for name, event in step:
            _hand_over(topic, name, event)
            recount.delivered(name, event, clock.now)
        delivered += step
    truth, expected = io.StringIO(), io.StringIO()
    Ledger(truth, simulation.centre.demands).add(simulation.complete)
    write_expected(expected, recount)
    return Played(delivered, topic, struck, _lines(truth), _lines(expected), recount.refused)


def _hand_over(
    sink: Topic, topic: str, event: LegFact | SourceMark | AgentState | RawRecord
) -> None:
    if isinstance(event, RawRecord):
        sink.send_bytes(topic, event.key, event.value)
    elif isinstance(event, Mark):
        sink.send_mark(topic, event)
    elif isinstance(event, AgentState):
        sink.send_agent(event)
    else:
        sink.send_call(event)


def _lines(file: io.StringIO) -> dict[str, Line]:
    file.seek(0)
    return {line["leg_id"]: line for line in csv.DictReader(file)}


@dataclass(frozen=True)
class Counted:
    """What the core made of a topic: newest leg rows, what it set aside, its totals and its books."""

    legs: dict[str, LegRow]
    quarantined: list[Quarantined]
    totals: dict[str, dict[str, int]]  # by queue: added less reversed
    unexplained: int


def shipped_targets() -> dict[str, Targets]:
    file = parse_queues((ROOT / "deploy" / "queues.toml").read_text(), RULE_TABLES)
    return {each.queue: each for each in file.queues}


def count(topic: Topic, targets: dict[str, Targets]) -> Counted:
    version = TargetsVersion(1, 0, 0, "UTC", tuple(targets.values()))
    outputs, totals, unexplained = Outputs(), {}, 0
    for partition, records in enumerate(topic.partitions):
        unit = CallsUnit(partition, 1, Roster())
        unit.set_targets([version])
        unit.start(0)
        for first in range(0, len(records), _AT_ONCE):
            unit.apply(records[first : first + _AT_ONCE])
            outputs.take(unit)
        for each in unit.committed_totals():
            totals[each.queue] = {
                name: getattr(each.added, name) - getattr(each.reversed, name)
                for name in each.added.__struct_fields__
            }
        unexplained += sum(unexplained_by_queue(unit).values())
    legs = {leg: row for (_, (leg, _, _)), row in outputs.legs.items()}
    return Counted(legs, outputs.quarantined, totals, unexplained)


def as_line(row: LegRow) -> Line:
    """A leg of the core in the columns of the ledger that both have."""
    known = "end_unknown" not in row.flags and row.outcome == "answered"
    return {
        "leg_id": row.leg_id,
        "contact_id": row.contact_id,
        "queue": row.queue,
        "caller": row.caller,
        "arrived_at": iso(row.arrived_at),
        "answered_at": _time(row.answered_at),
        "left_at": _time(row.left_at),
        "ended_at": _time(row.ended_at if known else None),
        "outcome": row.outcome,
        "agent": row.agent,
        "reason": "" if row.outcome == "answered" else row.reason,
        "missed_offers": str(row.missed_offers),
        "wrap_ended_at": _time(row.wrap_ended_at),
        "topic": row.topic,
        "area": row.area,
    }


def differences(expected: dict[str, Line], legs: dict[str, LegRow]) -> list[str]:
    """One line a leg that the recount and the core see differently."""
    found = []
    for leg in sorted(expected.keys() | legs.keys()):
        wanted = expected.get(leg)
        got = as_line(legs[leg]) if leg in legs else None
        if wanted is None or got is None:
            found.append(f"{leg}: recount {wanted}, core {got}")
            continue
        odd = {name: (wanted[name], got[name]) for name in got if wanted[name] != got[name]}
        if odd:
            found.append(f"{leg}: {odd}")
    return found


def _time(at: int | None) -> str:
    return "" if at is None else iso(at)
