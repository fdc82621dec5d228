"""What the alert rules cost: CPU of a call event and of a snapshot in the pure core, by the set of rules that is on.

Each set has a unit of `calls` and one of `reports` of its own, and all are fed the same records by turns, 17 seconds of event time at
once: whatever else runs on the machine slows all of them alike. A figure is the median of the rounds, each of other
traffic; a ratio is the median of the ratios of a round.
"""

import argparse
import gc
import statistics
import time
import tomllib
from collections.abc import Iterator
from itertools import groupby

from msgspec import Struct, field
from msgspec.structs import replace

from producers.simulate.bench import bench_centre
from producers.simulate.centre import Centre, Episode
from producers.simulate.engine import Run, Simulation
from producers.simulate.reporter import Said
from producers.simulate.source import Source
from schemas.agents import RosterEntry
from schemas.alerts import Alert
from schemas.codec import decode_as, encode
from schemas.millis import HOUR, MINUTE, SECOND, from_iso
from schemas.privacy import key_from_secret
from schemas.profiles import SLOT_MS, SLOTS, Profile
from schemas.queues_toml import parse_queues
from schemas.targets import TargetsVersion
from schemas.timing import IDLE_SHOWN_EVERY_MS
from streams.core.agents_unit import AgentsUnit
from streams.core.calls_unit import CallsUnit
from streams.core.profiles import Profiles
from streams.core.reports_unit import ReportsUnit
from streams.core.roster import Roster
from streams.core.rule_catalogue import RULE_TABLES
from streams.core.unit import Checkpoint, Output, Record
from tests.bench.decided import settings
from tests.bench.part import Bench, Part
from tests.support.services import ROOT


def _shipped() -> dict[str, object]:
    """The rules that every queue of the demonstration has."""
    found: dict[str, object] = tomllib.loads((ROOT / "deploy" / "queues.toml").read_text())
    defaults: dict[str, dict[str, object]] = found["defaults"]  # type: ignore[assignment]
    return defaults["alerts"]


# The sets of rules that are compared. `two` are those that existed before rules needed agents or profiles.
SETS: dict[str, tuple[str, ...]] = {
    "none": (),
    "two": ("abandonment", "oldest_wait"),
    "shipped": tuple(_shipped()),
    "all": tuple(RULE_TABLES),
}
STEP_MS = (
    17 * SECOND
)  # no multiple of a boundary: snapshots are asked for at every phase of a minute
WARM_MS = (
    40 * MINUTE
)  # not measured: the first hour of a day is cheaper, for rules have too few calls
CALLS_AN_HOUR = 100.0  # of each queue
ROUNDS = 3

_SPARE = 1.3  # staff for so many times the calls: with less every queue breaches
_START = from_iso("2026-11-23T08:00:00Z")  # a Monday
_QUEUES_A_CENTRE = 10
_TOPICS, _AREAS = ("leak", "no water", "pressure"), tuple(f"area-{n:02d}" for n in range(40))
_SHOWN_STEPS, _SHOWN_ONE_IN = (
    4,
    4,
)  # snapshots are asked for a minute long, and then left out for three
_AT_ONCE_MS = 5 * MINUTE


class Step(Struct):
    """What the worker reads next: agents first, then records of calls up to `at`."""

    at: int
    agents: list[RosterEntry]
    calls: list[Record]


class Spent(Struct):
    """By one set of rules in one round. `written`: alert records by rule."""

    records: int = 0
    records_s: float = 0.0
    snapshots: int = 0
    snapshots_s: float = 0.0
    reports_s: float = 0.0
    written: dict[str, int] = field(default_factory=dict)

    def with_reports_us(self) -> float:
        """A record of calls, with what it costs in the unit of `reports`."""
        return (self.records_s + self.reports_s) / self.records * 1e6

    def record_us(self) -> float:
        """With its share of checkpoints."""
        return self.records_s / self.records * 1e6

    def snapshot_us(self) -> float:
        return self.snapshots_s / self.snapshots * 1e6


_FIGURES = {
    "event": Spent.record_us,
    "event_with_reports": Spent.with_reports_us,
    "snapshot": Spent.snapshot_us,
}


