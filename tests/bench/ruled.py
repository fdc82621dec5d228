"""What all alert rules cost a whole worker: CPU of `queuewatch stream` an event, with Kafka's client, decoding, transactions,
rows and snapshots, by turns with a worker without rules on the same events.

`cost.py` measures the core alone, and calls alone: the part that rules make dearer.
"""

import statistics
import time
from pathlib import Path

from msgspec import Struct

from producers.simulate.reporter import Said
from schemas.codec import encode
from schemas.millis import DAY
from schemas.profiles import profile_key
from schemas.topics import DEFAULT_PARTITIONS, topic_name
from streams.admin.broker import producer
from streams.core.rule_catalogue import RULE_TABLES
from tests.bench import backlog, traffic
from tests.bench.cost import WARM_MS, profile_of, queue_name, queues_toml, said_of
from tests.bench.kinds import mix_of
from tests.bench.part import Bench, Part
from tests.support.line import Line

ROUNDS = 3
SETS: dict[str, tuple[str, ...]] = {"none": (), "all": tuple(RULE_TABLES)}


class Ruled(Struct, frozen=True):
    """One round of traffic. `cpu_us`: µs of CPU an event by set of rules; `firing`: queues with an alert at its end."""

    cpu_us: dict[str, float]
    firing: dict[str, int]
    mix: str

    @property
    def all_over_none(self) -> float:
        return self.cpu_us["all"] / self.cpu_us["none"]


def measure(bootstrap: str, folder: Path, queues: int, hours: float) -> list[Ruled]:
    """The set that is measured first changes from round to round."""
    now = time.time_ns() // 1_000_000
    start = (now - DAY) // DAY * DAY + traffic.BEGINS_MS
    found = []
    for seed in range(1, ROUNDS + 1):
        said = said_of(queues, hours, seed, start)
        names = list(SETS) if seed % 2 else list(SETS)[::-1]
        done = {
            name: _run(bootstrap, folder / f"{name}-{seed}", name, queues, said) for name in names
        }
        found.append(
            Ruled(
                {name: done[name][0] for name in SETS},
                {name: done[name][1] for name in SETS},
                str(mix_of(said)),
            )
        )
    return found


def _run(
    bootstrap: str, place: Path, rules: str, queues: int, said: list[Said]
) -> tuple[float, int]:
    """µs of CPU an event, and queues with a firing alert.

    The worker is started three times: for the traffic of the first minutes, in which rules have too few calls; for the rest; and with
    nothing to do, for what a start costs. All that it uses is counted, from its start to its last commit: a difference between two
    looks at a worker that runs cannot say which events it paid for.
    """
    place.mkdir(parents=True)
    line = Line(bootstrap, place, queues_toml(SETS[rules], queues), partitions=DEFAULT_PARTITIONS)
    with producer(bootstrap) as client:
        topic = topic_name("profiles", line.namespace)
        for number in range(queues):
            name = queue_name(number)
            client.send(topic, encode(profile_of(name)), profile_key(name, 1))
        client.flush()
    warm = said[0][1].at + WARM_MS
    first = [each for each in said if each[1].at < warm]
    rest = [each for each in said if each[1].at >= warm]
    traffic.publish(bootstrap, line.namespace, first)
    _started(line)
    traffic.publish(bootstrap, line.namespace, rest)
    used_s, firing = _started(line)
    start_s, _ = _started(line)
    mix = mix_of(rest)
    return (used_s - start_s) / (mix.calls + mix.agents) * 1e6, firing


def _started(line: Line) -> tuple[float, int]:
    """CPU seconds of the worker from its start until all that the topics hold is committed; queues with a firing alert then."""
    line.stream.start()
    try:
        done = backlog.run(line)
        return done.whole_cpu_s, sum(
            n > 0 for n in line.figures("callcentre_alerts_firing", "queue").values()
        )
    finally:
        line.stream.stop()


def figures(found: list[Ruled]) -> dict[str, object]:
    """As they stand in build/bench.json."""
    return {
        "ruled_worker_us": {
            name: round(statistics.median(each.cpu_us[name] for each in found), 1) for name in SETS
        },
        "ruled_worker_all_over_none": round(
            statistics.median(each.all_over_none for each in found), 3
        ),
    }


def rows(found: list[Ruled]) -> list[tuple[str, str, str]]:
    """As they are printed."""
    us = {name: statistics.median(each.cpu_us[name] for each in found) for name in SETS}
    ratios = ", ".join(f"{each.all_over_none:.2f}" for each in found)
    middle = statistics.median(each.all_over_none for each in found)
    return [
        ("ruled_worker_us", f"{us['all']:.1f}", f"µs of CPU an event of the whole worker, without rules {us['none']:.1f}; {found[0].mix}"),
        ("ruled_worker_all_over_none", f"{middle:.2f}", f"rounds: {ratios}; queues with an alert at the end: {found[-1].firing['all']}"),
    ]  # fmt: skip


def _in(bench: Bench) -> None:
    o = bench.options
    found = measure(bench.bootstrap, bench.place("ruled"), o.ruled_queues, o.ruled_hours)
    bench.take(figures(found), rows(found))


PART = Part("ruled", _in)
