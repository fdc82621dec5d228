"""Simulated events for the benchmark, and the real publisher's way with them."""

import time
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from producers.publisher import Publisher
from producers.simulate.bench import bench_centre
from producers.simulate.engine import Run, Simulation
from producers.simulate.ledger import Ledger
from producers.simulate.people import Leg
from producers.simulate.reporter import Said
from producers.simulate.source import Source
from schemas.agents import AgentState
from schemas.calls import Mark
from schemas.millis import DAY, HOUR
from schemas.privacy import key_from_secret
from schemas.targets import Targets
from tests.bench.kinds import Mix, mix_of
from tests.support.agreement import read_records
from tests.support.recount import Recorded

MANY_QUEUES = 1_000  # of a large house
EVENTS_A_CALL = 11.0  # of calls and agents together, roughly: a pilot says how far off it is
_PILOT = 10  # one queue in so many
_AT_ONCE_MS = 5 * 60_000
BEGINS_MS = 8 * HOUR  # of yesterday: another time of day is another mix of calls and agents


class Traffic(Struct):
    """What the platform said, its marks included, and what really happened."""

    said: list[Said]
    events: int  # without marks
    span_h: float
    legs: list[Recorded]
    simulated_s: float
    mix: Mix


def queues_toml(queues: int) -> str:
    """Targets for every queue, with both alert rules on."""
    head = """\
[defaults]
time_zone = "UTC"
answer_within = "20s"
short_abandon = "5s"
goal = 0.8
[defaults.alerts.oldest_wait]
raise_above = "5m"
clear_below = "2m"
[defaults.alerts.abandonment]
raise_above = 0.2
clear_below = 0.12
"""
    return head + "".join(f"[queues.bench-{place:04d}]\n" for place in range(queues))


def simulate(
    events: int, queues: int, hours: float, seed: int, folder: Path, targets: dict[str, Targets]
) -> Traffic:
    """About `events` events of a busy centre over `hours` of event time, that have just passed."""
    calls_an_hour = events / (EVENTS_A_CALL * queues * hours)
    few = max(1, queues // _PILOT)
    for _ in range(2):  # twice, since staff and patience do not follow the load in a straight line
        pilot = _all(_source(few, calls_an_hour, hours, seed))
        told = sum(not isinstance(event, Mark) for _, event in pilot) * queues / few
        calls_an_hour *= events / max(told, 1)
    source = _source(queues, calls_an_hour, hours, seed)
    done: list[Leg] = []
    source.simulation.complete = done
    began = time.perf_counter()
    said = _all(source)
    took_s = time.perf_counter() - began
    path = folder / f"ledger-{seed}.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        ledger = Ledger(file, source.simulation.centre.demands)
        ledger.add(done)
        ledger.add(source.simulation.open.values())
    return Traffic(
        said=said,
        events=sum(not isinstance(event, Mark) for _, event in said),
        span_h=(source.at - source.simulation.run.start) / HOUR,
        legs=read_records(path, targets),
        simulated_s=took_s,
        mix=mix_of(said),
    )


def part_of(whole: Traffic, said: list[Said], *, with_legs: bool) -> Traffic:
    """What was said in a part of it; without its calls there are no legs."""
    mix = mix_of(said)
    return replace(whole, said=said, events=mix.calls + mix.agents, mix=mix, legs=whole.legs if with_legs else [])  # fmt: skip


def _source(queues: int, calls_an_hour: float, hours: float, seed: int) -> Source:
    now, length = time.time_ns() // 1_000_000, round(hours * HOUR)
    start = (now - DAY) // DAY * DAY + BEGINS_MS
    run = Run(start, seed, key_from_secret(b"benchmark"), until=start + length)
    return Source(Simulation(bench_centre(queues, calls_an_hour), run))


def _all(source: Source) -> list[Said]:
    said: list[Said] = []
    while not source.ended:
        said += source.upto(source.at + _AT_ONCE_MS)
    return said


def publish(bootstrap: str, namespace: str, said: list[Said]) -> float:
    """Seconds until the broker has acknowledged every record."""
    with Publisher(bootstrap, namespace) as publisher:
        began = time.perf_counter()
        for topic, event in said:
            send(publisher, topic, event)
        publisher.flush()
        return time.perf_counter() - began


def send(publisher: Publisher, topic: str, event: object) -> None:
    """One event or mark, by its kind."""
    if isinstance(event, Mark):
        publisher.send_mark(topic, event)  # type: ignore[arg-type]  # every mark is one of SourceMark
    elif isinstance(event, AgentState):
        publisher.send_agent(event)
    else:
        publisher.send_call(event)  # type: ignore[arg-type]  # what else there is, is a LegFact
