"""Our stream beside other engines, on one broker and the same events: `make bench-peers`. Writes build/bench-peers.json.

    python -m tests.bench.peers                     three rounds, 300,000 events: an hour or so on a quiet machine
    python -m tests.bench.peers --small             one round, 30,000 events
    python -m tests.bench.peers --only Flink        ours and that one; the file is left alone

Rounds are interleaved: each measures every system before the next begins; the figures are medians. Each answer is
compared with a recount, and a difference ends the run. See docs/performance.md.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from kafka.errors import KafkaError

from schemas.millis import HOUR, MINUTE
from streams.admin.broker import AdminError
from streams.admin.topics import create_topics
from tests.bench.peers import measures
from tests.bench.peers.place import OursPlace, PeerPlace
from tests.bench.peers.systems import FLOOR, OURS, SYSTEMS, Mode, System, versions
from tests.bench.peers.table import Found, row, table, times_the_best
from tests.bench.peers.task import made
from tests.support import services
from tests.support.services import ROOT
from tests.support.waiting import wait_until

RATES = (1_000, 5_000)
_RESULT = ROOT / "build" / "bench-peers.json"
_SPAN_MS = HOUR
_SLOW_RATE_SHARE = 0.25  # of what it can: at which a crash is measured where it cannot hold 1,000/s
_READY_WITHIN_S = 180.0
_KEEPS_NOTHING = "it keeps no state: it would count from the beginning"


class Rounds:
    """What was found so far, by system."""

    def __init__(self, options: argparse.Namespace, hosts: str, folder: Path) -> None:
        self.options = options
        self._hosts, self._folder = hosts, folder
        named = versions()
        chosen = [each for each in SYSTEMS if not options.only or each.name in options.only]
        self._systems: list[System] = [System(OURS, OURS, ""), *chosen]
        self.found = {
            each.name: Found(each.name, named.get(each.name) or version(OURS))
            for each in self._systems
        }

    def run(self) -> None:
        for number in range(self.options.rounds):
            print(f"round {number + 1}, load {os.getloadavg()[0]:.1f}", flush=True)
            for part in (self._backlog, self._latency, self._recovery):
                for system in self._systems:
                    part(system)
                self.write()

    def rows(self) -> list[dict[str, object]]:
        return [row(each) for each in self.found.values()]

    def write(self) -> None:
        if self.options.only:
            return
        rows = self.rows()
        peers = [each.name for each in SYSTEMS if each.name != FLOOR]
        told = {
            "events": self.options.events, "queues": self.options.queues, "cores": os.cpu_count(),
            "load": os.getloadavg()[0], "rows": rows,
            "times_the_fastest_peer": times_the_best(rows, OURS, peers),
        }  # fmt: skip
        _RESULT.parent.mkdir(exist_ok=True)
        _RESULT.write_text(json.dumps(told, indent=2) + "\n")

    def _backlog(self, system: System) -> None:
        o, found = self.options, self.found[system.name]
        start = (time.time_ns() // 1_000_000 - _SPAN_MS) // MINUTE * MINUTE - 3 * MINUTE
        events = made(o.events, o.queues, start, _SPAN_MS, seed=1)
        events = events[: round(len(events) * system.share)]

        def measure() -> None:
            done = (
                measures.backlog_of_ours(self._ours(), events)
                if system.name == OURS
                else measures.backlog_of_peer(system, self._peer(system, "backlog"), events)
            )
            found.add("events_per_s", done.events_per_s)
            found.add("cpu_us_per_event", done.cpu_us_per_event)
            found.add("peak_mb", done.peak_mb)
            print(f"  {system.name}: {done.events_per_s:,.0f} events/s, {done.cpu_us_per_event:.1f} µs,"
                  f" {done.peak_mb:.0f} MB ({len(events):,} events, exact)", flush=True)  # fmt: skip

        self._tried(found, ("events_per_s", "cpu_us_per_event", "peak_mb"), measure)

    def _latency(self, system: System) -> None:
        for rate in RATES:
            found, names = self.found[system.name], (f"latency_p50_ms_{rate}", f"latency_p99_ms_{rate}")  # fmt: skip
            if not self._holds(found, rate):
                for name in names:
                    found.cannot(name, f"it cannot hold {rate:,} events/s")
                continue
            self._tried(found, names, lambda rate=rate: self._latencies(system, rate))  # type: ignore[misc]  # bound early

    def _latencies(self, system: System, rate: int) -> None:
        o, found = self.options, self.found[system.name]
        place = self._ours() if system.name == OURS else self._peer(system, "live")
        seen = measures.latencies(place, rate, o.latency_seconds, o.queues, system.share)
        if isinstance(place, OursPlace):
            seen["metrics"] = measures.latency_of_metrics(
                self._ours(), rate, o.latency_seconds, o.queues
            )
        for kind, latency in seen.items():
            name = "latency" if kind == "committed" else f"{kind}_latency"
            found.add(f"{name}_p50_ms_{rate}", latency.p50_ms)
            found.add(f"{name}_p99_ms_{rate}", latency.p99_ms)
            print(f"  {system.name}, {rate:,}/s, {kind}: {latency.p50_ms:.0f} / {latency.p99_ms:.0f} ms"
                  f" (sender late by {latency.late_s * 1000:.0f} ms at worst)", flush=True)  # fmt: skip

    def _recovery(self, system: System) -> None:
        o, found = self.options, self.found[system.name]
        rate = found.median("events_per_s")
        if system.name == FLOOR:
            found.cannot("recovery_s", _KEEPS_NOTHING)
            return
        if rate is None:
            found.cannot("recovery_s", "its backlog was not measured")
            return
        steady = float(RATES[0]) if self._holds(found, RATES[0]) else rate * _SLOW_RATE_SHARE

        def measure() -> None:
            place = self._ours() if system.name == OURS else self._peer(system, "live")
            took_s = measures.recovery_s(place, steady, o.queues, system.share)
            found.add("recovery_s", took_s)
            found.add("recovery_at_events_per_s", steady)
            print(f"  {system.name}: recovered in {took_s:.1f} s at {steady:,.0f} events/s", flush=True)  # fmt: skip

        self._tried(found, ("recovery_s",), measure)

    def _tried(self, found: Found, names: tuple[str, ...], measure: Callable[[], None]) -> None:
        """A system that does not get there has no figure of this round and a reason; a wrong answer ends the run."""
        try:
            measure()
        except (AdminError, KafkaError, OSError, ValueError, AssertionError) as error:
            why = str(error).splitlines()[0][:200]
            print(f"  {found.system}: {', '.join(names)}: {error}", flush=True)
            for name in names:
                found.cannot(name, why)

    def _holds(self, found: Found, rate: int) -> bool:
        return (found.median("events_per_s") or 0) > rate

    def _ours(self) -> OursPlace:
        return OursPlace(self._hosts, self._folder, self.options.queues)

    def _peer(self, system: System, mode: Mode) -> PeerPlace:
        return PeerPlace(system, self._hosts, self._folder, mode)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.peers", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("--events", type=int, default=300_000)
    parser.add_argument("--queues", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--latency-seconds", type=float, default=20.0, help="at each rate")
    parser.add_argument("--only", action="append", choices=[each.name for each in SYSTEMS])
    parser.add_argument("--small", action="store_true", help="one round, 30,000 events, 8 s a rate")
    options = parser.parse_args(arguments)
    if options.small:
        options.events, options.rounds, options.latency_seconds = 30_000, 1, 8.0
    return options


def _is_ready(hosts: str) -> bool:
    """Whether the broker can make topics and knows its groups: on a busy machine that is long after it answers."""
    try:
        create_topics(hosts, "ready.", time.time_ns() // 1_000_000)
    except AdminError:
        return False
    return True


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    folder = Path(tempfile.mkdtemp(prefix="queuewatch-peers-"))
    broker = services.start_kafka(folder / "kafka", _READY_WITHIN_S)
    try:
        wait_until(lambda: _is_ready(broker.place.bootstrap), "Kafka is ready", _READY_WITHIN_S)
        rounds = Rounds(options, broker.place.bootstrap, folder)
        rounds.run()
    finally:
        broker.stop()
        shutil.rmtree(folder, ignore_errors=True)
    rows = rounds.rows()
    print(f"\n{options.events:,} events, {options.queues} queues, {options.rounds} rounds,"
          f" {os.cpu_count()} cores shared with Kafka, load {os.getloadavg()[0]:.1f}\n{table(rows)}")  # fmt: skip
    for each in rows:
        for name, why in each["reasons"].items():  # type: ignore[attr-defined]  # a dict in each row
            print(f"  {each['system']}: no {name}: {why}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