class Worker:
    """One unit of `calls` with a set of rules, and the unit of `reports` that it tells."""

    def __init__(self, rules: tuple[str, ...], queues: int) -> None:
        profiles = Profiles()
        for number in range(queues):
            profiles.update(profile_of(queue_name(number)))
        self.roster = Roster()
        self.unit = CallsUnit(0, 1, self.roster, profiles=profiles)
        toml = parse_queues(queues_toml(rules, queues), RULE_TABLES)
        self.reports = ReportsUnit(0, 1)
        for unit in (self.unit, self.reports):
            unit.start(0)
            unit.set_targets([TargetsVersion(1, 0, 0, "UTC", tuple(toml.queues))])
        self.spent = Spent()

    def read(self, step: Step) -> list[Output]:
        """Count the step, and write what it changed."""
        for entry in step.agents:
            self.roster.update(entry)
        began = time.process_time()
        if step.calls:
            self.unit.apply(step.calls)
        written = self.unit.checkpoint()
        self.unit.commit_done()
        self.spent.records_s += time.process_time() - began
        self.spent.records += len(step.calls)
        outputs = _outputs(written)
        return outputs + self._across(step.at, outputs)

    def _across(self, at: int, outputs: list[Output]) -> list[Output]:
        """What the unit of `reports` writes, once it has read what it was told."""
        offset, told = self.reports.next_offset or 0, [o for o in outputs if o.topic == "reports"]
        records = [Record(offset + n, at, o.key, o.value) for n, o in enumerate(told)]
        began = time.process_time()
        if records:
            self.reports.apply(records)
        written = self.reports.checkpoint()
        self.reports.commit_done()
        self.spent.reports_s += time.process_time() - began
        return _outputs(written)

    def show(self, at: int) -> None:
        """Snapshots of each queue until the next step, as often as one that is quiet is shown."""
        for now in range(at, at + STEP_MS, IDLE_SHOWN_EVERY_MS):
            began = time.process_time()
            found = self.unit.snapshots(now)
            self.spent.snapshots_s += time.process_time() - began
            self.spent.snapshots += len(found)

    def note(self, outputs: list[Output]) -> None:
        """Count the alerts; what is set aside is an error of the benchmark."""
        for output in outputs:
            if output.topic == "quarantine":
                raise AssertionError(f"the core refuses a record: {output.value!r}")
            if output.topic == "alerts":
                rule = decode_as(Alert, output.value).rule
                self.spent.written[rule] = self.spent.written.get(rule, 0) + 1


def measured(queues: int, hours: float, rounds: int) -> list[dict[str, Spent]]:
    """Of each round, by set of rules."""
    return [_round(queues, hours, seed) for seed in range(1, rounds + 1)]


def figures(rounds: list[dict[str, Spent]]) -> dict[str, dict[str, float]]:
    """As they stand in build/bench.json: µs by set, and how many times as much as with fewer rules."""

    def median(of: Iterator[float], digits: int) -> float:
        return round(statistics.median(of), digits)

    found: dict[str, dict[str, float]] = {}
    for what, us in _FIGURES.items():
        found[f"rules_{what}_us"] = {
            name: median((us(each[name]) for each in rounds), 1) for name in SETS
        }
        found[f"rules_{what}_all_over"] = {
            name: median((us(each["all"]) / us(each[name]) for each in rounds), 3)
            for name in SETS
            if name != "all"
        }
    return found


def rows(rounds: list[dict[str, Spent]]) -> list[tuple[str, str, str]]:
    """As they are printed."""
    found = figures(rounds)
    written = [sum(each["all"].written.values()) for each in rounds]
    printed = []
    for what in _FIGURES:
        us, ratios = found[f"rules_{what}_us"], found[f"rules_{what}_all_over"]
        shown = ", ".join(f"{name} {us[name]:.1f}" for name in SETS)
        printed.append((f"rules_{what}_us", f"{us['all']:.1f}", f"µs of CPU by rules: {shown}"))
        shown = ", ".join(f"{ratios[name]:.2f} over {name}" for name in ratios)
        printed.append((f"rules_{what}_all_over", f"{ratios['none']:.2f}", f"all rules: {shown}"))
    printed.append(
        (
            "alert records",
            f"{statistics.median(written):.0f}",
            f"of all rules, {len(rounds)} rounds",
        )
    )
    return printed


