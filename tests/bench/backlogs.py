"""`queuewatch stream` and a stock Faust worker on the same backlog, one after the other, in as many repetitions as are asked for."""

import argparse
import json
import subprocess
import sys

from tests.bench import backlog, kinds, traffic
from tests.bench.part import Bench, Part
from tests.support.line import Line
from tests.support.services import ROOT

_FAUST_EVENTS = 150_000  # a sample of the same topics: its rate does not depend on how long it runs


def _stream_and_faust(bench: Bench) -> None:
    for number in range(bench.options.repeat):
        line = bench.line(f"stream-{number}")
        sent = _sent(bench, line, seed=number + 1)
        _stream(bench, line, sent, "stream", str(sent.mix))
        _apart(bench, number, sent)
        if bench.is_whole:
            sent.said.clear()
            _faust(bench, line)
    if bench.is_whole:
        stream, stock = (bench.figures[f"{n}_events_per_s"] for n in ("stream", "stock_faust"))
        bench.figures["stream_times_stock_faust"] = round(stream / stock, 2)


def _faust_alone(bench: Bench) -> None:
    for number in range(bench.options.repeat):
        line = bench.line(f"faust-{number}")
        _sent(bench, line, seed=number + 1)
        _faust(bench, line)


def _sent(bench: Bench, line: Line, seed: int) -> traffic.Traffic:
    o = bench.options
    made = traffic.simulate(o.events, o.queues, o.hours, seed, line.folder, line.targets)
    took_s = traffic.publish(line.bootstrap, line.namespace, made.said)
    bench.repeated("backlog_simulated_per_s", made.events / made.simulated_s,
                   "events/s simulated for the backlog, all kept in memory")  # fmt: skip
    bench.repeated("producer_events_per_s", made.events / took_s,
                   f"events/s published and acknowledged ({made.events:,} over"
                   f" {made.span_h:.1f} h, {len(made.legs):,} legs; {made.mix})")  # fmt: skip
    bench.figures |= {"events": made.events, "span_h": round(made.span_h, 2)}
    bench.figures["agent_events_share"] = round(made.mix.agents_share, 3)
    return made


def _apart(bench: Bench, number: int, sent: traffic.Traffic) -> None:
    """The same traffic again, of calls alone and of agents alone: figures of a mix say little of either."""
    for topic, word in kinds.KINDS.items():
        line = bench.line(f"{topic}-{number}")
        said = kinds.only(sent.said, topic)
        traffic.publish(line.bootstrap, line.namespace, said)
        part = traffic.part_of(sent, said, with_legs=topic == "calls")
        _stream(bench, line, part, f"stream_{word}", f"{word} events alone")


def _stream(bench: Bench, line: Line, sent: traffic.Traffic, name: str, of: str) -> None:
    with line.stream:
        done = backlog.run(line)
        found = backlog.differences(line, sent.legs)
    if found:
        raise AssertionError("the outputs are not the ledger:\n  " + "\n  ".join(found))
    events = sent.events * done.share or 1
    rate, cpu = events / done.took_s, done.cpu_s / events * 1e6
    bench.repeated(f"{name}_events_per_s", rate, f"events/s, outputs exact; {of}")
    bench.repeated(f"{name}_cpu_us_per_event", cpu, "µs of CPU an event")
    bench.repeated(f"{name}_records_per_s", done.records / done.took_s,
                   "records/s, ticks of every partition included")  # fmt: skip
    bench.repeated(f"{name}_peak_memory_mb", done.peak_memory_mb, "MB at most")


def _faust(bench: Bench, line: Line) -> None:
    wanted = min(_FAUST_EVENTS, backlog.records(line))
    command = [sys.executable, "-m", "tests.bench.stock_faust", line.bootstrap]
    done = subprocess.run(
        [*command, line.namespace, str(wanted)], cwd=ROOT, capture_output=True, text=True,
        timeout=300, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"the stock Faust worker ended: {done.stderr[-2000:]}")
    found = json.loads(done.stdout.splitlines()[-1])
    bench.repeated("stock_faust_events_per_s", found["records"] / found["s"],
                   f"records/s decoded and counted in a dict (the first {wanted:,})")  # fmt: skip
    bench.repeated("stock_faust_cpu_us_per_event",
                   found["cpu_s"] / found["records"] * 1e6, "µs of CPU a record")  # fmt: skip


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--hours", type=float, default=2.0, help="of event time")


STREAM = Part("stream", _stream_and_faust, _options)
FAUST = Part(
    "faust", _faust_alone, is_of_all=False
)  # in a run of all it reads what the stream has read
