"""What producers hand to Kafka: call records as history, a month of them as live traffic, a simulation that catches up.

Each as its command does it, without the start of the process, to the last acknowledgement; with the CPU of this process,
and beside each what a part of it takes alone.
"""

import argparse
import csv
import io
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct

from producers.pace import Pace, StoppableClock
from producers.position import PositionFile
from producers.progress import silent
from producers.publisher import Publisher
from producers.records.call_records import RECORDS
from producers.session import LiveCounts, Session
from producers.simulate.engine import Run, Simulation
from producers.simulate.live import SimulatedCentre
from producers.simulate.position import Position
from producers.simulate.scenarios import centre_of
from producers.simulate.source import Source
from schemas.millis import DAY, HOUR, MINUTE, SECOND, iso
from schemas.privacy import key_from_secret
from streams.processes.sending import Destination, Input, send_file
from tests.bench.part import Bench, Part
from tests.support.line import Line

MONTH_CALLS = 31_000  # of eight queues, in working hours: what a town sends
_DAYS, _OPENS_H, _OPEN_H = 31, 7, 11
_QUEUES = 8
_SIMULATED_HOURS = 48
_AT_ONCE_MS = 5 * MINUTE
_AGENTS = 100
_GIVEN = {"mapping_file": None}


class Done(Struct, frozen=True):
    """`alone_s`: what its reading, or simulating, took without Kafka."""

    name: str
    events: int
    took_s: float
    cpu_s: float
    alone_s: float

    @property
    def rate(self) -> float:
        return self.events / self.took_s


def measure(line: Line, rows: int) -> list[Done]:
    return [_records(line, rows), _month(line), _simulate(line)]


def figures(found: list[Done]) -> dict[str, float]:
    by_name = {done.name: done for done in found}
    rates = {f"{name}_per_s": round(by_name[name].rate) for name in ("send_records", "simulate")}
    return rates | {"month_live_s": round(by_name["month_live"].took_s, 1)}


def rows(found: list[Done]) -> Iterator[tuple[str, str, str]]:
    for done in found:
        is_month = done.name == "month_live"
        name = f"{done.name}_{'s' if is_month else 'per_s'}"
        value = f"{done.took_s:.1f}" if is_month else f"{done.rate:,.0f}"
        cpu, alone = done.cpu_s / done.events * 1e6, done.alone_s / done.events * 1e6
        yield name, value, f"{done.events:,} events, {cpu:.1f} µs of CPU each, {alone:.1f} of them without Kafka"  # fmt: skip


def _records(line: Line, rows: int) -> Done:
    path = line.folder / "records.csv"
    path.write_text(_calls(rows, _yesterday() - _DAYS * DAY, _DAYS * DAY), encoding="utf-8")
    told, took_s, cpu_s = _timed(lambda: _sent(line, path, is_live=False))
    if not told.startswith(f"{rows:,} legs sent, 0 rows in quarantine"):
        raise AssertionError(told)
    return Done("send_records", rows, took_s, cpu_s, _read_alone(path))


def _month(line: Line) -> Done:
    path = line.folder / "month.csv"
    path.write_text(_calls(MONTH_CALLS, _yesterday() - _DAYS * DAY, _DAYS * DAY), encoding="utf-8")
    told, took_s, cpu_s = _timed(lambda: _sent(line, path, is_live=True))
    if not told.startswith(f"{MONTH_CALLS:,} legs sent ("):
        raise AssertionError(told)
    events = int(told.partition("(")[2].partition(" events")[0].replace(",", ""))
    return Done("month_live", events, took_s, cpu_s, _read_alone(path))


def _simulate(line: Line) -> Done:
    with Publisher(line.bootstrap, line.namespace) as publisher:
        events, took_s, cpu_s = _timed(lambda: _simulated(publisher, line.folder / "simulate.json"))
    return Done("simulate", events, took_s, cpu_s, _timed(_said_alone)[2])


def _simulated(publisher: Publisher, position: Path) -> int:
    """As a run that catches up with now."""
    now = _now()
    source = _source(now)
    start = source.at
    centre = SimulatedCentre(source, Position("ordinary", 1, start, start), StoppableClock(), Pace(start, now))  # fmt: skip
    counts = LiveCounts()
    with PositionFile(position, centre.source) as file:
        session = Session(centre, file, publisher, counts, print)
        while not session.reader.has_ended and session.step(_now()):
            session.hand_over(_now)
        session.hand_over(_now, at_once=True)
        session.close()
    return counts.sent.events


def _said_alone() -> None:
    source = _source(_now())
    while not source.ended:
        source.upto(source.at + _AT_ONCE_MS)


def _source(now: int) -> Source:
    """Two days of the municipality that are over."""
    start = now - _SIMULATED_HOURS * HOUR - HOUR
    run = Run(start, 1, key_from_secret(b"benchmark"), until=now - HOUR)
    return Source(Simulation(centre_of("ordinary"), run))


def _sent(line: Line, path: Path, *, is_live: bool) -> str:
    """As the command without an archive that could be asked."""
    place = Destination(line.bootstrap, line.namespace, line.folder / "data", None)
    wanted = Input("records", RECORDS, (path,), _GIVEN)
    return send_file(wanted, place, io.StringIO(), is_live=is_live, replay=False).lines[0]


def _read_alone(path: Path) -> float:
    def read() -> int:
        key = key_from_secret(b"benchmark")
        file = RECORDS.open(path, "bench", key, _GIVEN)
        return sum(1 for _ in file.read(_now(), silent()))

    return _timed(read)[2]


def _calls(count: int, start: int, span_ms: int) -> str:
    """A file as platforms export it: a line a call, with a caller, an agent, and times with their offset."""
    chance = random.Random(16)
    days = span_ms // DAY
    arrivals = sorted(
        start + chance.randrange(days) * DAY + _OPENS_H * HOUR + chance.randrange(_OPEN_H * HOUR // SECOND) * SECOND
        for _ in range(count)
    )  # fmt: skip
    written = io.StringIO()
    file = csv.writer(written)
    file.writerow(("leg_id", "queue", "caller", "arrived_at", "answered_at", "left_at", "ended_at", "outcome", "agent"))  # fmt: skip
    for number, at in enumerate(arrivals):
        left_at = at + int(chance.expovariate(1 / 30)) * SECOND
        ended_at = left_at + (10 + int(chance.expovariate(1 / 200))) * SECOND
        who = (
            f"{start // DAY}-{number}",
            f"queue-{number % _QUEUES}",
            f"+49301{chance.randrange(10**6):06}",
        )
        if chance.random() < 0.1:
            file.writerow((*who, iso(at), "", iso(left_at), "", "abandoned", ""))
        else:
            file.writerow((*who, iso(at), iso(left_at), "", iso(ended_at), "answered", f"agent-{chance.randrange(_AGENTS)}"))  # fmt: skip
    return written.getvalue()


def _timed(work: Callable[[], Any]) -> tuple[Any, float, float]:
    """What it gave, the seconds that it took, and those of CPU."""
    began, cpu = time.perf_counter(), time.process_time()
    gave = work()
    return gave, time.perf_counter() - began, time.process_time() - cpu


def _yesterday() -> int:
    return _now() // DAY * DAY - DAY


def _now() -> int:
    return time.time_ns() // 1_000_000


def _in(bench: Bench) -> None:
    found = measure(bench.line("feeds"), bench.options.rows)
    bench.take(figures(found), rows(found))


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rows", type=int, default=200_000, help="of call records, for feeds")


PART = Part("feeds", _in, _options)