def queues_toml(rules: tuple[str, ...], queues: int) -> str:
    """Queues of one department in several centres, all with the same rules."""
    head = (
        '[defaults]\ntime_zone = "UTC"\nanswer_within = "20s"\nshort_abandon = "5s"\ngoal = 0.8\n'
    )
    head += "".join(f"alerts.{name} = {settings(name)}\n" for name in rules)
    centres = sorted({_centre_of(number) for number in range(queues)})
    head += '[departments.bench]\nname = "Benchmark"\n'
    head += "".join(f'[centres.{each}]\ndepartment = "bench"\n' for each in centres)
    return head + "".join(
        f'[queues.{queue_name(number)}]\ncentre = "{_centre_of(number)}"\n'
        for number in range(queues)
    )


def steps(queues: int, hours: float, seed: int) -> list[Step]:
    """A busy centre in which a tenth of the queues lack agents after a while, and a tenth tell topics and areas."""
    said = sorted(said_of(queues, hours, seed), key=lambda each: each[1].at)
    agents, offset, found = AgentsUnit(0, 1), 0, []
    for at, each in groupby(said, key=lambda each: each[1].at // STEP_MS * STEP_MS + STEP_MS):
        calls, told = list[Record](), list[Record]()
        for topic, event in each:
            record = Record(offset, event.at, b"", encode(event))
            (calls if topic == "calls" else told).append(record)
            offset += 1
        found.append(Step(at, _entries(agents, told), calls))
    return found


def _round(queues: int, hours: float, seed: int) -> dict[str, Spent]:
    workers = {name: Worker(rules, queues) for name, rules in SETS.items()}
    read = steps(queues, hours, seed)
    names = list(SETS)
    gc.collect()
    gc.freeze()
    gc.disable()  # a worker collects by its own clock: streams.wiring.garbage_collection
    try:
        for number, step in enumerate(read):
            if step.at - STEP_MS < _START + WARM_MS <= step.at:
                for worker in workers.values():
                    worker.spent = Spent()
            turn = number % len(names)
            for name in names[turn:] + names[:turn]:
                worker = workers[name]
                worker.note(worker.read(step))
                if number // _SHOWN_STEPS % _SHOWN_ONE_IN == 0:
                    worker.show(step.at)
    finally:
        gc.enable()
        gc.unfreeze()
    return {name: worker.spent for name, worker in workers.items()}


def said_of(queues: int, hours: float, seed: int, start: int = _START) -> list[Said]:
    """What the platform of that centre says from `start` on, its marks included."""
    length = round(hours * HOUR)
    run = Run(start, seed, key_from_secret(b"benchmark"), until=start + length)
    source = Source(Simulation(_centre(queues), run))
    said: list[Said] = []
    while source.at < run.start + length:
        said += source.upto(source.at + _AT_ONCE_MS)
    return said


def _centre(queues: int) -> Centre:
    centre = bench_centre(queues, CALLS_AN_HOUR * _SPARE)
    short = tuple(queue_name(number) for number in range(queues) if number % 10 == 0)
    demands = tuple(
        replace(
            each,
            calls_a_day=CALLS_AN_HOUR * 24,
            topics=_TOPICS if number % 10 == 1 else (),
            areas=_AREAS if number % 10 == 1 else (),
        )
        for number, each in enumerate(centre.demands)
    )
    missing = Episode(50, every_min=70, lasts_min=30, queues=short, missing_share=0.35)
    return replace(centre, demands=demands, scenario=replace(centre.scenario, episodes=(missing,)))


def _entries(unit: AgentsUnit, records: list[Record]) -> list[RosterEntry]:
    if records:
        unit.apply(records)
    outputs = _outputs(unit.checkpoint())
    unit.commit_done()
    return [decode_as(RosterEntry, each.value) for each in outputs if each.topic == "roster"]


def _outputs(written: Checkpoint | None) -> list[Output]:
    return written.outputs if written is not None else []


def queue_name(number: int) -> str:
    return f"bench-{number:04d}"


def _centre_of(number: int) -> str:
    return f"centre-{number // _QUEUES_A_CENTRE:02d}"


def profile_of(queue: str) -> Profile:
    day = (CALLS_AN_HOUR * SLOT_MS / HOUR,) * SLOTS
    return Profile(queue, 1, 0, 0, "UTC", 0, 0, 1.5, (day,) * 7)


def _in(bench: Bench) -> None:
    rounds = measured(bench.options.ruled_queues, bench.options.ruled_hours, ROUNDS)
    bench.take(figures(rounds), rows(rounds))


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--ruled-queues", type=int, default=50, help="for the cost of alert rules")
    parser.add_argument(
        "--ruled-hours", type=float, default=1.5, help="of event time, for the same"
    )


PART = Part("cost", _in, _options)
