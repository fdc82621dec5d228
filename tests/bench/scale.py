"""One, two and four workers on the same backlog: what an event costs all of them together, and how soon they are through.

On two cores, which Kafka has a part of, more workers than one cannot show how throughput grows; they show what dividing
the partitions costs: processor time an event and memory.
"""

import json
import time
from pathlib import Path

from msgspec import Struct

from schemas.calls import LegEvent
from streams.local.kafka import free_port
from tests.bench import backlog
from tests.bench.peers.place import OursPlace, send
from tests.bench.peers.task import differences, expected
from tests.bench.processes import cpu_s, peak_memory_mb
from tests.support.services import Server, get

WORKERS = (1, 2, 4)
_LOOK_EVERY_S = 0.1
_WITHIN_S = 600.0


class Scaled(Struct, frozen=True):
    """`events_per_s` from the first look at which something was committed."""

    workers: int
    events_per_s: float
    cpu_us_per_event: float  # of all workers
    memory_mb: float  # of all workers, the most of each


def measure(hosts: str, folder: Path, events: list[LegEvent], queues: int, workers: int) -> Scaled:
    place = OursPlace(hosts, folder, queues)
    send(place, events, closed=True)
    servers, ports = [], []
    try:
        for number in range(workers):
            port = free_port()
            command = place.line.command(
                "stream", "--metrics-port", str(port), "--instance", f"stream-{number + 1}"
            )
            log = place.line.folder / f"stream-{number + 1}.log"
            servers.append(Server(f"stream-{number + 1}", command, lambda: True, log))
            ports.append(port)
        for server in servers:
            server.begin()
        found = _timed(place, events, servers, ports)
        wrong = differences(expected(events), place.counted())
        if wrong:
            raise AssertionError(f"{workers} workers: {len(wrong):,} results differ: {wrong[:3]}")
        return found
    finally:
        for server in servers:
            server.stop()


def _timed(
    place: OursPlace, events: list[LegEvent], servers: list[Server], ports: list[int]
) -> Scaled:
    wanted, deadline = backlog.records(place.line), time.monotonic() + _WITHIN_S
    pids = [server._process.pid for server in servers if server._process is not None]
    while not (before := _positions(ports)):
        _look(servers, deadline)
    began, used = time.perf_counter(), sum(map(cpu_s, pids))
    while _positions(ports) < wanted:
        _look(servers, deadline)
    took_s = time.perf_counter() - began
    n = len(events) * (wanted - before) / wanted or 1
    cpu_us = (sum(map(cpu_s, pids)) - used) / n * 1e6
    return Scaled(len(pids), n / took_s, cpu_us, sum(map(peak_memory_mb, pids)))


def _look(servers: list[Server], deadline: float) -> None:
    for server in servers:
        server.ensure_running()
    if time.monotonic() > deadline:
        raise TimeoutError(f"the backlog was not counted within {_WITHIN_S:g} s")
    time.sleep(_LOOK_EVERY_S)


def _positions(ports: list[int]) -> int:
    """Records that are counted and committed, by all that are ready."""
    answers = (get(f"http://127.0.0.1:{port}/healthz") for port in ports)
    return sum(sum(json.loads(each)["positions"].values()) for each in answers if each)


def figures(found: list[Scaled]) -> dict[str, dict[str, float]]:
    return {
        f"workers_{name}": {str(each.workers): round(getattr(each, name), 1) for each in found}
        for name in ("events_per_s", "cpu_us_per_event", "memory_mb")
    }


def rows(found: list[Scaled]) -> list[tuple[str, str, str]]:
    return [
        (f"{each.workers} workers", f"{each.events_per_s:,.0f}",
         f"events/s, exact; {each.cpu_us_per_event:.1f} µs of CPU an event, {each.memory_mb:.0f} MB together")
        for each in found
    ]  # fmt: skip
