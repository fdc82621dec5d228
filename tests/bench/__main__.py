"""Figures of this machine: `make bench`. Prints a table and writes build/bench.json.

    python -m tests.bench --events 1000000 --queues 200 --hours 2

A real Kafka on this machine, with `queuewatch stream`, `archive` and a stock Faust worker beside it,
one after the other. The stream's outputs are read back and compared with the simulator's ledger; a
difference fails the run. With --only the file is left alone: its figures belong to one run, but those of archive
and history, which are put beside them. Parts `alerts`, `cost`
and `sizing` need no Kafka, `idle` and `soak` start one of their own; the first has a file of its own, build/alerts.json.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from schemas.calls import LegEvent
from schemas.millis import HOUR, MINUTE
from schemas.topics import DEFAULT_PARTITIONS
from tests.bench import (
    alerts,
    archive,
    backlog,
    bare,
    cost,
    feeds,
    follow,
    history,
    idle,
    kinds,
    latency,
    many,
    paint,
    pixels,
    recovery,
    ruled,
    scale,
    sizing,
    soak,
    telling,
    traffic,
    walls,
)
from tests.bench.peers import task
from tests.bench.peers.measures import backlog_of_ours
from tests.bench.peers.place import OursPlace
from tests.support import services
from tests.support.line import Line
from tests.support.services import ROOT

PARTS = (
    "simulator", "stream", "task", "scale", "recovery", "many", "faust", "feeds", "follow", "archive", "latency", "pixels", "paint", "walls", "telling", "idle", "soak", "sizing", "cost", "ruled", "alerts", "history",
)  # fmt: skip
RATES = (1_000, 5_000)
_MANY = 1_000  # queues of a large house
_SIMULATED_HOURS = 48
_FAUST_EVENTS = 150_000  # a sample of the same topics: its rate does not depend on how long it runs
_RUNS_OF_THEIR_OWN = ("archive", "history")  # whose figures stand beside those of the others
_RESULT = ROOT / "build" / "bench.json"
_ALERTS = ROOT / "build" / "alerts.json"


class Bench:
    """One run: what was measured so far, and where."""

    def __init__(self, options: argparse.Namespace, bootstrap: str, folder: Path) -> None:
        self.options = options
        self.figures: dict[str, Any] = {}
        self.rows: list[tuple[str, str, str]] = []
        self._began = time.monotonic()
        self._bootstrap = bootstrap
        self._folder = folder
        self._queues = traffic.queues_toml(options.queues)

    def simulator(self) -> None:
        """Two days of the municipality, the best of three: whatever else runs here only slows it."""
        runs = [bare.events_a_second("ordinary", _SIMULATED_HOURS) for _ in range(3)]
        rate, events = max(runs)
        self._note("simulator_events_per_s", rate,
                   f"events/s of CPU, the municipality alone ({events:,} events)")  # fmt: skip

    def stream_and_faust(self) -> None:
        """Backlogs of their own for each repetition; Faust reads what the stream has read."""
        measured: dict[str, list[float]] = {}
        for number in range(self.options.repeat):
            line = self._line(f"stream-{number}")
            sent = self._send(line, seed=number + 1, measured=measured)
            if "stream" in self._parts:
                self._stream(line, sent, measured, "stream", str(sent.mix))
                self._apart(number, sent, measured)
            sent.said.clear()
            if "faust" in self._parts:
                self._faust(line, sent, measured)
        for name, values in measured.items():
            self.figures[name] = round(statistics.median(values), 3)
        stream, stock = (self.figures.get(f"{n}_events_per_s") for n in ("stream", "stock_faust"))
        if stream and stock:
            self.figures["stream_times_stock_faust"] = round(stream / stock, 2)

    def archive(self) -> None:
        legs = self.options.legs
        server = services.clickhouse(self._place("clickhouse"))
        with server.server:
            url = f"clickhouse://default@{server.host}:{server.tcp_port}/bench"
            alone: dict[str, float] = {}
            rate = archive.legs_a_second(self._bootstrap, self._place("server"), legs, url, alone)
        self._note("archive_legs_per_s", rate, f"legs/s into Debian's ClickHouse ({legs:,} legs)")
        for name, value in alone.items():
            self._note(name, value, "legs/s, the same ones, nothing else done")
        rate = archive.legs_a_second(self._bootstrap, self._place("embedded"), legs, None)
        self._note("archive_embedded_legs_per_s", rate, f"legs/s into chDB ({legs:,} legs)")

    def follow(self) -> None:
        line, lines = self._line("follow"), self.options.lines
        rate = follow.lines_a_second(self._bootstrap, line.namespace, line.folder, lines)
        self._note("follow_lines_per_s", rate, f"lines/s of a queue_log followed ({lines:,} lines)")

    def feeds(self) -> None:
        found = feeds.measure(self._line("feeds"), self.options.rows)
        self.figures |= feeds.figures(found)
        for name, value, what in feeds.rows(found):
            self._row(name, value, what)

    def latency(self) -> None:
        line = self._line("latency")
        with line.stream:
            found = [
                latency.measure(line, rate, self.options.latency_seconds, self.options.queues, rate)
                for rate in RATES
            ]
        for name in ("p50_ms", "p99_ms"):
            self.figures[f"latency_{name}"] = {f"{r.rate:g}": getattr(r, name) for r in found}
        self.figures["stream_cpu_share_at_rate"] = {
            f"{r.rate:g}": round(r.stream_cpu, 3) for r in found
        }
        for r in found:
            what = f"event → snapshot at {r.rate:,} events/s, {self.options.queues} queues"
            self._row(f"{what}, p50", f"{r.p50_ms:.0f} ms")
            self._row(f"{what}, p99", f"{r.p99_ms:.0f} ms", f"most {r.max_ms:.0f} ms")
            self._row("  CPU of the stream meanwhile", f"{r.stream_cpu:.0%} of a core",
                      f"sender late by {r.sender_latest_s * 1000:.0f} ms at worst")  # fmt: skip

    def pixels(self) -> None:
        """Pages of few and of many queues: a board of all queues is drawn and read anew as a whole."""
        found: list[pixels.Found] = []
        for queues, page in (
            (self.options.queues, f"/queue/{pixels.QUEUE}"),
            (self.options.queues, "/"),
            (_MANY, "/"),
        ):
            place = self._place(f"pixels-{len(found)}")
            line = Line(
                self._bootstrap, place, pixels.queues_toml(queues), partitions=DEFAULT_PARTITIONS
            )
            rate, seconds = self.options.pixels_rate, self.options.latency_seconds
            # Each step is said: a page takes minutes, and nobody shall wait for one that does not come.
            tell = partial(self._told, f"{page} of {queues:,} queues")
            tell("starting the worker")
            with line.stream:
                found.append(pixels.measure(line, rate, seconds, queues, page, tell))
            for name, value, what in pixels.rows(found[-1:]):
                self._row(name, value, what)
        self.figures |= pixels.figures(found)

    def paint(self) -> None:
        found = paint.measure(_MANY)
        self.figures |= paint.figures(found)
        for name, value, what in paint.rows(found):
            self._row(name, value, what)

    def walls(self) -> None:
        found = walls.measure(self._bootstrap, self._place("walls"), self.options.walls, _MANY, round(self.options.latency_seconds))  # fmt: skip
        self.figures |= walls.figures(found)
        for name, value, what in walls.rows(found):
            self._row(name, value, what)

    def telling(self) -> None:
        pages = telling.measure(self._bootstrap, self._place("telling"), self.options.pages)
        self.figures["telling"] = telling.figures(pages)
        for name, value, what in telling.rows(pages):
            self._row(name, value, what)

    def idle(self) -> None:
        """What a quiet night costs; with a broker of its own."""
        found = idle.measure(self._folder, self.options.idle_minutes)
        self.figures |= idle.figures(found)
        for name, value, what in idle.rows(found):
            self._row(name, value, what)

    def soak(self) -> None:
        """Whether memory stays flat; with a broker of its own."""
        found = soak.measure(self._folder, self.options.soak_minutes)
        self.figures |= soak.figures(found)
        for name, value, what in soak.rows(found):
            self._row(name, value, what)

    def sizing(self) -> None:
        """What docs/sizing.md reckons with; needs no broker."""
        found = sizing.measure()
        self.figures |= sizing.figures(found)
        for name, value, what in sizing.rows(found):
            self._row(name, value, what)

    def history(self) -> None:
        """What questions about a year take; needs no broker."""
        place = self.options.history_at or self._place("history")
        place.mkdir(parents=True, exist_ok=True)
        minutes, legs = self.options.history_minutes, self.options.year_legs
        found = history.measure(place, legs, minutes, lambda line: print(line, flush=True))
        self.figures |= history.figures(found)
        for name, value, what in history.rows(found):
            self._row(name, value, what)

    def cost(self) -> None:
        """What alert rules cost; needs no broker."""
        rounds = cost.measured(self.options.ruled_queues, self.options.ruled_hours, cost.ROUNDS)
        self.figures |= cost.figures(rounds)
        for name, value, what in cost.rows(rounds):
            self._row(name, value, what)

    def ruled(self) -> None:
        """What alert rules cost a whole worker."""
        o = self.options
        found = ruled.measure(self._bootstrap, self._place("ruled"), o.ruled_queues, o.ruled_hours)
        self.figures |= ruled.figures(found)
        for name, value, what in ruled.rows(found):
            self._row(name, value, what)

    @property
    def _parts(self) -> tuple[str, ...]:
        return (self.options.only,) if self.options.only else PARTS

    def _send(self, line: Line, seed: int, measured: dict[str, list[float]]) -> traffic.Traffic:
        o = self.options
        made = traffic.simulate(o.events, o.queues, o.hours, seed, line.folder, line.targets)
        took_s = traffic.publish(line.bootstrap, line.namespace, made.said)
        self._measured(measured, "backlog_simulated_per_s", made.events / made.simulated_s,
                       "events/s simulated for the backlog, all kept in memory")  # fmt: skip
        self._measured(measured, "producer_events_per_s", made.events / took_s,
                       f"events/s published and acknowledged ({made.events:,} over"
                       f" {made.span_h:.1f} h, {len(made.legs):,} legs; {made.mix})")  # fmt: skip
        self.figures |= {"events": made.events, "span_h": round(made.span_h, 2)}
        self.figures["agent_events_share"] = round(made.mix.agents_share, 3)
        return made

    def _apart(self, number: int, sent: traffic.Traffic, measured: dict[str, list[float]]) -> None:
        """The same traffic again, of calls alone and of agents alone: figures of a mix say little of either."""
        for topic, word in kinds.KINDS.items():
            line = self._line(f"{topic}-{number}")
            said = kinds.only(sent.said, topic)
            traffic.publish(line.bootstrap, line.namespace, said)
            part = traffic.part_of(sent, said, with_legs=topic == "calls")
            self._stream(line, part, measured, f"stream_{word}", f"{word} events alone")

    def peers_task(self) -> None:
        """The task of `make bench-peers`, by ours alone."""
        events = self._task()
        measured: dict[str, list[float]] = {}
        for _ in range(self.options.repeat):
            place = OursPlace(self._bootstrap, self._folder, self.options.queues)
            done = backlog_of_ours(place, events)
            what = f"{len(events):,} call events of one hour, rolling half hours exact"
            self._measured(measured, "peers_task_events_per_s", done.events_per_s, what)
            self._measured(measured, "peers_task_cpu_us_per_event", done.cpu_us_per_event, "µs of CPU an event")  # fmt: skip
            self._measured(measured, "peers_task_peak_memory_mb", done.peak_mb, "MB at most")
        for name, values in measured.items():
            self.figures[name] = round(statistics.median(values), 3)

    def scale(self) -> None:
        """The same task by one, two and four workers."""
        events, queues = self._task(), self.options.queues
        found = [
            scale.measure(self._bootstrap, self._folder, events, queues, workers)
            for workers in scale.WORKERS
        ]
        self.figures |= scale.figures(found)
        for name, value, what in scale.rows(found):
            self._row(name, value, what)

    def recovery(self) -> None:
        found = recovery.measure(self._bootstrap, self._folder)
        self.figures |= recovery.figures(found)
        for name, value, what in recovery.rows(found):
            self._row(name, value, what)

    def many(self) -> None:
        found = many.measure(self._bootstrap, self._folder, self.options.latency_seconds)
        self.figures |= many.figures(found)
        for name, value, what in many.rows(found):
            self._row(name, value, what)

    def _task(self) -> list[LegEvent]:
        """An hour that is just over."""
        now = time.time_ns() // 1_000_000
        start = (now - HOUR) // MINUTE * MINUTE - 3 * MINUTE
        return task.made(self.options.task_events, self.options.queues, start, HOUR, seed=1)

    def _stream(
        self, line: Line, sent: traffic.Traffic, measured: dict[str, list[float]], name: str, of: str
    ) -> None:  # fmt: skip
        with line.stream:
            done = backlog.run(line)
            found = backlog.differences(line, sent.legs)
        if found:
            raise AssertionError("the outputs are not the ledger:\n  " + "\n  ".join(found))
        events = sent.events * done.share or 1
        rate, cpu = events / done.took_s, done.cpu_s / events * 1e6
        self._measured(measured, f"{name}_events_per_s", rate, f"events/s, outputs exact; {of}")
        self._measured(measured, f"{name}_cpu_us_per_event", cpu, "µs of CPU an event")
        self._measured(measured, f"{name}_records_per_s", done.records / done.took_s,
                       "records/s, ticks of every partition included")  # fmt: skip
        self._measured(measured, f"{name}_peak_memory_mb", done.peak_memory_mb, "MB at most")

    def _faust(self, line: Line, sent: traffic.Traffic, measured: dict[str, list[float]]) -> None:
        wanted = min(_FAUST_EVENTS, backlog.records(line))
        command = [sys.executable, "-m", "tests.bench.stock_faust", line.bootstrap]
        done = subprocess.run(
            [*command, line.namespace, str(wanted)], cwd=ROOT, capture_output=True, text=True,
            timeout=300, check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"the stock Faust worker ended: {done.stderr[-2000:]}")
        found = json.loads(done.stdout.splitlines()[-1])
        self._measured(measured, "stock_faust_events_per_s", found["records"] / found["s"],
                       f"records/s decoded and counted in a dict (the first {wanted:,})")  # fmt: skip
        self._measured(measured, "stock_faust_cpu_us_per_event",
                       found["cpu_s"] / found["records"] * 1e6, "µs of CPU a record")  # fmt: skip

    def _measured(
        self, measured: dict[str, list[float]], name: str, value: float, what: str
    ) -> None:
        measured.setdefault(name, []).append(value)
        self._row(name, f"{value:,.1f}" if value < 1_000 else f"{value:,.0f}", what)

    def _note(self, name: str, value: float, what: str) -> None:
        self.figures[name] = round(value, 3)
        self._row(name, f"{value:,.0f}", what)

    def _row(self, name: str, value: str, what: str = "") -> None:
        self.rows.append((name, value, what))
        print(f"  {name}: {value}  {what}", flush=True)

    def _told(self, of: str, step: str) -> None:
        print(f"  {time.monotonic() - self._began:6.0f} s  {of}: {step}", flush=True)

    def _line(self, name: str) -> Line:
        return Line(self._bootstrap, self._place(name), self._queues, partitions=DEFAULT_PARTITIONS)

    def _place(self, name: str) -> Path:
        (place := self._folder / name).mkdir()
        return place


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--queues", type=int, default=200)
    parser.add_argument("--task-events", type=int, default=300_000, help="of the peers' task")
    parser.add_argument("--hours", type=float, default=2.0, help="of event time")
    parser.add_argument("--legs", type=int, default=300_000, help="for the archive")
    parser.add_argument("--year-legs", type=int, default=20_000_000, help="of a year, for history")
    parser.add_argument("--rows", type=int, default=200_000, help="of call records, for feeds")
    parser.add_argument("--history-at", type=Path, help="keep its archive there, and go on with it")
    parser.add_argument("--history-minutes", type=float, default=12.0, help="at most, for history")
    parser.add_argument("--lines", type=int, default=200_000, help="of the queue_log to follow")
    parser.add_argument("--latency-seconds", type=float, default=20.0, help="at each rate")
    parser.add_argument("--pixels-rate", type=float, default=5_000.0, help="events/s, for pixels")
    parser.add_argument("--walls", type=int, default=2_000, help="screens that follow one board")
    parser.add_argument("--repeat", type=int, default=1, help="backlogs; the figures are medians")
    parser.add_argument("--pages", type=int, default=10, help="told, one after the other")
    parser.add_argument("--idle-minutes", type=float, default=5.0, help="of a quiet night")
    parser.add_argument("--soak-minutes", type=float, default=10.0, help="for a day of traffic")
    parser.add_argument("--ruled-queues", type=int, default=50, help="for the cost of alert rules")
    parser.add_argument(
        "--ruled-hours", type=float, default=1.5, help="of event time, for the same"
    )
    parser.add_argument("--weeks", type=int, default=8, help="simulated, for the alerts")
    parser.add_argument("--seed", choices=(alerts.REPORTED, alerts.TUNED_ON), default=alerts.REPORTED,
                        help="which weeks of the alerts: those that are reported, or those that limits are tuned on")  # fmt: skip
    parser.add_argument("--only", choices=PARTS)
    return parser.parse_args(arguments)


def _table(bench: Bench) -> str:
    width = max(len(name) for name, _, _ in bench.rows)
    lines = [f"{name:<{width}}  {value:>14}  {what}" for name, value, what in bench.rows]
    head = f"{bench.options.queues} queues, {os.cpu_count()} cores shared with Kafka and database"
    return "\n".join([head, *lines])


def _written(figures: dict[str, Any]) -> None:
    _RESULT.parent.mkdir(exist_ok=True)
    _RESULT.write_text(json.dumps(figures, indent=2) + "\n")
    print(f"\nwritten to {_RESULT.relative_to(ROOT)}")


def _with_compiled_files() -> None:
    """As an installed wheel and the image have them: else each process compiles all modules at its start, 0.4 s of a recovery."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ.setdefault("PYTHONPYCACHEPREFIX", str(ROOT / "build" / "compiled"))


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    _with_compiled_files()
    if options.only in (None, "alerts"):
        alerts.run(options.weeks, _ALERTS, options.seed)
    if options.only == "alerts":
        return 0
    folder = Path(tempfile.mkdtemp(prefix="queuewatch-bench-"))
    load_before = os.getloadavg()[0]
    print(f"load of the last minute: {load_before:.2f}", flush=True)
    began = time.monotonic()
    broker = (
        None
        if options.only in ("cost", "history", "idle", "paint", "sizing", "soak")
        else services.start_kafka(folder / "kafka")
    )
    try:
        bench = Bench(options, broker.place.bootstrap if broker else "", folder)
        parts: dict[str, Callable[[], None]] = {
            "simulator": bench.simulator,
            "stream": bench.stream_and_faust,
            "task": bench.peers_task,
            "scale": bench.scale,
            "recovery": bench.recovery,
            "many": bench.many,
            "feeds": bench.feeds,
            "follow": bench.follow,
            "archive": bench.archive,
            "latency": bench.latency,
            "pixels": bench.pixels,
            "paint": bench.paint,
            "walls": bench.walls,
            "telling": bench.telling,
            "idle": bench.idle,
            "soak": bench.soak,
            "sizing": bench.sizing,
            "cost": bench.cost,
            "ruled": bench.ruled,
            "history": bench.history,
        }
        for name, part in parts.items():
            if options.only in (None, name) or (options.only == "faust" and name == "stream"):
                part()
    finally:
        if broker is not None:
            broker.stop()
        shutil.rmtree(folder, ignore_errors=True)
    bench.figures |= {
        "queues": options.queues, "cores": os.cpu_count(), "load_before": load_before,
        "took_s": round(time.monotonic() - began, 1),
    }  # fmt: skip
    print(f"\n{_table(bench)}")
    if options.only is None:
        _written(bench.figures)
    elif options.only in _RUNS_OF_THEIR_OWN:
        kept = json.loads(_RESULT.read_text()) if _RESULT.exists() else {}
        of_run = {
            name: value for name, value in bench.figures.items() if name.startswith(options.only)
        }
        _written(kept | of_run | {f"{options.only}_load_before": load_before})
    return 0


if __name__ == "__main__":
    sys.exit(main())
