"""What a call event costs in the pure core: the task on which other engines are measured, without Kafka.

    .venv/bin/python -m tests.bench.call_event            # 300,000 events of 200 queues in one hour
    .venv/bin/python -m tests.bench.call_event --calls 20000

Each call is `queued` and then `answered` or `abandoned`; nobody tells its end. Each partition has a unit of `calls`, which is
given chunks as the worker gives them in a backlog, and writes a checkpoint as often. Told are CPU of the process and,
since that depends on what else the machine does, calls of functions an event (Python's and those of C, of one partition).
"""

import argparse
import gc
import random
import sys
import time
from typing import Any

from msgspec import Struct

from schemas.calls import Abandoned, Answered, Queued
from schemas.codec import encode
from schemas.millis import HOUR, from_iso
from schemas.queues_toml import parse_queues
from schemas.targets import TargetsVersion
from schemas.topics import DEFAULT_PARTITIONS
from streams.core.calls_unit import CallsUnit
from streams.core.roster import Roster
from streams.core.rule_catalogue import RULE_TABLES
from streams.core.unit import Record
from streams.wiring.units import EARLY_AFTER
from tests.bench.cost import SETS
from tests.bench.decided import settings

QUEUES = 200
SHOWN = ("none", "shipped", "all")  # sets of rules
_START = from_iso("2026-11-23T09:00:00Z")
_CHUNK = 500  # records of a fetch
_MEAN_WAIT_MS, _ABANDONED = 20_000, 0.1
_APPENDED_AFTER_MS = 40


class Spent(Struct):
    """`checkpoints_s` is in `cpu_s`."""

    events: int
    cpu_s: float = 0.0
    checkpoints_s: float = 0.0

    def event_us(self) -> float:
        return self.cpu_s / self.events * 1e6


def events(calls: int, seed: int = 1) -> list[list[Record]]:
    """The records of each partition, in order of event time."""
    chance, said = random.Random(seed), list[Queued | Answered | Abandoned]()
    for number in range(calls):
        queue = f"queue-{chance.randrange(QUEUES):03d}"
        at, wait = _START + chance.randrange(HOUR), 500 + int(chance.expovariate(1 / _MEAN_WAIT_MS))
        of: dict[str, Any] = {"source": "node-1", "queue": queue, "leg_id": f"call-{number:06d}"}
        said.append(Queued(event_id=f"{number}:queued", at=at, **of))
        if chance.random() < _ABANDONED:
            said.append(Abandoned(event_id=f"{number}:abandoned", at=at + wait, **of))
        else:
            agent = f"agent-{chance.randrange(900):03d}"
            answered = Answered(event_id=f"{number}:answered", at=at + wait, agent=agent, **of)
            said.append(answered)
    found: list[list[Record]] = [[] for _ in range(DEFAULT_PARTITIONS)]
    for event in sorted(said, key=lambda each: each.at):
        records = found[int(event.queue[-3:]) % DEFAULT_PARTITIONS]
        appended_at, key = event.at + _APPENDED_AFTER_MS, event.queue.encode()
        records.append(Record(len(records), appended_at, key, encode(event)))
    return found


def applied(partition: int, records: list[Record], rules: tuple[str, ...]) -> Spent:
    """The unit of one partition counts all of them."""
    unit, spent = CallsUnit(partition, 1, Roster()), Spent(len(records))
    unit.start(0)
    unit.set_targets([TargetsVersion(1, 0, 0, "UTC", tuple(_queues(rules)))])
    waiting = 0
    for first in range(0, len(records), _CHUNK):
        chunk = records[first : first + _CHUNK]
        began = time.process_time()
        unit.apply(chunk)
        spent.cpu_s += time.process_time() - began
        waiting += len(chunk)
        if waiting >= EARLY_AFTER or first + _CHUNK >= len(records):
            began = time.process_time()
            unit.checkpoint()
            unit.commit_done()
            took_s, waiting = time.process_time() - began, 0
            spent.cpu_s += took_s
            spent.checkpoints_s += took_s
    if unit.results["applied"] != len(records):
        raise AssertionError(f"not all of {len(records)} events were counted: {unit.results}")
    return spent


def calls_an_event(records: list[Record], rules: tuple[str, ...]) -> float:
    """Calls of functions, Python's and those of C."""
    found = 0

    def note(_: Any, what: str, __: Any) -> None:
        nonlocal found
        found += what in {"call", "c_call"}

    sys.setprofile(note)
    try:
        applied(0, records, rules)
    finally:
        sys.setprofile(None)
    return found / len(records)


def _queues(rules: tuple[str, ...]) -> Any:
    head = '[defaults]\nanswer_within = "20s"\nshort_abandon = "5s"\ngoal = 0.8\n'
    head += "".join(f"alerts.{name} = {settings(name)}\n" for name in rules)
    toml = head + "".join(f"[queues.queue-{number:03d}]\n" for number in range(QUEUES))
    return parse_queues(toml, RULE_TABLES).queues


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=150_000)
    partitions = events(parser.parse_args().calls)
    gc.collect()
    gc.freeze()
    gc.disable()  # a worker collects by its own clock: streams.wiring.garbage_collection
    for name in SHOWN:
        spent = [applied(number, records, SETS[name]) for number, records in enumerate(partitions)]
        total = Spent(*(sum(part) for part in zip(*map(_parts, spent), strict=True)))
        checkpoint_us = total.checkpoints_s / total.events * 1e6
        calls = calls_an_event(partitions[0], SETS[name])
        print(
            f"rules {name:8} {total.event_us():6.1f} µs an event, of it {checkpoint_us:.1f} for checkpoints;"
            f" {calls:.1f} calls of functions ({total.events:,} events)"
        )


def _parts(spent: Spent) -> tuple[Any, ...]:
    return spent.events, spent.cpu_s, spent.checkpoints_s


if __name__ == "__main__":
    main()
